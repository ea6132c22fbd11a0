package io.millstream.hadoop.input;

import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.mapreduce.InputFormat;
import org.apache.hadoop.mapreduce.InputSplit;
import org.apache.hadoop.mapreduce.JobContext;
import org.apache.hadoop.mapreduce.RecordReader;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.hadoop.util.ReflectionUtils;

/**
 * Input from topics whose values a decoder of yours turns into what the mapper gets: its key is the record as it lies in the
 * log, its value the decoded one, null for a tombstone. Configured as {@link TopicInputFormat}.
 *
 * @param <V> what the decoder makes of a value
 */
public final class DecodedTopicInputFormat<V> extends InputFormat<TopicRecord, V> {

    /** For Hadoop. */
    public DecodedTopicInputFormat() {}

    /** Decodes values by this class, which tasks must be able to load. */
    public static void setDecoder(Configuration conf, Class<? extends ValueDecoder<?>> decoder) {
        conf.setClass(InputKey.DECODER.key(), decoder, ValueDecoder.class);
    }

    /** @throws InputException as {@link TopicInputFormat#getSplits} does, or if there is no decoder */
    @Override
    public List<InputSplit> getSplits(JobContext context) throws IOException {
        decoder(context.getConfiguration()); // a job that cannot decode fails now, and not in every task
        return List.copyOf(InputPlanner.plan(context));
    }

    @Override
    public RecordReader<TopicRecord, V> createRecordReader(InputSplit split, TaskAttemptContext context)
            throws IOException {
        return new DecodingReader<>(decoder(context.getConfiguration()));
    }

    @SuppressWarnings("unchecked") // V is what the job says that its decoder gives
    private static <V> ValueDecoder<V> decoder(Configuration conf) throws InputException {
        if (InputKey.DECODER.in(conf).isEmpty()) {
            throw new InputException(
                    "No decoder: set " + InputKey.DECODER.key() + " to a class that is a ValueDecoder");
        }
        try {
            Class<?> type = conf.getClass(InputKey.DECODER.key(), null, ValueDecoder.class);
            return (ValueDecoder<V>) ReflectionUtils.newInstance(type, conf);
        } catch (RuntimeException e) { // so Hadoop says that a class is missing, is no decoder, or cannot be made
            throw new InputException(
                    InputKey.DECODER.key() + ": cannot use " + conf.get(InputKey.DECODER.key()) + ": " + e.getMessage(),
                    e);
        }
    }
}
