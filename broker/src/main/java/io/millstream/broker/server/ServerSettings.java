package io.millstream.broker.server;

import io.millstream.core.BrokerEndpoint;
import java.util.List;

/**
 * What the network server is told by the broker's configuration.
 *
 * @param listeners where to listen, each with a name of its own; at least one
 * @param threads event loops that serve connections; 0 is one per processor
 * @param maxRequestBytes {@code socket.request.max.bytes}: a longer frame costs its connection
 * @param requestMemoryBytes {@code queued.max.request.bytes}: what incomplete frames of all connections may hold together,
 *     and what requests under way may; one more frame of {@code maxRequestBytes} may come on top
 * @param maxIdleMillis {@code connections.max.idle.ms}: a connection without traffic is closed after it
 * @param limits how many connections there may be
 */
public record ServerSettings(
        List<Binding> listeners,
        int threads,
        int maxRequestBytes,
        long requestMemoryBytes,
        long maxIdleMillis,
        ConnectionLimits limits) {

    private static final long LARGE_REQUEST_MEMORY = 256L * 1024 * 1024;

    /**
     * A listener.
     *
     * @param name what it is called in the broker's configuration
     * @param address port 0 takes any free one
     */
    public record Binding(String name, BrokerEndpoint address) {}

    /** @throws IllegalArgumentException if a limit is not positive */
    public ServerSettings {
        listeners = List.copyOf(listeners);
        threads = threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
        if (maxRequestBytes <= 0 || requestMemoryBytes <= 0 || maxIdleMillis <= 0) {
            throw new IllegalArgumentException("Limits must be positive: " + maxRequestBytes + " request bytes, "
                    + requestMemoryBytes + " bytes of request memory, " + maxIdleMillis + " ms idle");
        }
    }

    /** A quarter of the heap, at most 256 MiB. */
    public static long defaultRequestMemory() {
        return Math.min(LARGE_REQUEST_MEMORY, Runtime.getRuntime().maxMemory() / 4);
    }
}
