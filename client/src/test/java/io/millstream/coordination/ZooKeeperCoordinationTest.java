package io.millstream.coordination;

import io.millstream.core.Clock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The contract, against a real server; a chroot of its own for each test, which connecting makes. */
class ZooKeeperCoordinationTest extends CoordinationContract {

    private static final int SESSION_MILLIS = 10_000;
    private static final int CONNECT_MILLIS = 20_000;
    private static final AtomicInteger CHROOTS = new AtomicInteger();

    @TempDir
    static Path dataDir;

    private static EmbeddedZooKeeper server;

    @BeforeAll
    static void startServer() throws IOException {
        server = EmbeddedZooKeeper.start(dataDir, 0);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    private final String chroot = "/tests/of/" + CHROOTS.incrementAndGet();

    @Override
    protected Coordination open() {
        return ZooKeeperCoordination.connect(
                server.connectString() + chroot, SESSION_MILLIS, CONNECT_MILLIS, Clock.system());
    }

    @Override
    protected void expireSession(Coordination coordination) {
        // A second connection takes the session over and ends it, which the first learns when it comes back.
        ZooKeeper handle = ((ZooKeeperCoordination) coordination).handle();
        try {
            ZooKeeper thief = new ZooKeeper(
                    server.connectString(),
                    SESSION_MILLIS,
                    event -> {},
                    handle.getSessionId(),
                    handle.getSessionPasswd());
            thief.exists("/", false);
            thief.close();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Override
    protected void interruptConnections() {
        int port = server.port();
        server.close();
        try {
            server = EmbeddedZooKeeper.start(dataDir, port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
