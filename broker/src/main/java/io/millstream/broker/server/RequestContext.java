package io.millstream.broker.server;

import io.millstream.core.Clock;
import io.millstream.core.Loop;
import io.millstream.wire.ApiKey;
import java.net.InetSocketAddress;

/** Where a request came from, and the thread and time it is answered on. One per request. */
public interface RequestContext {

    ApiKey api();

    /** The request's version, within the window of {@link #api}. */
    short version();

    /** The client's name for itself; may be null. Anybody can claim any name. */
    String clientId();

    /** Name of the broker's listener that the client came in by: what it is told of brokers is their endpoint there. */
    String listener();

    /** The other end of the connection. */
    InetSocketAddress peer();

    /**
     * The connection's event loop. Work on it must be short. It outlives the connection and belongs to the server:
     * closing it has no effect.
     */
    Loop loop();

    Clock clock();

    /** What is kept for the connection; the same for all its requests. */
    Attachments attachments();

    /**
     * Whether this request may wait for something that might take long. If not, it is large and requests under way hold
     * too much memory together: then it is to be answered with what there is.
     */
    boolean mayWait();

    /**
     * Runs {@code task} on the event loop if the connection goes away before this request is answered, so that what
     * waits for it can be called off; at once if it has gone already. Call at most once, from the event loop.
     */
    void onAbandon(Runnable task);

    /**
     * Runs {@code task} on the event loop if the broker stops before this request is answered, so that what waits for nothing
     * in particular can be answered now; at once if it is stopping already. Call at most once, from the event loop.
     */
    void onHurry(Runnable task);
}
