package io.millstream.hadoop.ingest.task;

import java.io.IOException;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.mapreduce.JobContext;
import org.apache.hadoop.mapreduce.OutputCommitter;
import org.apache.hadoop.mapreduce.OutputFormat;
import org.apache.hadoop.mapreduce.RecordWriter;
import org.apache.hadoop.mapreduce.TaskAttemptContext;

/** The output of ingest tasks, which write their files themselves; what is left to Hadoop is when a task is committed. */
public final class IngestOutputFormat extends OutputFormat<NullWritable, NullWritable> {

    @Override
    public RecordWriter<NullWritable, NullWritable> getRecordWriter(TaskAttemptContext context) {
        return new NoRecords();
    }

    @Override
    public void checkOutputSpecs(JobContext context) {
        // The driver has checked the target before it made the plan.
    }

    @Override
    public OutputCommitter getOutputCommitter(TaskAttemptContext context) throws IOException {
        return new IngestCommitter(TaskPlace.of(context));
    }

    private static final class NoRecords extends RecordWriter<NullWritable, NullWritable> {

        @Override
        public void write(NullWritable key, NullWritable value) throws IOException {
            throw new IOException("Ingest tasks write their files themselves");
        }

        @Override
        public void close(TaskAttemptContext context) {
            // Nothing was opened.
        }
    }
}
