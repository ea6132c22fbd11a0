package io.millstream.hadoop.input;

import java.io.IOException;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.JobContext;
import org.apache.hadoop.mapreduce.JobStatus;
import org.apache.hadoop.mapreduce.OutputCommitter;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.hadoop.mapreduce.lib.output.PathOutputCommitter;

/**
 * Commits a job's output as its own committer does, and then what the job has read. Tasks that ask a committer of files for its
 * folders find those of the job's own.
 */
final class InputCommitter extends PathOutputCommitter {

    private final OutputCommitter own;

    InputCommitter(OutputCommitter own, TaskAttemptContext context) throws IOException {
        super(own instanceof PathOutputCommitter files ? files.getOutputPath() : null, context);
        this.own = own;
    }

    @Override
    public boolean hasOutputPath() {
        return own instanceof PathOutputCommitter files && files.hasOutputPath();
    }

    /** Null if the job's output is no files. */
    @Override
    public Path getOutputPath() {
        return own instanceof PathOutputCommitter files ? files.getOutputPath() : null;
    }

    @Override
    public Path getWorkPath() throws IOException {
        if (own instanceof PathOutputCommitter files) {
            return files.getWorkPath();
        }
        throw new InputException("The job's output is no files, so that its tasks have no folder to work in: committer "
                + own.getClass().getName());
    }

    @Override
    public void commitJob(JobContext context) throws IOException {
        own.commitJob(context);
        OffsetCommitter.commit(context.getConfiguration(), "job " + context.getJobID());
    }

    @Override
    public void setupJob(JobContext context) throws IOException {
        own.setupJob(context);
    }

    @Override
    public void abortJob(JobContext context, JobStatus.State state) throws IOException {
        own.abortJob(context, state);
    }

    @Override
    public void setupTask(TaskAttemptContext context) throws IOException {
        own.setupTask(context);
    }

    @Override
    public boolean needsTaskCommit(TaskAttemptContext context) throws IOException {
        return own.needsTaskCommit(context);
    }

    @Override
    public void commitTask(TaskAttemptContext context) throws IOException {
        own.commitTask(context);
    }

    @Override
    public void abortTask(TaskAttemptContext context) throws IOException {
        own.abortTask(context);
    }

    @Override
    public boolean isRecoverySupported(JobContext context) throws IOException {
        return own.isRecoverySupported(context);
    }

    @Override
    public void recoverTask(TaskAttemptContext context) throws IOException {
        own.recoverTask(context);
    }

    /** Committing offsets again changes nothing, so that the output's committer alone decides. */
    @Override
    public boolean isCommitJobRepeatable(JobContext context) throws IOException {
        return own.isCommitJobRepeatable(context);
    }

    @Override
    @Deprecated
    public boolean isRecoverySupported() {
        return own.isRecoverySupported();
    }

    @Override
    @Deprecated
    public void cleanupJob(JobContext context) throws IOException {
        own.cleanupJob(context);
    }
}
