package io.millstream.hadoop.ingest;

import io.millstream.broker.Broker;
import io.millstream.broker.config.BrokerConfig;
import io.millstream.client.Admin;
import io.millstream.client.ClientSettings;
import io.millstream.client.Cluster;
import io.millstream.coordination.CommittedOffset;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.EmbeddedZooKeeper;
import io.millstream.coordination.GroupOffsets;
import io.millstream.coordination.ZooKeeperCoordination;
import io.millstream.core.Clock;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.hadoop.ingest.state.CommitPoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
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
        return start(folder, Map.of());
    }

    static Lab start(Path folder, Map<String, String> brokerConfig) throws IOException {
        return new Lab(folder, brokerConfig);
    }

    /** The first offset that a partition retains. */
    long startOffset(TopicPartition partition) {
        return new Admin(cluster).startOffsets(Set.of(partition)).get(partition);
    }

    /** Commits an offset as a run before would have. */
    void commit(String group, TopicPartition partition, long offset) {
        Coordination.await(cluster.learnAll());
        Coordination.await(GroupOffsets.prepare(coordination, group, Set.of(partition.topic())));
        GroupOffsets read = Coordination.await(GroupOffsets.read(coordination, group, Set.of(partition)));
        UUID topicId = cluster.topic(partition.topic()).orElseThrow().id().orElseThrow();
        Coordination.await(coordination.commit(read.set(Map.of(partition, CommitPoint.offset(topicId, offset)))));
    }

    /** The offset to read next that a group has committed, or -1. */
    long committed(String group, TopicPartition partition) {
        return Coordination.await(GroupOffsets.read(coordination, group, Set.of(partition)))
                .offset(partition)
                .map(CommittedOffset::offset)
                .orElse(-1L);
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
