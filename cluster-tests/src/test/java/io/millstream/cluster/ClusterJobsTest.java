package io.millstream.cluster;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.Versioned;
import io.millstream.core.TopicPartition;
import io.millstream.hadoop.input.TextTopicInputFormat;
import io.millstream.hadoop.input.TopicInputFormat;
import io.millstream.hadoop.input.TopicRecord;
import io.millstream.hadoop.output.TopicOutputFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.Mapper;
import org.apache.hadoop.mapreduce.lib.output.FileOutputFormat;
import org.apache.hadoop.mapreduce.lib.output.TextOutputFormat;
import org.apache.hadoop.mapreduce.lib.reduce.LongSumReducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Jobs on HDFS and YARN that read and write topics, and to one of them everything happens that may: their output is exact. */
final class ClusterJobsTest {

    private static final List<TopicPartition> READ = List.of(
            new TopicPartition("clicks-a", 0),
            new TopicPartition("clicks-a", 1),
            new TopicPartition("clicks-b", 0),
            new TopicPartition("clicks-b", 1));
    private static final int RECORDS = 120; // of each partition
    private static final int RECORD_BYTES = 100_000;
    private static final int SPECULATION_MILLIS = 500;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    private static Path folder;

    private static Hadoop hadoop;
    private static Brokers brokers;
    private static Topics topics;

    @BeforeAll
    static void start() throws Exception {
        hadoop = Hadoop.shared();
        brokers = Brokers.start(folder, 2);
        topics = new Topics(brokers);
        for (String topic : List.of("clicks-a", "clicks-b", "clicks-not")) {
            topics.create(topic, 2, List.of(1, 2), Map.of());
        }
        for (String topic : List.of("relayed", "relayed-again")) {
            topics.create(topic, 3, List.of(1, 2), Map.of("min.insync.replicas", "2"));
        }
        topics.produce(records());
    }

    @AfterAll
    static void stop() {
        brokers.close();
    }

