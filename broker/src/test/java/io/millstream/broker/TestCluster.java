package io.millstream.broker;

import io.millstream.broker.config.BrokerConfig;
import io.millstream.coordination.EmbeddedZooKeeper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;

/** A ZooKeeper for a test class, and brokers in this process, each cluster below a chroot of its own. */
final class TestCluster implements AutoCloseable {

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final EmbeddedZooKeeper zooKeeper;
    private final Path directory;

    TestCluster(Path directory) throws IOException {
        this.directory = directory;
        zooKeeper = EmbeddedZooKeeper.start(directory.resolve("zookeeper"), 0);
    }

    int zooKeeperPort() {
        return zooKeeper.port();
    }

    /** Settings of a broker of a cluster that does not exist yet. */
    Map<String, String> newCluster() {
        int number = COUNT.incrementAndGet();
        Map<String, String> settings = new HashMap<>();
        settings.put("zookeeper.connect", zooKeeper.connectString() + "/cluster-" + number);
        settings.put("log.dirs", directory.resolve("data-" + number).toString());
        settings.put("listeners", "PLAINTEXT://127.0.0.1:0");
        settings.put("http.port", "0");
        settings.put("broker.id", "1");
        settings.put("num.network.threads", "1");
        return settings;
    }

    static Broker start(Map<String, String> settings, String... more) {
        Map<String, String> all = new HashMap<>(settings);
        for (int i = 0; i < more.length; i += 2) {
            all.put(more[i], more[i + 1]);
        }
        return Broker.start(BrokerConfig.of(all));
    }

    /**
     * Ends a session as its time-out would, but at once: a second connection takes it over and closes it. Whoever had it
     * learns that it has expired when it comes back.
     */
    void expire(long session) {
        // ZooKeeper's servers make a session's password of its id.
        byte[] password = new byte[16];
        new Random(session ^ 0xB3415C00L).nextBytes(password);
        CountDownLatch connected = new CountDownLatch(1);
        try {
            ZooKeeper thief = new ZooKeeper(
                    zooKeeper.connectString(),
                    10_000,
                    event -> {
                        if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
                            connected.countDown();
                        }
                    },
                    session,
                    password);
            boolean taken = connected.await(60, TimeUnit.SECONDS);
            thief.close();
            if (!taken) {
                throw new AssertionError("Session 0x" + Long.toHexString(session) + " was not taken over");
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        zooKeeper.close();
    }
}
