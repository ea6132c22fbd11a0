package io.millstream.broker.server;

import io.millstream.core.BrokerEndpoint;
import io.millstream.core.Clock;
import io.millstream.core.Limits;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Listeners for tests, on a free port of the loopback interface. */
public final class TestServers {

    private TestServers() {}

    public static Listener start(Dispatcher.Builder handlers) {
        return start(handlers, Limits.FRAME_BYTES, 600_000);
    }

    public static Listener start(Dispatcher.Builder handlers, int maxRequestBytes, long maxIdleMillis) {
        BrokerEndpoint anyPort = new BrokerEndpoint("127.0.0.1", 0);
        ServerSettings settings = new ServerSettings(anyPort, 2, maxRequestBytes, 64L << 20, maxIdleMillis);
        try {
            return Listener.start(settings, handlers.build(), Clock.system());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
