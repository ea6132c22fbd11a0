package io.millstream.broker;

import io.millstream.broker.config.BrokerConfig;
import io.millstream.coordination.EmbeddedZooKeeper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

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

    @Override
    public void close() {
        zooKeeper.close();
    }
}
