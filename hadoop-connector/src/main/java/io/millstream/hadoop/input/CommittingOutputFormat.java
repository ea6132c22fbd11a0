package io.millstream.hadoop.input;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.JobContext;
import org.apache.hadoop.mapreduce.OutputCommitter;
import org.apache.hadoop.mapreduce.OutputFormat;
import org.apache.hadoop.mapreduce.RecordWriter;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.hadoop.util.ReflectionUtils;

/**
 * A job's own output format, whose committer then commits the input's offsets: what {@link TopicInputFormat#commitOnSuccess}
 * puts around it.
 *
 * @param <K> of the job's output
 * @param <V> of the job's output
 */
public final class CommittingOutputFormat<K, V> extends OutputFormat<K, V> {

    /** For Hadoop. */
    public CommittingOutputFormat() {}

    /** Puts this around a job's output format, unless it is there or not needed. */
    static void wrap(Job job) throws ClassNotFoundException {
        Configuration conf = job.getConfiguration();
        Class<?> own = job.getOutputFormatClass();
        conf.setBoolean(InputKey.COMMIT.key(), true);
        if (!carries(own)) {
            conf.set(InputKey.COMMIT_OUTPUT.key(), own.getName());
            job.setOutputFormatClass(CommittingOutputFormat.class);
        }
    }

    /** Whether offsets will be committed with output of this format. */
    static boolean carries(Class<?> format) {
        return format == CommittingOutputFormat.class || OffsetsWithOutput.class.isAssignableFrom(format);
    }

    @SuppressWarnings("unchecked") // a job's classes are told by name: Hadoop itself cannot check what they write
    private OutputFormat<K, V> own(Configuration conf) throws InputException {
        Class<?> format = conf.getClass(InputKey.COMMIT_OUTPUT.key(), null);
        if (format == null) {
            throw new InputException("The job has no " + InputKey.COMMIT_OUTPUT.key()
                    + ": call TopicInputFormat.commitOnSuccess instead of naming this output format");
        }
        return (OutputFormat<K, V>) ReflectionUtils.newInstance(format, conf);
    }

    @Override
    public RecordWriter<K, V> getRecordWriter(TaskAttemptContext context) throws IOException, InterruptedException {
        return own(context.getConfiguration()).getRecordWriter(context);
    }

    @Override
    public void checkOutputSpecs(JobContext context) throws IOException, InterruptedException {
        own(context.getConfiguration()).checkOutputSpecs(context);
    }

    @Override
    public OutputCommitter getOutputCommitter(TaskAttemptContext context) throws IOException, InterruptedException {
        return new InputCommitter(own(context.getConfiguration()).getOutputCommitter(context), context);
    }
}
