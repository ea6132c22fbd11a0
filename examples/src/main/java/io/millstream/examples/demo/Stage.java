package io.millstream.examples.demo;

import io.millstream.broker.Broker;
import io.millstream.broker.config.BrokerConfig;
import io.millstream.coordination.EmbeddedZooKeeper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * ZooKeeper and a broker in this process, on free ports of the loopback address. The data lies as {@code millstream dev
 * --data} keeps it, so that command can serve it again.
 */
final class Stage implements AutoCloseable {

    private final EmbeddedZooKeeper zooKeeper;
    private final Broker broker;

    private Stage(EmbeddedZooKeeper zooKeeper, Broker broker) {
        this.zooKeeper = zooKeeper;
        this.broker = broker;
    }

    static Stage start(Path directory) throws IOException {
        EmbeddedZooKeeper zooKeeper = EmbeddedZooKeeper.start(directory.resolve("zookeeper"), 0);
        try {
            Broker broker = Broker.start(BrokerConfig.of(Map.of(
                    "broker.id", "1",
                    "listeners", "PLAINTEXT://127.0.0.1:0",
                    "http.port", "0",
                    "zookeeper.connect", zooKeeper.connectString(),
                    "log.dirs", directory.resolve("broker-1").toString())));
            return new Stage(zooKeeper, broker);
        } catch (RuntimeException e) {
            zooKeeper.close();
            throw e;
        }
    }

    String bootstrap() {
        return broker.endpoint().toString();
    }

    String zooKeeper() {
        return zooKeeper.connectString();
    }

    @Override
    public void close() {
        broker.close();
        zooKeeper.close();
    }
}
