package io.millstream.hadoop.input;

import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.mapreduce.InputFormat;
import org.apache.hadoop.mapreduce.InputSplit;
import org.apache.hadoop.mapreduce.JobContext;
import org.apache.hadoop.mapreduce.RecordReader;
import org.apache.hadoop.mapreduce.TaskAttemptContext;

/**
 * As {@link AvroTopicInputFormat}, with values of classes that Avro generated. The schema a topic's values get is that of
 * its class; no name in a schema decides which class is loaded.
 *
 * @param <T> the class, or what the classes have in common
 */
public final class SpecificTopicInputFormat<T extends SpecificRecord> extends InputFormat<TopicRecord, T> {

    /** For Hadoop. */
    public SpecificTopicInputFormat() {}

    /** Values of {@code topic} are of this class. Replaces what was set for this topic before. */
    public static void setClass(Configuration conf, String topic, Class<? extends SpecificRecord> type) {
        Stream<String> others =
                InputKey.AVRO_CLASSES.listIn(conf).stream().filter(each -> !each.startsWith(topic + ":"));
        conf.set(
                InputKey.AVRO_CLASSES.key(),
                Stream.concat(others, Stream.of(topic + ":" + type.getName())).collect(Collectors.joining(",")));
    }

    /**
     * Plans as {@link AvroTopicInputFormat#getSplits} does.
     *
     * @throws InputException besides, if a topic has no class, two, or one that cannot be used, or if a class is for a topic that
     *     the job does not choose, unless it names its offsets
     */
    @Override
    public List<InputSplit> getSplits(JobContext context) throws IOException {
        List<TopicSplit> splits = InputPlanner.plan(context); // first, so that the schemas are of all these records
        SpecificDecoder.ensureClasses(context.getConfiguration(), AvroTopicInputFormat.topics(splits));
        AvroTopicInputFormat.pinWriters(context.getConfiguration());
        return List.copyOf(splits);
    }

    /** As {@link AvroTopicInputFormat#resolved}, for values of classes. */
    public static Configuration resolved(Configuration conf) throws IOException {
        Configuration resolved = InputPlanner.resolved(conf);
        // of the original, which still names the topics
        SpecificDecoder.ensureClasses(conf, AvroTopicInputFormat.topics(InputPlanner.plan(resolved)));
        AvroTopicInputFormat.pinWriters(resolved);
        return resolved;
    }

    @Override
    public RecordReader<TopicRecord, T> createRecordReader(InputSplit split, TaskAttemptContext context) {
        return new DecodingReader<>(new SpecificDecoder<>());
    }
}
