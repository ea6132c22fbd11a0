package io.millstream.hadoop.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millstream.core.TopicPartition;
import io.millstream.hadoop.input.FakeCluster.Trouble;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.mapreduce.Job;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A proxy before a real broker that answers for one partition with all that goes wrong: a job reads everything, or fails. */
final class HostileProxyTest {

    private static final int RECORDS = 2000;
    private static final int KEYS = 50;
    private static final int SPLITS = 8;
    private static final List<Trouble> FOR_GOOD =
            List.of(Trouble.EMPTY, Trouble.NOT_LEADER, Trouble.CUT, Trouble.HANG_UP, Trouble.SILENCE);

    @TempDir
    private static Path folder;

    private static LiveBroker live;
    private static HostileProxy proxy;

    private final Configuration conf = new Configuration();

    @BeforeAll
    static void start() throws Exception {
        live = LiveBroker.start(folder, 1, Map.of("log.cleaner.backoff.ms", "20"));
        proxy = HostileProxy.before(live.endpoint(1));
        live.create("clicks", 6, 1);
        live.produce("clicks", 6, 0, RECORDS);
    }

    @AfterAll
    static void stop() {
        proxy.close();
        live.close();
    }

    @BeforeEach
    void readThroughTheProxy() {
        TopicInputFormat.setBootstrap(conf, proxy.endpoint().toString());
        TopicInputFormat.setTopics(conf, "clicks");
    }

    /** Five of so many fetches of a partition go wrong, in ways that pass. */
    private static void trouble(TopicPartition partition, int fetches, long seed) {
        Random random = new Random(seed);
        List<Trouble> passing = List.of(Trouble.EMPTY, Trouble.NOT_LEADER, Trouble.CUT, Trouble.HANG_UP);
        proxy.trouble(partition, () -> {
            int drawn = random.nextInt(fetches);
            if (drawn == 4) {
                stall();
            }
            return drawn < passing.size() ? passing.get(drawn) : Trouble.NONE;
        });
    }

