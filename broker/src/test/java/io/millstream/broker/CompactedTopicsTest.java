package io.millstream.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compacted topics as Kafka's own clients see them. */
final class CompactedTopicsTest {

    private static final int KEYS = 5;

    @TempDir
    static Path directory;

    private static TestCluster cluster;
    private static Map<String, String> settings;
    private static Broker broker;

    @BeforeAll
    static void start() throws IOException {
        cluster = new TestCluster(directory);
        settings = cluster.newCluster();
        broker = TestCluster.start(settings, "log.cleaner.backoff.ms", "20", "log.cleaner.threads", "2");
    }

    @AfterAll
    static void stop() {
        broker.close();
        cluster.close();
    }

    private static void create(String topic, Map<String, String> more) {
        Map<String, String> configs = new HashMap<>(Map.of(
                "cleanup.policy", "compact",
                "segment.bytes", "4000",
                "min.cleanable.dirty.ratio", "0.01",
                "delete.retention.ms", "0"));
        configs.putAll(more);
        try (Admin admin = KafkaClients.admin(broker.endpoint().toString())) {
            KafkaClients.get(admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1).configs(configs)))
                    .all());
        }
    }

    private static KafkaProducer<String, String> producer(String codec) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.endpoint().toString(), "compression.type", codec, "linger.ms", "5"),
                new StringSerializer(),
                new StringSerializer());
    }

    private static List<ConsumerRecord<String, String>> consume(String topic) {
        TopicPartition partition = new TopicPartition(topic, 0);
        List<ConsumerRecord<String, String>> all = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.endpoint().toString()),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(all::add);
            }
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void aConsumerFindsTheLastValuesAtTheirOffsetsAndThoseThatWereDeletedAreGone(String codec) throws Exception {
        // given
        String topic = "prices-" + codec;
        create(topic, Map.of("max.compaction.lag.ms", "200"));
        Map<String, Long> last = new HashMap<>();
        try (KafkaProducer<String, String> producer = producer(codec)) {
            var deleted = producer.send(new ProducerRecord<>(topic, 0, "gone", "x"));
            deleted.get();
            producer.send(new ProducerRecord<>(topic, 0, "gone", null)).get();
            for (int i = 0; i < 400; i++) {
                String key = "k" + i % KEYS;
                var sent = producer.send(new ProducerRecord<>(topic, 0, key, key + "=" + i + "x".repeat(30)));
                if (i >= 400 - KEYS) {
                    last.put(key, sent.get().offset());
                }
            }
        }

        // then
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            List<ConsumerRecord<String, String>> left = consume(topic);
            assertThat(left).hasSize(KEYS);
        });
        for (ConsumerRecord<String, String> record : consume(topic)) {
            assertThat(record.offset()).isEqualTo(last.get(record.key()));
            assertThat(record.value())
                    .startsWith(record.key() + "=" + (400 - KEYS + record.key().charAt(1) - '0'));
        }
    }

    @Test
    void whatWasCompactedIsSoAfterARestart() throws Exception {
        // given
        create("restarted", Map.of("max.compaction.lag.ms", "200"));
        try (KafkaProducer<String, String> producer = producer("lz4")) {
            for (int i = 0; i < 100; i++) {
                assertThat(producer.send(new ProducerRecord<>("restarted", 0, "k" + i % KEYS, "v" + i)))
                        .isNotNull();
            }
        }
        await().atMost(Duration.ofSeconds(60)).until(() -> consume("restarted").size() == KEYS);
        List<Long> before =
                consume("restarted").stream().map(ConsumerRecord::offset).toList();

        // when
        broker.close();
        broker = TestCluster.start(settings, "log.cleaner.backoff.ms", "20", "log.cleaner.threads", "2");

        // then
        assertThat(consume("restarted").stream().map(ConsumerRecord::offset)).isEqualTo(before);
    }

    @Test
    void aRecordWithoutAKeyIsRefused() {
        create("keyed", Map.of());
        try (KafkaProducer<String, String> producer = producer("none")) {
            assertThatThrownBy(() -> producer.send(new ProducerRecord<>("keyed", 0, null, "v"))
                            .get())
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(InvalidRecordException.class)
                    .hasMessageContaining("without a key");
        }
    }
}
