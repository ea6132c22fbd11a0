package io.millstream.hadoop.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.core.TopicPartition;
import io.millstream.record.Codec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.mapreduce.Job;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job that reads from Apache Kafka 3.9, which does not tell how large ranges are. */
final class KafkaInputTest {

    private static final int PARTITIONS = 3;
    private static final int RECORDS_OF_A_CODEC = 1500;
    private static final int RECORDS = RECORDS_OF_A_CODEC * Codec.values().length;
    private static final long FIRST_TIMESTAMP = 1_700_000_000_000L;

    @TempDir
    private Path folder;

    private final Configuration conf = new Configuration();

    @Test
    void splits_are_cut_by_offsets_and_each_record_is_counted_once() throws Exception {
        try (KafkaBroker kafka = KafkaBroker.start(folder)) {
            produce(kafka.bootstrap());
            TopicInputFormat.setBootstrap(conf, kafka.bootstrap());
            TopicInputFormat.setTopics(conf, "words");
            conf.set("millstream.input.record.bytes", "100");
            conf.set("millstream.input.split.bytes", "50000");
            List<TopicSplit> splits = TopicInputFormat.plan(conf);
            assertThat(splits).hasSize(RECORDS * 100 / 50_000);
            assertThat(splits.stream().collect(Collectors.summingLong(TopicSplit::offsets)))
                    .isEqualTo(RECORDS);

            Job wordCount = WordCount.job(conf, folder.resolve("job"));

            assertThat(wordCount.waitForCompletion(false)).isTrue();
            Map<String, Long> expected = new HashMap<>(Map.of("all", (long) RECORDS));
            for (Codec codec : Codec.values()) {
                expected.put(codec.label(), (long) RECORDS_OF_A_CODEC);
            }
            assertThat(WordCount.counts(folder.resolve("job"))).isEqualTo(expected);

            conf.set("millstream.input.from", Long.toString(FIRST_TIMESTAMP + 3000));
            conf.set("millstream.input.to", Long.toString(FIRST_TIMESTAMP + 4500));
            assertThat(TopicInputFormat.plan(conf).stream()
                            .flatMap(split -> split.ranges().stream())
                            .map(OffsetRange::partition)
                            .distinct())
                    .hasSize(PARTITIONS)
                    .contains(new TopicPartition("words", 2));
        }
    }

    private static void produce(String bootstrap) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(new NewTopic("words", PARTITIONS, (short) 1)))
                    .all()
                    .get();
        }
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (Codec codec : Codec.values()) {
            Map<String, Object> settings = Map.of(
                    "bootstrap.servers",
                    bootstrap,
                    "compression.type",
                    codec.label(),
                    "linger.ms",
                    5,
                    "batch.size",
                    4000);
            try (KafkaProducer<byte[], byte[]> producer =
                    new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
                for (int i = 0; i < RECORDS_OF_A_CODEC; i++) {
                    byte[] value = ("all " + codec.label()).getBytes(StandardCharsets.UTF_8);
                    long timestamp = FIRST_TIMESTAMP + sent.size();
                    sent.add(producer.send(new ProducerRecord<>("words", i % PARTITIONS, timestamp, null, value)));
                }
            }
        }
        for (Future<RecordMetadata> each : sent) {
            each.get();
        }
    }
}