    private static void stall() {
        try {
            boolean released = new CountDownLatch(1).await(200, TimeUnit.MILLISECONDS);
            assertThat(released).isFalse();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void a_job_rides_out_whatever_passes_and_its_output_is_whole() throws Exception {
        long seed = Long.getLong("seed", new Random().nextLong());
        trouble(new TopicPartition("clicks", 1), 10, seed);
        Job job = Lines.job(conf, folder, "out");

        assertThat(job.waitForCompletion(false)).as("-Dseed=%d", seed).isTrue();

        assertThat(Lines.written(folder.resolve("out")))
                .as("-Dseed=%d", seed)
                .isEqualTo(Lines.expected("clicks", 6, 0, RECORDS));
        assertThat(job.getCounters().findCounter(InputCounter.OFFSETS).getValue())
                .isEqualTo(6L * RECORDS);
    }

    @Test
    void what_does_not_pass_fails_by_topic_partition_offset_and_broker() throws Exception {
        conf.set("millstream.input.timeout.ms", "1500");
        for (int i = 0; i < FOR_GOOD.size(); i++) {
            Trouble trouble = FOR_GOOD.get(i);
            AtomicInteger fetches = new AtomicInteger();
            proxy.trouble(
                    new TopicPartition("clicks", 1 + i), () -> fetches.incrementAndGet() <= 2 ? Trouble.NONE : trouble);
        }
        ExecutorService tasks = Executors.newFixedThreadPool(FOR_GOOD.size());
        List<CompletableFuture<Integer>> running = new ArrayList<>();
        for (int i = 0; i < FOR_GOOD.size(); i++) {
            TopicPartition partition = new TopicPartition("clicks", 1 + i);
            running.add(CompletableFuture.supplyAsync(() -> recordsOf(partition), tasks));
        }
        for (int i = 0; i < FOR_GOOD.size(); i++) {
            String partition = "clicks-" + (1 + i);
            CompletableFuture<Throwable> failure = running.get(i).handle((read, thrown) -> thrown);
            assertThat(failure.get())
                    .as("%s", FOR_GOOD.get(i))
                    .isInstanceOf(CompletionException.class)
                    .cause()
                    .hasMessageContaining(partition)
                    .hasMessageMatching("(?s).*offset [1-9].*")
                    .hasMessageContaining(proxy.endpoint().toString());
        }
        tasks.shutdown();
        Job job = Lines.job(conf, folder, "failed");
        conf.setInt("mapreduce.local.map.tasks.maximum", 6);

        assertThat(job.waitForCompletion(false)).isFalse();
        FOR_GOOD.forEach(trouble ->
                proxy.trouble(new TopicPartition("clicks", 1 + FOR_GOOD.indexOf(trouble)), () -> Trouble.NONE));
    }

    private int recordsOf(TopicPartition partition) {
        Configuration one = new Configuration(conf);
        TopicInputFormat.setRanges(one, List.of(new OffsetRange(partition, 0, RECORDS)));
        one.unset("millstream.input.topics");
        try {
            return read(one, new Task()).size();
        } catch (Exception e) {
            throw new CompletionException(e);
        }
    }

    private static List<TopicRecord> read(Configuration conf, Task task) throws Exception {
        List<TopicRecord> records = new ArrayList<>();
        for (TopicSplit split : TopicInputFormat.plan(conf)) {
            records.addAll(read(split, conf, task));
        }
        return records;
    }

    private static List<TopicRecord> read(TopicSplit split, Configuration conf, Task task) throws Exception {
        List<TopicRecord> records = new ArrayList<>();
        try (TopicRecordReader reader = new TopicRecordReader()) {
            reader.initialize(split, task.context(conf));
            while (reader.nextKeyValue()) {
                TopicRecord record = reader.getCurrentValue();
                records.add(new TopicRecord(record.topicPartition(), record.record()));
            }
        }
        return records;
    }

    @Test
    void a_compacted_topic_balances_too() throws Exception {
        long seed = Long.getLong("seed", new Random().nextLong());
        Map<String, String> written = produceCompacted();
        TopicInputFormat.setTopics(conf, "prices");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> TopicInputFormat.plan(conf).get(0).getLength() < 1_000_000);
        long bytes = TopicInputFormat.plan(conf).get(0).getLength();
        conf.setInt("millstream.input.split.max", SPLITS);
        conf.setLong("millstream.input.split.bytes", bytes / SPLITS);
        trouble(new TopicPartition("prices", 0), 30, seed);

        Task task = new Task();
        Map<String, String> read = new HashMap<>();
        List<Long> sizes = new ArrayList<>();
        for (TopicSplit split : TopicInputFormat.plan(conf)) {
            long before = task.count(InputCounter.RECORD_BYTES);
            for (TopicRecord record : read(split, conf, task)) {
                read.put(
                        new String(record.key(), StandardCharsets.UTF_8),
                        new String(record.value(), StandardCharsets.UTF_8));
            }
            sizes.add(task.count(InputCounter.RECORD_BYTES) - before);
        }

        assertThat(read).as("-Dseed=%d", seed).isEqualTo(written);
        assertThat(task.count(InputCounter.OFFSETS)).isEqualTo(3L * RECORDS);
        assertThat(task.count(InputCounter.GAP_OFFSETS))
                .isPositive()
                .isEqualTo(3L * RECORDS - task.count(InputCounter.RECORDS));
        sizes.sort(null);
        assertThat(sizes).hasSize(SPLITS);
        double median = (sizes.get(SPLITS / 2 - 1) + sizes.get(SPLITS / 2)) / 2.0;
        assertThat(sizes.get(SPLITS - 1) / median).as("%s", sizes).isLessThanOrEqualTo(1.15);
    }

    /** An older part of few keys, of which compaction leaves little, and a newer one whose keys are all different. */
    private static Map<String, String> produceCompacted() throws Exception {
        live.create(
                "prices",
                1,
                1,
                Map.of("cleanup.policy", "compact", "segment.bytes", "50000", "min.cleanable.dirty.ratio", "0.01"));
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        Map<String, String> newest = new HashMap<>();
        for (int i = 0; i < 3 * RECORDS; i++) {
            String key = "k" + (i < 2 * RECORDS ? i % KEYS : i);
            String value = i + "x".repeat(400);
            newest.put(key, value);
            records.add(new ProducerRecord<>(
                    "prices", 0, key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8)));
        }
        live.produce(records, Map.of("batch.size", 8000));
        return newest;
    }
}
