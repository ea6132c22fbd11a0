package io.millstream.hadoop.input;

import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.mapreduce.InputFormat;
import org.apache.hadoop.mapreduce.InputSplit;
import org.apache.hadoop.mapreduce.Job;
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

    /** Reads what this group has not committed, which is found in ZooKeeper. */
    public static void setGroup(Configuration conf, String group, String zooKeeper) {
        conf.set(InputKey.GROUP.key(), group);
        conf.set(InputKey.ZOOKEEPER.key(), zooKeeper);
    }

    /**
     * Makes the group's offsets advance to what the job has read, once the job's output is committed. Call it after the
     * output format is set. If the job fails, nothing advances. With an output format that is {@link OffsetsWithOutput}
     * both happen at once; with any other, a job that dies between the two leaves its output and reads the same records
     * again: at least once.
     *
     * @throws InputException if the output format cannot be loaded
     */
    public static void commitOnSuccess(Job job) throws IOException {
        try {
            CommittingOutputFormat.wrap(job);
        } catch (ClassNotFoundException e) {
            throw new InputException("The job's output format cannot be loaded: " + e.getMessage(), e);
        }
    }

    /**
     * Plans the job's input.
     *
     * @throws InputException if the configuration cannot be used, or what is asked for does not exist (any more)
     */
    @Override
    public List<InputSplit> getSplits(JobContext context) throws IOException {
        return List.copyOf(InputPlanner.plan(context));
    }

    /**
     * Plans input without a job: what {@link #getSplits} gives.
     *
     * @throws InputException as {@link #getSplits} does
     */
    public static List<TopicSplit> plan(Configuration conf) throws IOException {
        return InputPlanner.plan(conf);
    }

    /**
     * Resolves topics and ranges now, for frameworks that plan with a copy of the configuration, or more than once, such as
     * Spark.
     *
     * @param conf if {@link InputKey#GROUP} and {@link InputKey#PLANNED} are set, the offsets to commit are left in the file
     *     that the latter names; {@link OffsetCommitter#commit} commits them when the output is complete
     * @return a copy that names exactly the offsets to read
     * @throws InputException as {@link #getSplits} does
     */
    public static Configuration resolved(Configuration conf) throws IOException {
        return InputPlanner.resolved(conf);
    }

    @Override
    public RecordReader<NullWritable, TopicRecord> createRecordReader(InputSplit split, TaskAttemptContext context) {
        return new TopicRecordReader(); // Hadoop initialises it
    }
}
