package io.millstream.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka's own consumers, whose fetches go by sessions, while what they read grows and shrinks. */
final class ConsumerSessionsTest {

    private static final int PARTITIONS = 6;
    private static final int STEPS = 25;

    @TempDir
    static Path directory;

    private static TestCluster cluster;

    @BeforeAll
    static void start() throws IOException {
        cluster = new TestCluster(directory);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static KafkaConsumer<String, String> consumer(String bootstrap) {
        Map<String, Object> settings = new HashMap<>(Map.of("bootstrap.servers", bootstrap));
        settings.put("isolation.level", "read_committed");
        settings.put("fetch.max.wait.ms", "50");
        settings.put("fetch.max.bytes", "300"); // a few batches fit: the others wait for their turn
        return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    }

    @Test
    void everyRecordIsReadOnceHoweverPartitionsComeAndGo() {
        everyRecordIsReadOnce("1000");
    }

    @Test
    void soItIsWhenThereIsNoRoomForSessions() {
        everyRecordIsReadOnce("0");
    }

    private static void everyRecordIsReadOnce(String slots) {
        long seed = Long.getLong("millstream.seed", System.nanoTime());
        Random random = new Random(seed);
        try (Broker broker =
                TestCluster.start(cluster.newCluster(), "max.incremental.fetch.session.cache.slots", slots)) {
            String bootstrap = broker.endpoint().toString();
            try (Admin admin = KafkaClients.admin(bootstrap)) {
                KafkaClients.get(admin.createTopics(List.of(
                                new NewTopic("a", PARTITIONS, (short) 1), new NewTopic("b", PARTITIONS, (short) 1)))
                        .all());
            }
            Reading reading = new Reading();
            try (KafkaProducer<String, String> producer = KafkaClients.producer(bootstrap);
                    KafkaConsumer<String, String> consumer = consumer(bootstrap)) {
                for (int step = 0; step < STEPS; step++) {
                    reading.reassign(consumer, random);
                    for (int i = random.nextInt(20); i > 0; i--) {
                        String topic = random.nextBoolean() ? "a" : "b";
                        String value = step + "/" + i + "/" + "x".repeat(random.nextInt(100));
                        int partition = random.nextInt(PARTITIONS);
                        var unused = producer.send(new ProducerRecord<>(topic, partition, null, value));
                        reading.expect(new TopicPartition(topic, partition), value);
                    }
                    producer.flush();
                    reading.poll(consumer);
                }
                reading.all(consumer);
                while (!reading.done()) {
                    reading.poll(consumer);
                }
            }
            assertThat(reading.read).as("-Dmillstream.seed=" + seed).isEqualTo(reading.produced);
        }
    }

    /** What was produced and what was read of it, partition by partition. */
    private static final class Reading {

        private final Map<TopicPartition, List<String>> produced = new HashMap<>();
        private final Map<TopicPartition, List<String>> read = new HashMap<>();

        void expect(TopicPartition partition, String value) {
            produced.computeIfAbsent(partition, fresh -> new ArrayList<>()).add(value);
        }

        void reassign(KafkaConsumer<String, String> consumer, Random random) {
            List<TopicPartition> some = new ArrayList<>();
            for (String topic : new TreeSet<>(List.of("a", "b"))) {
                for (int partition = 0; partition < PARTITIONS; partition++) {
                    if (random.nextInt(3) > 0) {
                        some.add(new TopicPartition(topic, partition));
                    }
                }
            }
            assign(consumer, some);
        }

        void all(KafkaConsumer<String, String> consumer) {
            assign(consumer, List.copyOf(produced.keySet()));
        }

        private void assign(KafkaConsumer<String, String> consumer, List<TopicPartition> partitions) {
            consumer.assign(partitions);
            partitions.forEach(partition -> consumer.seek(
                    partition, read.getOrDefault(partition, List.of()).size()));
        }

        void poll(KafkaConsumer<String, String> consumer) {
            for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                TopicPartition partition = new TopicPartition(record.topic(), record.partition());
                List<String> values = read.computeIfAbsent(partition, fresh -> new ArrayList<>());
                assertThat(record.offset()).isEqualTo(values.size());
                values.add(record.value());
            }
        }

        boolean done() {
            return produced.entrySet().stream()
                    .allMatch(
                            each -> read.getOrDefault(each.getKey(), List.of()).size()
                                    >= each.getValue().size());
        }
    }
}
