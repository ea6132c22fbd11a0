package io.millstream.hadoop.input;

import io.millstream.broker.Broker;
import io.millstream.broker.config.BrokerConfig;
import io.millstream.client.Admin;
import io.millstream.client.ClientSettings;
import io.millstream.client.Cluster;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.EmbeddedZooKeeper;
import io.millstream.coordination.GroupOffsets;
import io.millstream.coordination.ZooKeeperCoordination;
import io.millstream.core.BrokerEndpoint;
import io.millstream.core.Clock;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Real brokers in this process, with a ZooKeeper, and Kafka's own producer to fill their topics. */
final class LiveBroker implements AutoCloseable {

    private final Path folder;
    private final EmbeddedZooKeeper zooKeeper;
    private final Map<Integer, Broker> brokers = new HashMap<>();
    private final Map<Integer, BrokerEndpoint> endpoints = new HashMap<>();

    private final Map<String, String> settings;

    private LiveBroker(Path folder, Map<String, String> settings) throws IOException {
        this.folder = folder;
        this.settings = settings;
        this.zooKeeper = EmbeddedZooKeeper.start(folder.resolve("zookeeper"), 0);
    }

    static LiveBroker start(Path folder, int count) throws IOException {
        return start(folder, count, Map.of());
    }

    /** With settings that all brokers get. */
    static LiveBroker start(Path folder, int count, Map<String, String> settings) throws IOException {
        LiveBroker live = new LiveBroker(folder, settings);
        for (int id = 1; id <= count; id++) {
            live.start(id);
        }
        return live;
    }

    /** Starts a broker, at the address it had before if it ran before. */
    void start(int id) {
        int port = endpoints.containsKey(id) ? endpoints.get(id).port() : 0;
        Map<String, String> all = new HashMap<>(settings);
        all.put("broker.id", Integer.toString(id));
        all.put("listeners", "PLAINTEXT://127.0.0.1:" + port);
        all.put("zookeeper.connect", zooKeeper.connectString());
        all.put("log.dirs", folder.resolve("log" + id).toString());
        all.put("http.port", "-1");
        Broker broker = Broker.start(BrokerConfig.of(all));
        brokers.put(id, broker);
        endpoints.put(id, broker.endpoint());
    }

    /** Stops a broker as an operator would: it hands over what it leads. */
    void stop(int id) {
        brokers.remove(id).close();
    }

    String bootstrap() {
        return endpoints.values().stream().map(BrokerEndpoint::toString).collect(Collectors.joining(","));
    }

    String zooKeeper() {
        return zooKeeper.connectString();
    }

    BrokerEndpoint endpoint(int id) {
        return endpoints.get(id);
    }

    void create(String topic, int partitions, int replicas) {
        create(topic, partitions, replicas, Map.of());
    }

    void create(String topic, int partitions, int replicas, Map<String, String> configs) {
        try (Cluster cluster = cluster()) {
            new Admin(cluster).createTopic(new TopicName(topic), partitions, replicas, configs);
        }
    }

    void delete(String topic) {
        try (Cluster cluster = cluster()) {
            new Admin(cluster).deleteTopic(new TopicName(topic));
        }
    }

    Cluster cluster() {
        return Cluster.bootstrap(List.copyOf(endpoints.values()), ClientSettings.defaults("test"));
    }

    /** Writes {@code topic-partition@n} for n in [from, to) into each of the partitions. */
    void produce(String topic, int partitions, int from, int to) throws Exception {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            for (int i = from; i < to; i++) {
                byte[] value = (topic + "-" + partition + "@" + i).getBytes(StandardCharsets.UTF_8);
                records.add(new ProducerRecord<>(topic, partition, null, null, value));
            }
        }
        produce(records, Map.of("compression.type", "lz4", "batch.size", 4000));
    }

    /** As {@link #produce(String, int, int, int)}, each with some 400 bytes behind a {@code #}. */
    void produceLong(String topic, int partitions, int count) throws Exception {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        String filling = "#" + "x".repeat(400);
        for (int i = 0; i < count; i++) {
            for (int partition = 0; partition < partitions; partition++) {
                byte[] value = (topic + "-" + partition + "@" + i + filling).getBytes(StandardCharsets.UTF_8);
                records.add(new ProducerRecord<>(topic, partition, null, null, value));
            }
        }
        produce(records, Map.of());
    }

    void produce(List<ProducerRecord<byte[], byte[]>> records, Map<String, Object> more) throws Exception {
        Map<String, Object> settings = new HashMap<>(more);
        settings.put("bootstrap.servers", bootstrap());
        settings.putIfAbsent("linger.ms", 5);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (ProducerRecord<byte[], byte[]> record : records) {
                sent.add(producer.send(record));
            }
            for (Future<RecordMetadata> each : sent) {
                each.get();
            }
        }
    }

    /** What a group has committed, by partition. */
    Map<TopicPartition, Long> committed(String group) {
        try (Coordination connection = connect()) {
            GroupOffsets offsets = Coordination.await(GroupOffsets.readAll(connection, group));
            Map<TopicPartition, Long> committed = new HashMap<>();
            offsets.partitions()
                    .forEach(each -> committed.put(
                            each, offsets.offset(each).orElseThrow().offset()));
            return committed;
        }
    }

    Coordination connect() {
        return ZooKeeperCoordination.connect(zooKeeper.connectString(), 10_000, 10_000, Clock.system());
    }

    @Override
    public void close() {
        brokers.values().forEach(Broker::close);
        zooKeeper.close();
    }
}
