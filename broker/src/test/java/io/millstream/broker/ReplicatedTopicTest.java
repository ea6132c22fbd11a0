package io.millstream.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three brokers, topics with three replicas, stock clients: leaders go, what was acknowledged stays. */
final class ReplicatedTopicTest {

    private static final int BROKERS = 3;
    private static final int RECORDS = 300;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private TestCluster cluster;
    private Map<String, String> settings;
    private final TreeMap<Integer, Broker> brokers = new TreeMap<>();

    @BeforeEach
    void start() throws Exception {
        cluster = new TestCluster(directory);
        settings = cluster.newCluster();
        for (int id = 1; id <= BROKERS; id++) {
            startBroker(id);
        }
    }

    @AfterEach
    void stop() {
        brokers.values().forEach(Broker::close);
        cluster.close();
    }

    private void startBroker(int id) {
        brokers.put(
                id,
                TestCluster.start(
                        settings,
                        "broker.id",
                        Integer.toString(id),
                        "log.dirs",
                        directory.resolve("broker-" + id).toString(),
                        "default.replication.factor",
                        "3",
                        "replica.lag.time.max.ms",
                        "2000",
                        "min.insync.replicas",
                        "2"));
    }

    private void stopBroker(int id) {
        brokers.remove(id).close();
    }

    private String bootstrap() {
        return brokers.values().stream()
                .map(broker ->
                        broker.endpoint().host() + ":" + broker.endpoint().port())
                .collect(Collectors.joining(","));
    }

    private TopicPartitionInfo describe(String topic, int partition) {
        try (Admin admin = KafkaClients.admin(bootstrap())) {
            TopicDescription description = KafkaClients.get(
                            admin.describeTopics(List.of(topic)).allTopicNames())
                    .get(topic);
            return description.partitions().get(partition);
        }
    }

    private void awaitInSync(String topic, Integer... ids) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(describe(topic, 0).isr())
                        .extracting(Node::id)
                        .containsExactlyInAnyOrder(ids));
    }

    private void create(String topic) {
        create(topic, BROKERS);
    }

    private void create(String topic, int replicas) {
        try (Admin admin = KafkaClients.admin(bootstrap())) {
            KafkaClients.get(admin.createTopics(List.of(new NewTopic(topic, 1, (short) replicas)))
                    .all());
        }
    }

    private static List<String> values(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "record " + i).toList();
    }

    @Test
    void whatWasAcknowledgedSurvivesOneLeaderAfterTheOther() throws Exception {
        create("survivor");
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try (KafkaProducer<String, String> producer = KafkaClients.producer(bootstrap())) {
            for (int round = 0; round < BROKERS; round++) {
                awaitInSync("survivor", 1, 2, 3);
                int leader = describe("survivor", 0).leader().id();
                for (int i = 0; i < RECORDS; i++) {
                    if (i == RECORDS / 2) {
                        stopBroker(leader);
                    }
                    String value = "record " + (round * RECORDS + i);
                    sent.add(producer.send(new ProducerRecord<>("survivor", 0, null, value)));
                }
                producer.flush();

                // then
                assertThat(describe("survivor", 0).leader().id()).isNotEqualTo(leader);
                assertThat(KafkaClients.consume(bootstrap(), "survivor", 1))
                        .isEqualTo(values(0, (round + 1) * RECORDS));
                startBroker(leader);
            }
        }
        for (int i = 0; i < sent.size(); i++) {
            assertThat(sent.get(i).get().offset()).isEqualTo(i);
        }
    }

    @Test
    void replicasThatWereAwayCatchUpAndTheIsrFollows() {
        create("away");
        assertThat(KafkaClients.produce(bootstrap(), "away", "a", "b")).containsExactly(0L, 1L);
        int leader = describe("away", 0).leader().id();
        int follower = leader % BROKERS + 1;
        int other = follower % BROKERS + 1;

        // when
        stopBroker(follower);
        awaitInSync("away", leader, other);
        assertThat(KafkaClients.produce(bootstrap(), "away", "c")).containsExactly(2L);
        startBroker(follower);

        // then
        awaitInSync("away", 1, 2, 3);
        stopBroker(leader);
        stopBroker(other);
        assertThat(KafkaClients.consume(bootstrap(), "away", 1)).containsExactly("a", "b", "c");
    }

    @Test
    void noMoreReplicasMustBeInSyncThanThereAre() {
        create("alone", 1); // while brokers ask for two
        assertThat(KafkaClients.produce(bootstrap(), "alone", "a", "b")).containsExactly(0L, 1L);
        assertThat(KafkaClients.consume(bootstrap(), "alone", 1)).containsExactly("a", "b");
    }

    @Test
    void aReplicaThatMovesAwayLeavesNoLogBehind() {
        try (Admin admin = KafkaClients.admin(bootstrap())) {
            KafkaClients.get(admin.createTopics(List.of(new NewTopic("moved", Map.of(0, List.of(1, 2)))))
                    .all());
            assertThat(KafkaClients.produce(bootstrap(), "moved", "a", "b", "c"))
                    .containsExactly(0L, 1L, 2L);

            // when
            KafkaClients.get(admin.alterPartitionReassignments(Map.of(
                            new TopicPartition("moved", 0), Optional.of(new NewPartitionReassignment(List.of(1, 3)))))
                    .all());

            // then
            awaitInSync("moved", 1, 3);
            await().atMost(PATIENCE)
                    .until(() -> !Files.exists(directory.resolve("broker-2").resolve("moved-0")));
        }
        assertThat(directory.resolve("broker-3").resolve("moved-0")).isDirectory();
        stopBroker(1);
        assertThat(KafkaClients.consume(bootstrap(), "moved", 1)).containsExactly("a", "b", "c");
    }
}
