package io.millstream.hadoop.output;

import io.millstream.broker.Broker;
import io.millstream.broker.config.BrokerConfig;
import io.millstream.client.Admin;
import io.millstream.client.ClientSettings;
import io.millstream.client.Cluster;
import io.millstream.client.RangeReader;
import io.millstream.client.ReadSettings;
import io.millstream.coordination.CommittedOffset;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.EmbeddedZooKeeper;
import io.millstream.coordination.GroupOffsets;
import io.millstream.coordination.ZooKeeperCoordination;
import io.millstream.core.Clock;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.record.Record;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** ZooKeeper and brokers in this process, numbered from 1: what publications are tested against. */
final class OutputLab implements AutoCloseable {

    private final Path folder;
    private final EmbeddedZooKeeper zooKeeper;
    private final Map<Integer, Broker> brokers = new TreeMap<>();
    private final Map<String, String> brokerConfig;
    private final Coordination coordination;
    private final Cluster cluster;

    private OutputLab(Path folder, int brokerCount, Map<String, String> brokerConfig) throws IOException {
        this.folder = folder;
        this.brokerConfig = brokerConfig;
        zooKeeper = EmbeddedZooKeeper.start(folder.resolve("zookeeper"), 0);
        for (int id = 1; id <= brokerCount; id++) {
            startBroker(id);
        }
        coordination = connect();
        cluster = Cluster.zooKeeper(coordination, ClientSettings.defaults("lab"));
    }

    static OutputLab start(Path folder, int brokers, Map<String, String> brokerConfig) throws IOException {
        return new OutputLab(folder, brokers, brokerConfig);
    }

    void startBroker(int id) {
        Map<String, String> config = new HashMap<>(brokerConfig);
        config.put("broker.id", Integer.toString(id));
        config.put("listeners", "PLAINTEXT://127.0.0.1:0");
        config.put("http.port", "-1");
        config.put("num.network.threads", "1");
        config.put("zookeeper.connect", zooKeeper.connectString());
        config.put("log.dirs", folder.resolve("log-" + id).toString());
        brokers.put(id, Broker.start(BrokerConfig.of(config)));
    }

    void stopBroker(int id) {
        brokers.remove(id).close();
    }

    int leader(TopicPartition partition) {
        return Coordination.await(cluster.learnAll())
                .leader(partition)
                .orElseThrow()
                .broker()
                .id();
    }

    Path folder() {
        return folder;
    }

    String zooKeeper() {
        return zooKeeper.connectString();
    }

    String bootstrap() {
        return brokers.values().iterator().next().endpoint().toString();
    }

    /** What a group has committed for a partition; -1 if nothing. */
    long committed(String group, String topic, int partition) {
        TopicPartition of = new TopicPartition(topic, partition);
        return Coordination.await(GroupOffsets.read(coordination, group, Set.of(of)))
                .offset(of)
                .map(CommittedOffset::offset)
                .orElse(-1L);
    }

    Coordination coordination() {
        return coordination;
    }

    Cluster cluster() {
        return cluster;
    }

    Admin admin() {
        return new Admin(cluster);
    }

    /** Another session. */
    Coordination connect() {
        return connect(Duration.ofSeconds(4));
    }

    /** Another session that lives so long after the last word. */
    Coordination connect(Duration session) {
        return ZooKeeperCoordination.connect(zooKeeper(), (int) session.toMillis(), 10_000, Clock.system());
    }

    void createTopic(String topic, int partitions, int replicas, Map<String, String> config) {
        admin().createTopic(new TopicName(topic), partitions, replicas, config);
    }

    /** All records of a partition, in order. */
    List<Record> records(String topic, int partition) {
        TopicPartition from = new TopicPartition(topic, partition);
        long start = admin().startOffsets(Set.of(from)).get(from);
        long end = admin().endOffsets(Set.of(from)).get(from);
        List<Record> records = new ArrayList<>();
        try (RangeReader reader = RangeReader.open(cluster, from, start, end, ReadSettings.defaults())) {
            reader.forEachRemaining(records::add);
        }
        return records;
    }

    /** The values of a partition's records, as text, in order. */
    List<String> values(String topic, int partition) {
        return records(topic, partition).stream()
                .map(each -> new String(each.value(), StandardCharsets.UTF_8))
                .toList();
    }

    @Override
    public void close() {
        cluster.close();
        coordination.close();
        brokers.values().forEach(Broker::close);
        zooKeeper.close();
    }
}
