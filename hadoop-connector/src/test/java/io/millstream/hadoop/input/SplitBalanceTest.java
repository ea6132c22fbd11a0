package io.millstream.hadoop.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the tasks of a job get to read from a real broker's log, as bytes of keys and values: about the same each. */
final class SplitBalanceTest {

    private static final int SPLITS = 16;
    private static final double MOST_OF_MEDIAN = 1.15;
    private static final int SMALLEST = 100;
    private static final int LARGEST = 1_000_000;

    @TempDir
    private static Path folder;

    private static LiveBroker broker;

    @BeforeAll
    static void start() throws IOException {
        broker = LiveBroker.start(
                folder,
                1,
                Map.of("log.cleaner.backoff.ms", "20", "log.cleaner.threads", "1", "log.segment.bytes", "33554432"));
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    /** Nine tenths of the records in one partition, sizes of all magnitudes alike. */
    @Test
    void nine_tenths_in_one_partition_of_records_of_all_sizes_make_even_splits() throws Exception {
        broker.create("lopsided", 11, 1);
        Random random = new Random(7);
        long total = 0;
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        while (total < 96L << 20) {
            int partition = random.nextInt(10) > 0 ? 0 : 1 + random.nextInt(10);
            byte[] value = new byte[(int) (SMALLEST * Math.pow((double) LARGEST / SMALLEST, random.nextDouble()))];
            records.add(new ProducerRecord<>("lopsided", partition, null, value));
            total += value.length;
        }
        broker.produce(records, Map.of());

        List<Long> read = read("lopsided", total / SPLITS);

        assertThat(sum(read)).isEqualTo(total);
        assertBalanced(read);
    }

    /** The later a record, the likelier it is still there: at its beginning the log is nearly all holes, at its end it has none. */
    @Test
    void a_compacted_partition_is_balanced_by_what_is_left_in_it() throws Exception {
        broker.create(
                "compacted",
                1,
                1,
                Map.of(
                        "cleanup.policy", "compact",
                        "segment.bytes", "500000",
                        "min.cleanable.dirty.ratio", "0.01"));
        Random random = new Random(7);
        Map<Integer, Integer> left = new HashMap<>(); // key to size
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < 12_000; i++) {
            int key = i < 9_000 ? random.nextInt(2_000) : i; // what is not cleaned yet has each key once
            byte[] name = ByteBuffer.allocate(Integer.BYTES).putInt(key).array();
            byte[] value = new byte[500 + random.nextInt(1_000)];
            records.add(new ProducerRecord<>("compacted", 0, name, value));
            left.put(key, name.length + value.length);
        }
        broker.produce(records, Map.of("batch.size", 8_000));
        long total = left.values().stream().mapToLong(Integer::longValue).sum();
        await().atMost(Duration.ofMinutes(1)).until(() -> sum(read("compacted", Long.MAX_VALUE)) == total);

        List<Long> read = read("compacted", total / SPLITS);

        assertThat(sum(read)).isEqualTo(total);
        assertBalanced(read);
    }

    private static long sum(List<Long> read) {
        return read.stream().mapToLong(Long::longValue).sum();
    }

    private static Configuration conf(String topic, long splitBytes) {
        Configuration conf = new Configuration(false);
        TopicInputFormat.setBootstrap(conf, broker.bootstrap());
        TopicInputFormat.setTopics(conf, topic);
        conf.setLong("millstream.input.split.bytes", splitBytes);
        conf.setInt("millstream.input.split.max", SPLITS);
        return conf;
    }

    /** Bytes of keys and values that the reader of each split delivers. */
    private static List<Long> read(String topic, long splitBytes) throws IOException {
        Configuration conf = conf(topic, splitBytes);
        List<Long> read = new ArrayList<>();
        for (TopicSplit split : TopicInputFormat.plan(conf)) {
            Task task = new Task();
            try (TopicRecordReader reader = new TopicRecordReader()) {
                reader.initialize(split, task.context(conf));
                while (reader.nextKeyValue()) {
                    assertThat(reader.getCurrentValue()).isNotNull();
                }
            }
            read.add(task.count(InputCounter.RECORD_BYTES));
        }
        return read;
    }

    private static void assertBalanced(List<Long> read) {
        assertThat(read).hasSize(SPLITS);
        List<Long> sorted = read.stream().sorted().toList();
        double median = (sorted.get(SPLITS / 2 - 1) + sorted.get(SPLITS / 2)) / 2.0;
        assertThat(sorted.get(SPLITS - 1) / median).as("%s", read).isLessThanOrEqualTo(MOST_OF_MEDIAN);
    }
}
