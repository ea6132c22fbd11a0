package io.millstream.net;

import io.millstream.core.BrokerEndpoint;
import java.util.concurrent.CompletableFuture;

/** Opens connections, and owns the threads they run on. Safe for use by several threads. */
public interface Connections extends AutoCloseable {

    /**
     * Connects and asks which versions the broker speaks.
     *
     * @return completes on the connection's event loop; fails with {@link ConnectionException}
     */
    CompletableFuture<Connection> open(BrokerEndpoint endpoint);

    /** Closes every connection and ends the threads; waits for them, so do not call it from an event loop. */
    @Override
    void close();
}
