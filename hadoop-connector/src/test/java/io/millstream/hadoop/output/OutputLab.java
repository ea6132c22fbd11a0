package io.millstream.hadoop.output;

import io.millstream.broker.Broker;
import io.millstream.broker.config.BrokerConfig;
import io.millstream.client.Admin;
import io.millstream.client.ClientSettings;
import io.millstream.client.Cluster;
import io.millstream.client.Outgoing;
import io.millstream.client.Producer;
import io.millstream.client.ProducerSettings;
import io.millstream.client.RangeReader;
import io.millstream.client.ReadSettings;
import io.millstream.coordination.CommittedOffset;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.Document;
import io.millstream.coordination.EmbeddedZooKeeper;
import io.millstream.coordination.GroupOffsets;
import io.millstream.coordination.OffsetMetadata;
import io.millstream.coordination.Paths;
import io.millstream.coordination.TopicSettings;
import io.millstream.coordination.Versioned;
import io.millstream.coordination.Write;
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
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;

/** ZooKeeper and brokers in this process, numbered from 1: what publications are tested against. */
final class OutputLab implements AutoCloseable {

    private final Path folder;
    private EmbeddedZooKeeper zooKeeper;
    private int zooKeeperPort;
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

    /** Produces this many values {@code w0}, {@code w1}, {@code w2} and so on anew, to all partitions in turn. */
    void produceWords(String topic, int partitions, int count) {
        List<CompletableFuture<?>> sent = new ArrayList<>();
        try (Producer producer = new Producer(cluster, ProducerSettings.defaults())) {
            for (int i = 0; i < count; i++) {
                byte[] value = ("w" + i % 3).getBytes(StandardCharsets.UTF_8);
                sent.add(producer.send(
                        Outgoing.of(new TopicName(topic), null, value).to(i % partitions)));
            }
        }
        sent.forEach(CompletableFuture::join);
    }

    /** What a consumer of a group commits by wire, as far as ZooKeeper sees it. */
    void commit(String group, String topic, int partition, long offset) {
        TopicPartition of = new TopicPartition(topic, partition);
        GroupOffsets read = Coordination.await(GroupOffsets.read(coordination, group, Set.of(of)));
        UUID id = cluster.topic(of.topic()).orElseThrow().id().orElseThrow();
        CommittedOffset next = new CommittedOffset(offset, new OffsetMetadata(id, -1, ""));
        Coordination.await(coordination.commit(read.set(Map.of(of, next))));
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

    /** Cuts all connections; nobody listens any more. */
    void stopZooKeeper() {
        zooKeeperPort = zooKeeper.port();
        zooKeeper.close();
    }

    /** Starts it again at its address, with its data. */
    void restartZooKeeper() {
        Awaitility.await("the port to be free, which any connection may have got meanwhile")
                .atMost(Duration.ofMinutes(1))
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> {
                    zooKeeper = EmbeddedZooKeeper.start(folder.resolve("zookeeper"), zooKeeperPort);
                    return true;
                });
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

    /** Sets what was not set before for a topic, or for all brokers, and waits until one broker at least knows; null takes it back. */
    void set(String path, String setting, String value, TopicName topic, String topicSetting, String expected) {
        Coordination.await(coordination.ensurePath(path.substring(0, path.lastIndexOf('/'))));
        Optional<Versioned<byte[]>> there = Coordination.await(coordination.read(path));
        SortedMap<String, String> config = there.map(found ->
                        Document.read(found.value(), TopicSettings.class, path).config())
                .map(TreeMap::new)
                .orElseGet(TreeMap::new);
        if (value == null) {
            config.remove(setting);
        } else {
            config.put(setting, value);
        }
        byte[] document = Document.write(new TopicSettings(config));
        Coordination.await(
                coordination.commit(there.<Write>map(found -> new Write.Update(path, document, found.version()))
                        .orElseGet(() -> new Write.Create(path, document))));
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> expected.equals(
                        admin().topicSettings(topic, List.of(topicSetting)).get(topicSetting)));
    }

    /** The same for a topic's own. */
    void set(TopicName topic, String setting, String value) {
        set(Paths.topicConfig(topic), setting, value, topic, setting, value);
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