    private static List<ProducerRecord<byte[], byte[]>> records() {
        byte[] filling = new byte[RECORD_BYTES];
        new Random(7).nextBytes(filling); // does not compress
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            for (TopicPartition partition : READ) {
                byte[] text = (name(partition, i) + TroubledRelay.FILLING).getBytes(ISO_8859_1);
                byte[] value = Arrays.copyOf(text, text.length + filling.length);
                System.arraycopy(filling, 0, value, text.length, filling.length);
                records.add(new ProducerRecord<>(partition.topic().value(), partition.partition(), null, value));
            }
        }
        records.add(new ProducerRecord<>("clicks-not", 0, null, "not#".getBytes(UTF_8)));
        return records;
    }

    private static String name(TopicPartition partition, int number) {
        return partition + "@" + number;
    }

    /**
     * While its tasks read, the leadership of all partitions moves, one container dies and another stands still until YARN starts
     * a second attempt beside it; then the brokers' leader dies. While it publishes, which takes both brokers, its application
     * master dies, and the dead broker comes back.
     */
    @Test
    void what_is_read_is_written_once_whatever_happens() throws Exception {
        try (Meetings meetings = Meetings.open()) {
            Job job = relay("relayed", meetings);
            job.submit();

            meetings.await("move");
            topics.lead(READ, List.of(2, 1));
            await().atMost(PATIENCE).until(() -> READ.stream().allMatch(each -> brokers.leader(each) == 2));
            meetings.goOn("move");

            meetings.await("broker");
            brokers.kill9(2);
            meetings.goOn("broker");

            meetings.await("standstill 0");
            meetings.await("standstill 1");
            meetings.goOn("standstill 0");
            meetings.goOn("standstill 1");

            await().atMost(PATIENCE).until(() -> publication(job).contains("\"OPEN\""));
            assertThat(publication(job)).contains("hdfs://");
            killApplicationMaster();
            brokers.restart(2);

            ensureExact(job, "relayed");
            assertThat(attempts(job))
                    .contains("m_000001_0 FAILED")
                    .filteredOn(each -> each.startsWith("m_000002_") && each.endsWith(" SUCCEEDED"))
                    .hasSize(1);
        }
    }

    /**
     * Its tasks end with it, and the next one begins them anew, whether or not Hadoop has the committer clear away what the first
     * one left; meanwhile the leader dies.
     */
    @Test
    @EnabledIfSystemProperty(named = "nemesis.all", matches = "true")
    void an_application_master_that_dies_while_tasks_read_is_followed_by_one_that_begins_anew() throws Exception {
        String written = "relayed-again";
        try (Meetings meetings = Meetings.open()) {
            Job job = relay(written, meetings);
            job.submit();

            meetings.await("move");
            meetings.await("broker");
            killApplicationMaster();
            brokers.kill9(2);
            meetings.goOn("move");
            meetings.goOn("broker");
            brokers.restart(2);

            ensureExact(job, written);
        }
    }

    private static void ensureExact(Job job, String written) throws Exception {
        assertThat(job.waitForCompletion(false))
                .as(job.getStatus().getFailureInfo())
                .isTrue();
        assertThat(publication(job)).contains("\"PUBLISHED\"");
        assertThat(topics.read(written).stream().map(each -> new String(each.value(), UTF_8)))
                .containsExactlyInAnyOrderElementsOf(READ.stream()
                        .flatMap(partition ->
                                Stream.iterate(0, i -> i + 1).limit(RECORDS).map(i -> name(partition, i)))
                        .toList());
        assertThat(topics.committed(written)).hasSize(READ.size()).allSatisfy((partition, offset) -> assertThat(offset)
                .isEqualTo(RECORDS));
    }

    /** Two jobs at once: one of a time window, one of what a group has not committed. */
    @Test
    void text_is_counted_by_time_and_by_group() throws Exception {
        topics.create("words", 2, List.of(1), Map.of("retention.ms", "-1")); // records of 1970
        List<ProducerRecord<byte[], byte[]>> words = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            byte[] word = ("word" + i / 25).getBytes(UTF_8);
            words.add(new ProducerRecord<>("words", i % 2, 1_000_000L + i, null, word));
        }
        topics.produce(words);
        Job ofTime = counting("of-time");
        ofTime.getConfiguration().set("millstream.input.from", "1000030");
        ofTime.getConfiguration().set("millstream.input.to", "1000060");
        Job ofGroup = counting("of-group");
        TopicInputFormat.setGroup(ofGroup.getConfiguration(), "counting", brokers.zooKeeper());
        TopicInputFormat.commitOnSuccess(ofGroup);

        ofTime.submit();
        ofGroup.submit();

        assertThat(ofTime.waitForCompletion(false))
                .as(ofTime.getStatus().getFailureInfo())
                .isTrue();
        assertThat(counted("of-time")).isEqualTo("word1\t20\nword2\t10\n");
        assertThat(ofGroup.waitForCompletion(false))
                .as(ofGroup.getStatus().getFailureInfo())
                .isTrue();
        assertThat(counted("of-group")).isEqualTo("word0\t25\nword1\t25\nword2\t25\nword3\t25\n");
        assertThat(topics.committed("counting"))
                .isEqualTo(Map.of(new TopicPartition("words", 0), 50L, new TopicPartition("words", 1), 50L));
    }

    /** Each value, and that it is there. */
    public static final class Words extends Mapper<TopicRecord, Text, Text, LongWritable> {

        @Override
        protected void map(TopicRecord key, Text value, Mapper<TopicRecord, Text, Text, LongWritable>.Context context)
                throws IOException, InterruptedException {
            context.write(value, new LongWritable(1));
        }
    }

    private static Job counting(String output) throws IOException {
        Configuration conf = hadoop.configuration();
        TopicInputFormat.setBootstrap(conf, brokers.bootstrap());
        TopicInputFormat.setTopics(conf, "words");
        Job job = Job.getInstance(conf, output);
        job.setInputFormatClass(TextTopicInputFormat.class);
        job.setMapperClass(Words.class);
        job.setReducerClass(LongSumReducer.class);
        job.setOutputKeyClass(Text.class);
        job.setOutputValueClass(LongWritable.class);
        job.setOutputFormatClass(TextOutputFormat.class);
        FileOutputFormat.setOutputPath(job, new org.apache.hadoop.fs.Path("/" + output));
        return job;
    }

    private static String counted(String output) throws IOException {
        try (FileSystem hdfs = FileSystem.newInstance(hadoop.configuration());
                InputStream in = hdfs.open(new org.apache.hadoop.fs.Path("/" + output + "/part-r-00000"))) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    /** Reads all there is as the group {@code written} and writes the topic of that name. */
    private static Job relay(String written, Meetings meetings) throws IOException {
        Configuration conf = hadoop.configuration();
        meetings.tell(conf);
        TopicInputFormat.setBootstrap(conf, brokers.bootstrap());
        conf.set("millstream.input.topics.regex", "clicks-.*");
        conf.set("millstream.input.topics.exclude", ".*-not");
        conf.setInt("millstream.input.split.bytes", RECORDS * (RECORD_BYTES + RECORD_BYTES / 50));
        TopicInputFormat.setGroup(conf, written, brokers.zooKeeper());
        TopicOutputFormat.setTopics(conf, written);
        TopicOutputFormat.setZooKeeper(conf, brokers.zooKeeper());
        Job job = Job.getInstance(conf, written);
        job.setInputFormatClass(TopicInputFormat.class);
        job.setMapperClass(TroubledRelay.class);
        job.setNumReduceTasks(0);
        job.setOutputKeyClass(Text.class);
        job.setOutputValueClass(Text.class);
        job.setOutputFormatClass(TopicOutputFormat.class);
        job.setMapSpeculativeExecution(true);
        conf = job.getConfiguration();
        conf.setInt("mapreduce.job.speculative.retry-after-speculate", SPECULATION_MILLIS);
        conf.setInt("mapreduce.job.speculative.retry-after-no-speculate", SPECULATION_MILLIS);
        TopicInputFormat.commitOnSuccess(job);
        return job;
    }

    /** What ZooKeeper has of a job's output; empty while that is nothing. */
    private static String publication(Job job) {
        Coordination zooKeeper = brokers.observer();
        return Coordination.await(zooKeeper.children("/output")).stream()
                .flatMap(name -> Coordination.await(zooKeeper.read("/output/" + name)).stream())
                .map(Versioned::value)
                .map(text -> new String(text, UTF_8))
                .filter(text -> text.contains(job.getJobID().toString()))
                .findFirst()
                .orElse("");
    }

    private static void killApplicationMaster() {
        List<ProcessHandle> masters = hadoop.cluster()
                .process()
                .descendants()
                .filter(ClusterJobsTest::isApplicationMaster)
                .toList();
        assertThat(masters).isNotEmpty();
        masters.forEach(ProcessHandle::destroyForcibly);
    }

    private static boolean isApplicationMaster(ProcessHandle process) {
        return Stream.of(process.info().arguments().orElse(new String[0]))
                .anyMatch("org.apache.hadoop.mapreduce.v2.app.MRAppMaster"::equals);
    }

    private static List<String> attempts(Job job) throws IOException {
        return Stream.of(job.getTaskCompletionEvents(0))
                .map(event -> event.getTaskAttemptId().toString().replaceFirst("attempt_\\d+_\\d+_", "") + " "
                        + event.getStatus())
                .toList();
    }
}
