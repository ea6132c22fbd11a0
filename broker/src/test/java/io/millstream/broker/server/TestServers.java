package io.millstream.broker.server;

import io.millstream.core.BrokerEndpoint;
import io.millstream.core.Clock;
import io.millstream.core.Limits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Servers for tests, on a free port of the loopback interface. */
public final class TestServers {

    private static final String LISTENER = "PLAINTEXT";

    private static final List<ServerSettings.Binding> ANY_PORT =
            List.of(new ServerSettings.Binding(LISTENER, new BrokerEndpoint("127.0.0.1", 0)));

    private TestServers() {}

    public static NetworkServer start(Dispatcher.Builder handlers) {
        return start(handlers, Limits.FRAME_BYTES, 600_000);
    }

    public static NetworkServer start(Dispatcher.Builder handlers, int maxRequestBytes, long maxIdleMillis) {
        return start(
                handlers,
                new ServerSettings(ANY_PORT, 2, maxRequestBytes, 64L << 20, maxIdleMillis, ConnectionLimits.NONE));
    }

    /** @param requestMemoryBytes {@code queued.max.request.bytes} */
    static NetworkServer start(Dispatcher.Builder handlers, long requestMemoryBytes, ConnectionLimits limits) {
        return start(
                handlers, new ServerSettings(ANY_PORT, 2, Limits.FRAME_BYTES, requestMemoryBytes, 600_000, limits));
    }

    private static NetworkServer start(Dispatcher.Builder handlers, ServerSettings settings) {
        try {
            return NetworkServer.start(settings, handlers.build(), Clock.system());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The port of a server that was started here. */
    public static int port(NetworkServer network) {
        return network.port(LISTENER);
    }
}
