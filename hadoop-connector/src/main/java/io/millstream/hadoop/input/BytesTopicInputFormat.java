package io.millstream.hadoop.input;

import java.io.IOException;
import java.util.List;
import org.apache.hadoop.io.BytesWritable;
import org.apache.hadoop.mapreduce.InputFormat;
import org.apache.hadoop.mapreduce.InputSplit;
import org.apache.hadoop.mapreduce.JobContext;
import org.apache.hadoop.mapreduce.RecordReader;
import org.apache.hadoop.mapreduce.TaskAttemptContext;

/**
 * Input from topics with values as bytes. The mapper's key is the record as it lies in the log, its value null for a tombstone;
 * both are the same objects each time. Configured as {@link TopicInputFormat}.
 */
public final class BytesTopicInputFormat extends InputFormat<TopicRecord, BytesWritable> {

    /** For Hadoop. */
    public BytesTopicInputFormat() {}

    /** @throws InputException as {@link TopicInputFormat#getSplits} does */
    @Override
    public List<InputSplit> getSplits(JobContext context) throws IOException {
        return List.copyOf(InputPlanner.plan(context));
    }

    @Override
    public RecordReader<TopicRecord, BytesWritable> createRecordReader(InputSplit split, TaskAttemptContext context) {
        return new DecodingReader<>((record, reuse) -> {
            BytesWritable value = reuse == null ? new BytesWritable() : reuse;
            record.copyValue(value);
            return value;
        });
    }
}
