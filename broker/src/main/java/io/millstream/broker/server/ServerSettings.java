package io.millstream.broker.server;

import io.millstream.core.BrokerEndpoint;
import io.millstream.core.Limits;
import java.util.List;

/**
 * What the network server is told by the broker's configuration.
 *
 * @param listeners where to listen, each with a name of its own; at least one
 * @param threads event loops that serve connections; 0 is one per processor
 * @param maxRequestBytes {@code socket.request.max.bytes}: a longer frame costs its connection
 * @param requestMemoryBytes what incomplete frames of all connections may hold together; one more frame of
 *     {@code maxRequestBytes} may come on top
 * @param maxIdleMillis {@code connections.max.idle.ms}: a connection without traffic is closed after it
 */
public record ServerSettings(
        List<Binding> listeners, int threads, int maxRequestBytes, long requestMemoryBytes, long maxIdleMillis) {

    private static final long TEN_MINUTES = 600_000;
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

    /** The default limits: request memory is a quarter of the heap, at most 256 MiB. */
    public static ServerSettings on(List<Binding> listeners) {
        long memory = Math.min(LARGE_REQUEST_MEMORY, Runtime.getRuntime().maxMemory() / 4);
        return new ServerSettings(listeners, 0, Limits.FRAME_BYTES, memory, TEN_MINUTES);
    }
}
