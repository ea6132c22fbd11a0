package io.millstream.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millstream.core.TopicPartition;
import io.millstream.hadoop.input.TextTopicInputFormat;
import io.millstream.hadoop.input.TopicInputFormat;
import io.millstream.hadoop.input.TopicRecord;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    private static Path folder;

    private static Hadoop hadoop;
    private static Brokers brokers;
    private static Topics topics;
    private static Relays relays;

    @BeforeAll
    static void start() throws Exception {
        hadoop = Hadoop.shared();
        brokers = Brokers.start(folder, 2);
        topics = new Topics(brokers);
        relays = Relays.prepare(hadoop, brokers, "relayed", "relayed-again");
    }

    @AfterAll
    static void stop() {
        brokers.close();
    }

    /**
     * While its tasks read, the leadership of all partitions moves, one container dies and another stands still until YARN starts
     * a second attempt beside it; then the brokers' leader dies. While it publishes, which takes both brokers, its application
     * master dies, and the dead broker comes back.
     */
    @Test
    void what_is_read_is_written_once_whatever_happens() throws Exception {
        try (Meetings meetings = Meetings.open()) {
            Job job = relays.job("relayed", TroubledRelay.class, meetings);
            job.submit();

            meetings.await("move");
            topics.lead(Relays.READ, List.of(2, 1));
            await().atMost(PATIENCE).until(() -> Relays.READ.stream().allMatch(each -> brokers.leader(each) == 2));
            meetings.goOn("move");

            meetings.await("broker");
            brokers.kill9(2);
            meetings.goOn("broker");

            meetings.await("standstill 0");
            meetings.await("standstill 1");
            meetings.goOn("standstill 0");
            meetings.goOn("standstill 1");

            await().atMost(PATIENCE).until(() -> relays.publication(job).contains("\"OPEN\""));
            assertThat(relays.publication(job)).contains("hdfs://");
            killApplicationMaster();
            brokers.restart(2);

            relays.ensureExact(job, "relayed");
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
            Job job = relays.job(written, TroubledRelay.class, meetings);
            job.submit();

            meetings.await("move");
            meetings.await("broker");
            killApplicationMaster();
            brokers.kill9(2);
            meetings.goOn("move");
            meetings.goOn("broker");
            brokers.restart(2);

            relays.ensureExact(job, written);
        }
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

    private static void killApplicationMaster() {
        List<ProcessHandle> masters = hadoop.cluster()
                .process()
                .descendants()
                .filter(Hadoop::isApplicationMaster)
                .toList();
        assertThat(masters).isNotEmpty();
        masters.forEach(ProcessHandle::destroyForcibly);
    }

    private static List<String> attempts(Job job) throws IOException {
        return Stream.of(job.getTaskCompletionEvents(0))
                .map(event -> event.getTaskAttemptId().toString().replaceFirst("attempt_\\d+_\\d+_", "") + " "
                        + event.getStatus())
                .toList();
    }
}
