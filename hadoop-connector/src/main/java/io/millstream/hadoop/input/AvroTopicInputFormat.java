package io.millstream.hadoop.input;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.CoordinationException;
import io.millstream.core.TopicName;
import io.millstream.schemas.SchemaException;
import io.millstream.schemas.SchemaRegistry;
import java.io.IOException;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.avro.generic.GenericRecord;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.mapreduce.InputFormat;
import org.apache.hadoop.mapreduce.InputSplit;
import org.apache.hadoop.mapreduce.JobContext;
import org.apache.hadoop.mapreduce.RecordReader;
import org.apache.hadoop.mapreduce.TaskAttemptContext;

/**
 * Input from topics with Avro values: the mapper's key is the record as it lies in the log, its value the decoded one
 * (null for a tombstone). Configured as {@link TopicInputFormat}; besides, {@link InputKey#ZOOKEEPER} says where the
 * schemas are.
 *
 * <p>Planning pins for each topic the schema that all its values get, and gives the tasks every schema there is, so that
 * they need no registry: nothing that was written before the offsets were resolved can have another. A value that cannot
 * be decoded fails the task by topic, partition and offset.
 */
public final class AvroTopicInputFormat extends InputFormat<TopicRecord, GenericRecord> {

    /** For Hadoop. */
    public AvroTopicInputFormat() {}

    /** Where the schemas are, as {@code host:port,.../chroot}. */
    public static void setZooKeeper(Configuration conf, String connectString) {
        conf.set(InputKey.ZOOKEEPER.key(), connectString);
    }

    /**
     * Plans the job's input, and leaves the schemas in the job's configuration.
     *
     * @throws InputException as {@link TopicInputFormat#getSplits} does, or if the schemas cannot be had
     */
    @Override
    public List<InputSplit> getSplits(JobContext context) throws IOException {
        List<TopicSplit> splits = InputPlanner.plan(context); // first, so that the schemas are of all these records
        Configuration conf = context.getConfiguration();
        pin(conf, registry -> PinnedSchemas.plan(conf, topics(splits), registry));
        return List.copyOf(splits);
    }

    /**
     * As {@link TopicInputFormat#resolved}, with the schemas: planning by a framework that drops what it leaves in the
     * configuration does no harm then.
     */
    public static Configuration resolved(Configuration conf) throws IOException {
        Configuration resolved = InputPlanner.resolved(conf);
        SortedSet<TopicName> topics = topics(InputPlanner.plan(resolved));
        pin(resolved, registry -> PinnedSchemas.plan(conf, topics, registry)); // which still names the topics
        return resolved;
    }

    /** The topics of a plan. */
    static SortedSet<TopicName> topics(List<TopicSplit> splits) {
        SortedSet<TopicName> topics = new TreeSet<>();
        splits.forEach(split ->
                split.ranges().forEach(range -> topics.add(range.partition().topic())));
        return topics;
    }

    /** Leaves every schema there is, and none for values to get. */
    static void pinWriters(Configuration conf) throws InputException {
        pin(conf, PinnedSchemas::writers);
    }

    @FunctionalInterface
    private interface Pinning {
        PinnedSchemas by(SchemaRegistry registry) throws InputException;
    }

    private static void pin(Configuration conf, Pinning pinning) throws InputException {
        try (Coordination zooKeeper = InputZooKeeper.connect(conf)) {
            pinning.by(new SchemaRegistry(zooKeeper)).store(conf);
        } catch (CoordinationException | SchemaException e) {
            throw new InputException("Cannot read the schemas: " + e.getMessage(), e);
        }
    }

    @Override
    public RecordReader<TopicRecord, GenericRecord> createRecordReader(InputSplit split, TaskAttemptContext context) {
        return new DecodingReader<>(new AvroDecoder());
    }
}
