package io.millstream.hadoop.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.coordination.Paths;
import io.millstream.core.TopicName;
import io.millstream.hadoop.ingest.storage.QuickLocalFileSystem;
import io.millstream.hadoop.input.TopicInputFormat;
import io.millstream.hadoop.input.TopicRecord;
import io.millstream.record.Header;
import io.millstream.record.Record;
import io.millstream.schemas.SchemaRegistry;
import io.millstream.schemas.serde.AvroDeserializer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.Mapper;
import org.apache.hadoop.mapreduce.Reducer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole jobs in this process that read a topic and write topics, and whose offsets advance with what they write. */
final class TopicJobTest {

    private static final int WORDS = 30;
    private static final AtomicInteger TRIALS = new AtomicInteger();
    private static final Schema COUNTED = SchemaBuilder.record("Counted")
            .fields()
            .requiredString("word")
            .requiredLong("times")
            .endRecord();

    @TempDir
    static Path folder;

    private static OutputLab lab;

    private String words;
    private String counts;
    private String log;

    @BeforeAll
    static void startLab() throws IOException {
        lab = OutputLab.start(folder, 1, Map.of());
    }

    @AfterAll
    static void stopLab() {
        lab.close();
    }

    @BeforeEach
    void makeTopics() {
        int trial = TRIALS.incrementAndGet();
        words = "words" + trial;
        counts = "counts" + trial;
        log = "log" + trial;
        lab.createTopic(words, 2, 1, Map.of());
        lab.createTopic(counts, 1, 1, Map.of("cleanup.policy", "compact"));
        lab.createTopic(log, 2, 1, Map.of());
        lab.produceWords(words, 2, WORDS);
    }

    /** Words of values. */
    public static final class Words extends Mapper<NullWritable, TopicRecord, Text, Text> {

        @Override
        protected void map(
                NullWritable key, TopicRecord record, Mapper<NullWritable, TopicRecord, Text, Text>.Context context)
                throws IOException, InterruptedException {
            context.write(new Text(record.value()), new Text("1"));
        }
    }

    /** Counts, as Avro to one topic and as a line with a header to another. */
    public static final class Counts extends Reducer<Text, Text, TopicRecordWritable, Object> {

        @Override
        protected void reduce(
                Text word, Iterable<Text> ones, Reducer<Text, Text, TopicRecordWritable, Object>.Context context)
                throws IOException, InterruptedException {
            long times = 0;
            for (Text one : ones) {
                times += Long.parseLong(one.toString());
            }
            Configuration conf = context.getConfiguration();
            GenericRecord counted = new GenericData.Record(COUNTED);
            counted.put("word", word.toString());
            counted.put("times", times);
            context.write(new TopicRecordWritable(conf.get("test.counts"), word.copyBytes(), null).at(1_000), counted);
            context.write(
                    new TopicRecordWritable(conf.get("test.log"), null, null)
                            .to(1)
                            .with(List.of(new Header("from", "job".getBytes(UTF_8)))),
                    new Text(word + "=" + times));
        }
    }

    private Job job(Path tmp) throws IOException {
        Configuration conf = new Configuration();
        QuickLocalFileSystem.register(conf);
        conf.set("mapreduce.framework.name", "local");
        conf.set("fs.defaultFS", "file:///");
        conf.set("hadoop.tmp.dir", tmp.resolve("tmp").toString());
        conf.setInt("mapreduce.client.completion.pollinterval", 20);
        conf.setInt("mapreduce.client.progressmonitor.pollinterval", 20);
        conf.setInt("mapreduce.task.io.sort.mb", 4);
        conf.set("test.counts", counts);
        conf.set("test.log", log);
        TopicInputFormat.setBootstrap(conf, lab.bootstrap());
        TopicInputFormat.setTopics(conf, words);
        TopicInputFormat.setGroup(conf, "group-" + words, lab.zooKeeper());
        TopicOutputFormat.setTopics(conf, counts, log);
        TopicOutputFormat.setZooKeeper(conf, lab.zooKeeper());
        TopicOutputFormat.setValueSchema(conf, counts, COUNTED);
        conf.set("millstream.output.staging", tmp.resolve("staging").toUri().toString());
        conf.set("millstream.output.compression.type", "zstd");
        Job job = Job.getInstance(conf, "count words");
        job.setInputFormatClass(TopicInputFormat.class);
        job.setMapperClass(Words.class);
        job.setReducerClass(Counts.class);
        job.setNumReduceTasks(2);
        job.setMapOutputKeyClass(Text.class);
        job.setMapOutputValueClass(Text.class);
        job.setOutputFormatClass(TopicOutputFormat.class);
        TopicInputFormat.commitOnSuccess(job);
        return job;
    }

