package io.millstream.net;

import io.millstream.core.BrokerEndpoint;
import java.util.concurrent.CompletableFuture;

/** Opens connections, and owns the threads they run on. Safe for use by several threads. */
public interface Connections extends AutoCloseable {

    /** Connections over TCP, without encryption, that share one event loop thread. */
    static Connections tcp(ConnectionSettings settings) {
        return new NettyConnections(settings);
    }

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
