package io.millstream.hadoop;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.hadoop.input.AvroTopicInputFormat;
import io.millstream.hadoop.input.BytesTopicInputFormat;
import io.millstream.hadoop.input.DecodedTopicInputFormat;
import io.millstream.hadoop.input.MapredTopicInputFormat;
import io.millstream.hadoop.input.SpecificTopicInputFormat;
import io.millstream.hadoop.input.TextTopicInputFormat;
import io.millstream.hadoop.input.TopicInputFormat;
import io.millstream.hadoop.input.TopicRecord;
import io.millstream.hadoop.input.ValueDecoder;
import io.millstream.hadoop.output.TopicOutputFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.mapred.JobConf;
import org.apache.hadoop.mapreduce.InputFormat;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.JobID;
import org.apache.hadoop.mapreduce.task.JobContextImpl;
import org.apache.hadoop.util.ReflectionUtils;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs for a cluster whose containers run too old a Java fail when they are submitted, before anybody is asked anything. */
final class OldJavaSubmissionTest {

    /** Nobody listens there: whoever connected would take long to give up. */
    private static final String NOWHERE = "127.0.0.1:1";

    @TempDir
    private Path folder;

    private final Configuration conf = new Configuration();

    @BeforeEach
    void a_cluster_with_java_8() throws IOException {
        Path home = Files.createDirectories(folder.resolve("jdk8"));
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"1.8.0_402\"\n");
        conf.set("mapreduce.framework.name", "yarn");
        conf.set("mapreduce.map.env", "JAVA_HOME=" + home);
        conf.set("hadoop.tmp.dir", folder.resolve("tmp").toString());
        TopicInputFormat.setBootstrap(conf, NOWHERE);
        TopicInputFormat.setTopics(conf, "clicks");
        DecodedTopicInputFormat.setDecoder(conf, Lengths.class);
        TopicOutputFormat.setTopics(conf, "counts");
        TopicOutputFormat.setZooKeeper(conf, NOWHERE);
        conf.set("millstream.output.staging", "hdfs://" + NOWHERE + "/staging");
    }

    /** A decoder. */
    public static final class Lengths implements ValueDecoder<Integer> {

        @Override
        public Integer decode(TopicRecord record, Integer reuse) {
            return record.valueLength();
        }
    }

    private static void refused(AbstractThrowableAssert<?, ? extends Throwable> failure) {
        failure.isInstanceOf(IOException.class)
                .hasMessageStartingWith("Containers would run Java 8: mapreduce.map.env sets JAVA_HOME to ")
                .hasMessageContaining("Millstream needs Java 17")
                .hasMessageContaining("mapreduce.reduce.env")
                .hasMessageContaining("yarn.app.mapreduce.am.env")
                .hasMessageNotContaining("\n");
    }

    @Test
    void a_job_that_writes_topics() throws IOException {
        Job job = Job.getInstance(conf);
        job.setInputFormatClass(TopicInputFormat.class);
        job.setOutputFormatClass(TopicOutputFormat.class);

        refused(assertThatThrownBy(job::submit));
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                TopicInputFormat.class,
                BytesTopicInputFormat.class,
                TextTopicInputFormat.class,
                AvroTopicInputFormat.class,
                SpecificTopicInputFormat.class,
                DecodedTopicInputFormat.class
            })
    void a_job_that_reads_topics_when_its_input_is_planned(Class<? extends InputFormat<?, ?>> format) {
        InputFormat<?, ?> input = ReflectionUtils.newInstance(format, conf);

        refused(assertThatThrownBy(() -> input.getSplits(new JobContextImpl(conf, new JobID("old-java", 1)))));
    }

    @Test
    void a_job_of_the_older_api() {
        refused(assertThatThrownBy(() -> new MapredTopicInputFormat().getSplits(new JobConf(conf), 1)));
    }
}
