package io.millstream.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two brokers in two racks, stock clients: what the one that a client happens to ask does for it. */
final class ReplicaReadsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Map<Integer, String> RACKS = Map.of(1, "east", 2, "west");

    private TestCluster cluster;
    private final TreeMap<Integer, Broker> brokers = new TreeMap<>();

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        cluster = new TestCluster(directory);
        Map<String, String> settings = cluster.newCluster();
        RACKS.forEach((id, rack) -> brokers.put(
                id,
                TestCluster.start(
                        settings,
                        "broker.id",
                        Integer.toString(id),
                        "broker.rack",
                        rack,
                        "log.dirs",
                        directory.resolve("broker-" + id).toString(),
                        "default.replication.factor",
                        "2",
                        "replica.selector.class",
                        "org.apache.kafka.common.replica.RackAwareReplicaSelector")));
    }

    @AfterEach
    void stop() {
        brokers.values().forEach(Broker::close);
        cluster.close();
    }

    private String bootstrap(int broker) {
        var endpoint = brokers.get(broker).endpoint();
        return endpoint.host() + ":" + endpoint.port();
    }

    private TopicDescription describe(String topic) {
        try (Admin admin = KafkaClients.admin(bootstrap(1))) {
            return KafkaClients.get(admin.describeTopics(List.of(topic)).allTopicNames())
                    .get(topic);
        }
    }

    /** The brokers that a consumer has had bytes from. */
    private static Set<String> sources(KafkaConsumer<?, ?> consumer) {
        Set<String> sources = new HashSet<>();
        for (Map.Entry<MetricName, ? extends Metric> each : consumer.metrics().entrySet()) {
            MetricName name = each.getKey();
            if (name.group().equals("consumer-node-metrics")
                    && name.name().equals("incoming-byte-total")
                    && each.getValue().metricValue() instanceof Double bytes
                    && bytes > 20_000) {
                sources.add(name.tags().get("node-id"));
            }
        }
        return sources;
    }

    /** KIP-392. */
    @Test
    void aConsumerReadsFromTheReplicaInItsRack() {
        try (Admin admin = KafkaClients.admin(bootstrap(1))) {
            KafkaClients.get(admin.createTopics(List.of(new NewTopic("near", 1, (short) 2)))
                    .all());
        }
        String[] values = new String[400];
        java.util.Arrays.setAll(values, i -> i + "x".repeat(200));
        KafkaClients.produce(bootstrap(1), "near", values);
        await().atMost(PATIENCE)
                .until(() -> describe("near").partitions().get(0).isr().size() == 2);
        int leader = describe("near").partitions().get(0).leader().id();
        int follower = 3 - leader;

        for (int broker : new int[] {follower, leader}) {
            Map<String, Object> settings = Map.of(
                    "bootstrap.servers",
                    bootstrap(1),
                    "client.rack",
                    RACKS.get(broker),
                    "max.partition.fetch.bytes",
                    "4096",
                    "auto.offset.reset",
                    "earliest");
            try (KafkaConsumer<String, String> consumer =
                    new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
                consumer.assign(List.of(new TopicPartition("near", 0)));
                List<String> read = new ArrayList<>();
                await().atMost(PATIENCE).until(() -> {
                    consumer.poll(Duration.ofMillis(100)).forEach(each -> read.add(each.value()));
                    return read.size() >= values.length;
                });

                assertThat(read).containsExactly(values);
                assertThat(sources(consumer)).containsExactly("node-" + broker);
            }
        }
    }

    @Test
    void aTopicIsMadeWhicheverBrokerIsAskedForIt() {
        // when: one of them is not the controller
        for (int broker : RACKS.keySet()) {
            assertThat(KafkaClients.produce(bootstrap(broker), "made-at-" + broker, "a"))
                    .containsExactly(0L);
        }

        // then
        for (int broker : RACKS.keySet()) {
            assertThat(describe("made-at-" + broker).partitions().get(0).replicas())
                    .hasSize(2);
        }
    }
}
