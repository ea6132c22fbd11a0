package io.millstream.hadoop.input;

import io.millstream.client.ClientException;
import io.millstream.client.ClientSettings;
import io.millstream.client.Cluster;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.ZooKeeperCoordination;
import io.millstream.core.Clock;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.mapreduce.InputFormat;
import org.apache.hadoop.mapreduce.InputSplit;
import org.apache.hadoop.mapreduce.JobContext;
import org.apache.hadoop.mapreduce.RecordReader;
import org.apache.hadoop.mapreduce.TaskAttemptContext;

/**
 * Input from topics: records as they lie in the log. Which topics and which part of them is said by {@link InputKey}s or the
 * methods here, and resolved to offsets once, when the job is submitted.
 *
 * <pre>
 * job.setInputFormatClass(TopicInputFormat.class);
 * TopicInputFormat.setBootstrap(job.getConfiguration(), "broker1:9092,broker2:9092");
 * TopicInputFormat.setTopics(job.getConfiguration(), "clicks", "views");
 * </pre>
 *
 * <p>Works with Apache Kafka's brokers, too; splits are then cut by offsets instead of bytes.
 */
public final class TopicInputFormat extends InputFormat<NullWritable, TopicRecord> {

    /** No ranges, told apart from a key that is not set. */
    private static final String NO_RANGES = ",";

    private static final int SESSION_MILLIS = 30_000;

    /** For Hadoop. */
    public TopicInputFormat() {}

    /** Brokers to begin with, as {@code host:port,...}. */
    public static void setBootstrap(Configuration conf, String servers) {
        conf.set(InputKey.BOOTSTRAP.key(), servers);
    }

    /** Reads these topics. */
    public static void setTopics(Configuration conf, String... names) {
        conf.set(InputKey.TOPICS.key(), String.join(",", names));
    }

    /** Reads exactly these ranges, which may not overlap; none at all makes a job without tasks. */
    public static void setRanges(Configuration conf, List<OffsetRange> ranges) {
        String text = ranges.stream().map(OffsetRange::encoded).collect(Collectors.joining(","));
        conf.set(InputKey.OFFSETS.key(), text.isEmpty() ? NO_RANGES : text);
    }

    /**
     * Plans the job's input.
     *
     * @throws InputException if the configuration cannot be used, or what is asked for does not exist (any more)
     */
    @Override
    public List<InputSplit> getSplits(JobContext context) throws IOException {
        return List.copyOf(plan(context.getConfiguration()));
    }

    /**
     * Plans input without a job: what {@link #getSplits} gives.
     *
     * @throws InputException as {@link #getSplits} does
     */
    public static List<TopicSplit> plan(Configuration conf) throws IOException {
        InputSettings settings = InputSettings.of(conf);
        ClientSettings client = ClientSettings.defaults("millstream-input").withTimeout(settings.timeout());
        try (Cluster cluster = Cluster.bootstrap(settings.bootstrap(), client)) {
            GroupStart groups = new GroupStart(connect -> zooKeeper(connect, settings));
            return new InputPlan(settings, new ClusterSource(cluster), groups).splits();
        } catch (ClientException e) {
            throw new InputException("Cannot plan the input: " + e.getMessage(), e);
        }
    }

    private static Coordination zooKeeper(String connectString, InputSettings settings) {
        int timeout = (int) settings.timeout().toMillis();
        return ZooKeeperCoordination.connect(connectString, SESSION_MILLIS, timeout, Clock.system());
    }

    @Override
    public RecordReader<NullWritable, TopicRecord> createRecordReader(InputSplit split, TaskAttemptContext context) {
        return new TopicRecordReader(); // Hadoop initialises it
    }
}
