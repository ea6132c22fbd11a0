package io.millstream.coordination;

import io.millstream.core.Clock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A real server for the tests of one class; each test has a chroot of its own. */
final class TestZooKeeper implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {

    static final int SESSION_MILLIS = 10_000;
    static final int CONNECT_MILLIS = 20_000;

    private final List<Coordination> opened = new ArrayList<>();
    private EmbeddedZooKeeper server;
    private Path dataDir;
    private int test;

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        dataDir = Files.createTempDirectory("zookeeper");
        server = EmbeddedZooKeeper.start(dataDir, 0);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        opened.forEach(Coordination::close);
        opened.clear();
        test++;
    }

    @Override
    public void afterAll(ExtensionContext context) {
        server.close();
    }

    int port() {
        return server.port();
    }

    /** Of the running test's own chroot. */
    String connectString() {
        return server.connectString() + "/tests/of/" + test;
    }

    /** A new session; closed after the test. */
    ZooKeeperCoordination connect() {
        ZooKeeperCoordination coordination =
                ZooKeeperCoordination.connect(connectString(), SESSION_MILLIS, CONNECT_MILLIS, Clock.system());
        opened.add(coordination);
        return coordination;
    }

    /** Stops the server and starts it again, on the same port with the same data. */
    void restart() {
        int port = server.port();
        server.close();
        try {
            server = EmbeddedZooKeeper.start(dataDir, port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