    @Test
    void aJobReadsOneTopicAndWritesTwoAndItsOffsetsAdvance(@TempDir Path tmp) throws Exception {
        assertThat(job(tmp).waitForCompletion(false)).isTrue();

        Map<String, Long> counted = new TreeMap<>();
        AvroDeserializer<GenericRecord> decoder = AvroDeserializer.asWritten(new SchemaRegistry(lab.coordination()));
        for (Record each : lab.records(counts, 0)) {
            GenericRecord value = decoder.deserialize(each.value());
            assertThat(new String(each.key(), UTF_8))
                    .isEqualTo(value.get("word").toString());
            assertThat(each.timestamp()).isEqualTo(1_000);
            counted.put(value.get("word").toString(), (Long) value.get("times"));
        }
        assertThat(counted).isEqualTo(Map.of("w0", 10L, "w1", 10L, "w2", 10L));
        assertThat(lab.values(log, 1)).containsExactlyInAnyOrder("w0=10", "w1=10", "w2=10");
        assertThat(lab.records(log, 1)).allSatisfy(each -> assertThat(each.headers())
                .isEqualTo(List.of(new Header("from", "job".getBytes(UTF_8)))));
        assertThat(lab.records(log, 0)).isEmpty();
        assertThat(lab.committed("group-" + words, words, 0)).isEqualTo(WORDS / 2);
        assertThat(lab.committed("group-" + words, words, 1)).isEqualTo(WORDS / 2);

        assertThat(job(tmp).waitForCompletion(false)).isTrue(); // nothing is new
        assertThat(lab.values(log, 1)).hasSize(3);
    }

    @Test
    void whatALeaderIsGoingToRefuseIsNotDecided() throws IOException {
        TopicName name = new TopicName(log);
        StagedJob job = new StagedJob(lab, UnaryOperator.identity(), log);
        job.task(0, StagedJob.records("first", 1, 3, log));
        lab.set(name, "max.message.bytes", "100");
        assertThatThrownBy(job::commit)
                .isInstanceOf(OutputException.class)
                .hasMessageContaining("for partition " + log + "-0; max.message.bytes is 100")
                .hasMessageContaining("Nothing is published");
        lab.set(name, "max.message.bytes", "1000000");
        lab.set(name, "cleanup.policy", "compact");
        assertThatThrownBy(job::commit)
                .isInstanceOf(OutputException.class)
                .hasMessageContaining("a record without a key for partition " + log + "-0")
                .hasMessageContaining("Nothing is published");
        assertThat(job.state()).isNull();

        lab.set(name, "cleanup.policy", "delete");
        job.commit();
        assertThat(lab.values(log, 0)).hasSize(3);
    }

    @Test
    void aTopicThatIsCompactedBecauseBrokersSaySoTakesNoRecordWithoutAKey() throws IOException {
        TopicName name = new TopicName(log);
        String policy = "cleanup.policy";
        lab.set(Paths.DEFAULT_BROKER_CONFIG, "log.cleanup.policy", "compact", name, policy, "compact");
        try {
            StagedJob job = new StagedJob(lab, UnaryOperator.identity(), log);
            assertThatThrownBy(() -> job.task(0, StagedJob.records("task", 1, 3, log)))
                    .hasMessageContaining("A record without a key");
        } finally {
            lab.set(Paths.DEFAULT_BROKER_CONFIG, "log.cleanup.policy", null, name, policy, "delete");
        }
    }

    @Test
    void whatCannotBeWrittenIsSaidWhenTheJobIsSubmitted(@TempDir Path tmp) throws IOException {
        Job unknown = job(tmp);
        TopicOutputFormat.setTopics(unknown.getConfiguration(), "nowhere");
        assertThatThrownBy(() -> unknown.waitForCompletion(false)).hasMessageContaining("Topic nowhere does not exist");

        Job mistyped = job(tmp);
        mistyped.getConfiguration().set("millstream.output.batch.byte", "1");
        assertThatThrownBy(() -> mistyped.waitForCompletion(false))
                .hasMessageContaining("did you mean millstream.output.batch.bytes");

        Job noNumber = job(tmp);
        noNumber.getConfiguration().set("millstream.output.commit.max.bytes", "1m");
        assertThatThrownBy(() -> noNumber.waitForCompletion(false))
                .hasMessageContaining("millstream.output.commit.max.bytes is '1m', which is not a number");

        Job local = job(tmp);
        local.getConfiguration().set("mapreduce.framework.name", "yarn");
        assertThatThrownBy(() -> new TopicOutputFormat<>().checkOutputSpecs(local))
                .hasMessageContaining("is on each machine another one")
                .hasMessageContaining("set millstream.output.staging");
        Path old = Files.createDirectories(tmp.resolve("jdk8"));
        Files.writeString(old.resolve("release"), "JAVA_VERSION=\"1.8.0_402\"\n");
        local.getConfiguration().set("mapreduce.reduce.env", "JAVA_HOME=" + old);
        assertThatThrownBy(() -> new TopicOutputFormat<>().checkOutputSpecs(local))
                .hasMessageContaining("Containers would run Java 8");

        Job other = job(tmp);
        other.getConfiguration().set("millstream.output.zookeeper", lab.zooKeeper() + "/elsewhere");
        assertThatThrownBy(() -> other.waitForCompletion(false)).hasMessageContaining("must be the same");
    }
}
