package io.millstream.hadoop.ingest;

import io.millstream.broker.Broker;
import io.millstream.broker.config.BrokerConfig;
import io.millstream.client.Admin;
import io.millstream.client.ClientSettings;
import io.millstream.client.Cluster;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.EmbeddedZooKeeper;
import io.millstream.coordination.ZooKeeperCoordination;
import io.millstream.core.Clock;
import io.millstream.core.TopicName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** ZooKeeper, a broker, a stock producer and an admin in this process: what the job's tests run against. */
final class Lab implements AutoCloseable {

    private final Path folder;
    private final EmbeddedZooKeeper zooKeeper;
    private final Broker broker;
    private final Coordination coordination;
    private final Cluster cluster;
    private final KafkaProducer<byte[], byte[]> producer;

    private Lab(Path folder, Map<String, String> brokerConfig) throws IOException {
        this.folder = folder;
        zooKeeper = EmbeddedZooKeeper.start(folder.resolve("zookeeper"), 0);
        Map<String, String> config = new java.util.TreeMap<>(Map.of(
                "broker.id", "1",
                "listeners", "PLAINTEXT://127.0.0.1:0",
                "http.port", "-1",
                "zookeeper.connect", zooKeeper.connectString(),
                "log.dirs", folder.resolve("log").toString()));
        config.putAll(brokerConfig);
        broker = Broker.start(BrokerConfig.of(config));
        coordination = connect();
        cluster = Cluster.zooKeeper(coordination, ClientSettings.defaults("lab"));
        Properties settings = new Properties();
        settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap());
        producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    static Lab start(Path folder) throws IOException {
        return new Lab(folder, Map.of());
    }

    /** Where files may be made. */
    Path folder() {
        return folder;
    }

    String zooKeeper() {
        return zooKeeper.connectString();
    }

    String bootstrap() {
        return broker.endpoint().toString();
    }

    Coordination coordination() {
        return coordination;
    }

    KafkaProducer<byte[], byte[]> producer() {
        return producer;
    }

    /** Another session. */
    Coordination connect() {
        return ZooKeeperCoordination.connect(zooKeeper(), 2_000, 10_000, Clock.system());
    }

    void createTopic(String topic, int partitions, Map<String, String> config) {
        new Admin(cluster).createTopic(new TopicName(topic), partitions, 1, config);
    }

    void deleteTopic(String topic) {
        new Admin(cluster).deleteTopic(new TopicName(topic));
    }

    @Override
    public void close() {
        producer.close();
        cluster.close();
        coordination.close();
        broker.close();
        zooKeeper.close();
    }
}
