package io.millstream.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millstream.coordination.ControllerTerm;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.Document;
import io.millstream.coordination.PartitionState;
import io.millstream.coordination.Paths;
import io.millstream.coordination.ZooKeeperCoordination;
import io.millstream.core.Clock;
import io.millstream.core.TopicPartition;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** Brokers 1 to n of one cluster in this process, stopped and started one by one. */
final class Fleet implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path directory;
    private final TestCluster cluster;
    private final Map<String, String> settings;
    private final TreeMap<Integer, Broker> brokers = new TreeMap<>();
    private final Coordination coordination;

    /** @param more settings of all brokers, key after key */
    Fleet(Path directory, int brokers, String... more) throws IOException {
        this.directory = directory;
        cluster = new TestCluster(directory);
        settings = new HashMap<>(cluster.newCluster());
        settings.put("replica.lag.time.max.ms", "2000");
        settings.put("group.initial.rebalance.delay.ms", "0");
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        coordination = ZooKeeperCoordination.connect(settings.get("zookeeper.connect"), 60_000, 60_000, Clock.system());
        for (int id = 1; id <= brokers; id++) {
            start(id);
        }
    }

    Broker start(int id) {
        String logs = logDirectory(id).toString();
        Broker broker = TestCluster.start(settings, "broker.id", Integer.toString(id), "log.dirs", logs);
        brokers.put(id, broker);
        return broker;
    }

    /** As SIGTERM does. */
    void stop(int id) {
        brokers.remove(id).close();
    }

    Broker broker(int id) {
        return brokers.get(id);
    }

    Path logDirectory(int id) {
        return directory.resolve("broker-" + id);
    }

    /** A session of its own. */
    Coordination coordination() {
        return coordination;
    }

    String bootstrap() {
        return brokers.values().stream()
                .map(broker ->
                        broker.endpoint().host() + ":" + broker.endpoint().port())
                .collect(Collectors.joining(","));
    }

    Admin admin() {
        return KafkaClients.admin(bootstrap());
    }

    void create(String topic, int partitions, int replicas) {
        try (Admin admin = admin()) {
            KafkaClients.get(admin.createTopics(List.of(new NewTopic(topic, partitions, (short) replicas)))
                    .all());
        }
    }

    /** One partition at {@code replicas}. */
    void createAt(String topic, Integer... replicas) {
        try (Admin admin = admin()) {
            KafkaClients.get(admin.createTopics(List.of(new NewTopic(topic, Map.of(0, Arrays.asList(replicas)))))
                    .all());
        }
    }

    /** As it stands in ZooKeeper. */
    PartitionState state(String topic, int partition) {
        return read(Paths.partitionState(new TopicPartition(topic, partition)), PartitionState.class);
    }

    <T> T read(String path, Class<T> type) {
        byte[] raw = Coordination.await(coordination.read(path)).orElseThrow().value();
        return Document.read(raw, type, path);
    }

    /** The broker that is the controller; -1 while none is. */
    int controller() {
        return Coordination.await(coordination.read(Paths.CONTROLLER))
                .map(raw -> Document.read(raw.value(), ControllerTerm.class, Paths.CONTROLLER)
                        .broker())
                .orElse(-1);
    }

    void awaitInSync(String topic, Integer... ids) {
        eventually(() -> assertThat(state(topic, 0).isr()).containsExactlyInAnyOrder(ids));
    }

    static void eventually(Runnable assertion) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).untilAsserted(assertion::run);
    }

    @Override
    public void close() {
        brokers.values().forEach(Broker::close);
        coordination.close();
        cluster.close();
    }
}
