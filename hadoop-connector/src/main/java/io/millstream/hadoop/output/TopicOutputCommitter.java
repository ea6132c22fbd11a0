package io.millstream.hadoop.output;

import io.millstream.client.ClientException;
import io.millstream.coordination.CoordinationException;
import io.millstream.hadoop.ingest.document.IngestException;
import io.millstream.hadoop.ingest.storage.Renamed;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.mapreduce.JobContext;
import org.apache.hadoop.mapreduce.JobStatus;
import org.apache.hadoop.mapreduce.MRJobConfig;
import org.apache.hadoop.mapreduce.OutputCommitter;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.hadoop.mapreduce.TaskAttemptID;
import org.apache.hadoop.mapreduce.TaskID;
import org.apache.hadoop.util.Progressable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits a task by one rename of its attempt's folder, and a job by a decision in ZooKeeper that is then published. Where a task's
 * folder exists already another attempt was first: that is fine, and its records are what counts. Committing a job again, after
 * whatever happened, goes on where it stopped.
 */
final class TopicOutputCommitter extends OutputCommitter {

    private static final Logger log = LoggerFactory.getLogger(TopicOutputCommitter.class);

    private static final int PERCENT = 100;

    private final OutputDoors doors;
    private Boolean decided; // guarded by this; null until somebody knows
    private OutputException unknown; // guarded by this; why that could not be found out

    TopicOutputCommitter(OutputDoors doors) {
        this.doors = doors;
    }

    /** Looked up each time: the local runner makes a committer with a configuration from before the job was planned. */
    private static OutputPlan plan(JobContext context) throws IOException {
        return OutputPlan.in(context.getConfiguration());
    }

    private static StagingPlace place(JobContext context) throws IOException {
        return StagingPlace.of(plan(context).staging(context.getJobID()), context.getConfiguration());
    }

    @Override
    public void setupJob(JobContext context) throws IOException {
        JobOutput output = JobOutput.of(context);
        if (output.maybeAborted()) {
            beginAnew(context.getConfiguration(), output);
        }
        output.place().prepare();
    }

    /** An application master that cannot go on where the one before it stopped has its output aborted, and begins anew. */
    private void beginAnew(Configuration conf, JobOutput output) throws IOException {
        try (OutputSession session = OutputSession.open(conf, doors)) {
            session.register().begunAnew(output.publication(), output.applicationAttempt());
        } catch (CoordinationException e) {
            throw new OutputException(
                    "Publication " + output.publication() + " could not be begun anew: " + e.getMessage(), e);
        }
    }

    @Override
    public void setupTask(TaskAttemptContext context) {
        // The attempt's folder is made with its file: mappers of a job with reducers write nothing here.
    }

    @Override
    public boolean needsTaskCommit(TaskAttemptContext context) throws IOException {
        StagingPlace place = place(context);
        TaskAttemptID attempt = context.getTaskAttemptID();
        if (place.storage().stat(place.attempt(attempt)).isPresent()) {
            return true;
        }
        // What was deleted under an attempt's feet is not nothing to commit: its commit says so.
        return writesOutput(context)
                && place.storage().stat(place.task(attempt.getTaskID())).isEmpty();
    }

    /** Whether each task of this kind has a record writer. */
    private static boolean writesOutput(TaskAttemptContext context) {
        return switch (context.getTaskAttemptID().getTaskType()) {
            case REDUCE -> true;
            case MAP -> context.getNumReduceTasks() == 0;
            case JOB_SETUP, JOB_CLEANUP, TASK_CLEANUP -> false;
        };
    }

    @Override
    public void commitTask(TaskAttemptContext context) throws IOException {
        StagingPlace place = place(context);
        var attempt = place.attempt(context.getTaskAttemptID());
        var task = place.task(context.getTaskAttemptID().getTaskID());
        Renamed renamed = place.storage().rename(attempt, task);
        if (renamed == Renamed.SOURCE_MISSING && place.storage().stat(task).isEmpty()) {
            throw new OutputException("Folder " + attempt + " of attempt " + context.getTaskAttemptID()
                    + " is gone; the job may have been aborted meanwhile");
        }
        if (renamed == Renamed.TARGET_EXISTS) {
            place.storage().delete(attempt);
        }
    }

    @Override
    public void abortTask(TaskAttemptContext context) throws IOException {
        StagingPlace place = place(context);
        place.storage().delete(place.attempt(context.getTaskAttemptID()));
    }

    @Override
    public void commitJob(JobContext context) throws IOException {
        JobOutput output = JobOutput.of(context);
        Progressable told = context instanceof Progressable progressable ? progressable : () -> {};
        try (OutputSession session = OutputSession.open(context.getConfiguration(), doors)) {
            new Publications(session, context.getConfiguration(), told::progress).commit(output, tasks(context));
        } catch (CoordinationException | ClientException | IngestException e) {
            throw new OutputException(
                    "Publication " + output.publication() + " stopped: " + e.getMessage()
                            + ". Do not run the job again before 'millstream output list' was asked: if it names the"
                            + " publication, that was decided, and 'millstream output resume "
                            + output.publication() + "' finishes it",
                    e);
        }
    }

    /** How many tasks must have written something, be it nothing, if MapReduce ran them; else 0. */
    private static int tasks(JobContext context) {
        Configuration conf = context.getConfiguration();
        if (conf.get(MRJobConfig.MAPREDUCE_JOB_DIR) == null) {
            return 0;
        }
        int reduces = context.getNumReduceTasks();
        int all = reduces > 0 ? reduces : conf.getInt(MRJobConfig.NUM_MAPS, 0);
        String spared = reduces > 0 ? MRJobConfig.REDUCE_FAILURES_MAXPERCENT : MRJobConfig.MAP_FAILURES_MAX_PERCENT;
        int mayFail = (int) ((long) all * Math.min(PERCENT, Math.max(0, conf.getInt(spared, 0))) / PERCENT);
        return all - mayFail;
    }

    @Override
    public void abortJob(JobContext context, JobStatus.State state) throws IOException {
        JobOutput output = JobOutput.of(context);
        String publication = output.publication();
        try (OutputSession session = OutputSession.open(context.getConfiguration(), doors)) {
            PublicationRecord standing = new Publications(session, context.getConfiguration(), () -> {}).abort(output);
            if (standing.isOpen()) {
                log.warn(
                        "Publication {} is decided and not finished: its records may be visible in part. Do not run the job"
                                + " again; 'millstream output resume {}' finishes it",
                        publication,
                        publication);
            }
        } catch (CoordinationException e) {
            throw new OutputException(
                    "Publication " + publication + " could not be aborted: " + e.getMessage() + ". Its staging folder "
                            + output.place().root() + " stays",
                    e);
        }
    }

    @Override
    public boolean isCommitJobRepeatable(JobContext context) {
        return true;
    }

    @Override
    public boolean isRecoverySupported(JobContext context) {
        // A committed task's folder is there whatever becomes of its application master; if that aborts, see below.
        return true;
    }

    /**
     * There is nothing to bring back, but to look whether it is there still.
     *
     * @throws OutputException if it is not, and needed: Hadoop runs the task again then
     */
    @Override
    public void recoverTask(TaskAttemptContext context) throws IOException {
        StagingPlace place = place(context);
        TaskID task = context.getTaskAttemptID().getTaskID();
        if (writesOutput(context) && place.storage().stat(place.task(task)).isEmpty() && !isDecided(context)) {
            throw new OutputException("Folder " + place.task(task) + " of task " + task
                    + " is gone: the output was aborted after the task was committed, so the task is run again");
        }
    }

    /** Whether the commit needs no task any more. Asked once: one application master has many tasks. */
    private synchronized boolean isDecided(JobContext context) throws IOException {
        if (unknown != null) { // the task is run again as well, and does not wait for as long
            throw new OutputException(unknown.getMessage(), unknown);
        }
        if (decided == null) {
            JobOutput output = JobOutput.of(context);
            try (OutputSession session = OutputSession.open(context.getConfiguration(), doors)) {
                decided = session.register()
                        .read(output.publication())
                        .map(found -> found.value().state())
                        .filter(state -> state == PublicationState.OPEN || state == PublicationState.PUBLISHED)
                        .isPresent();
            } catch (CoordinationException e) {
                unknown = new OutputException(
                        "Publication " + output.publication() + " could not be looked up: " + e.getMessage(), e);
                throw unknown;
            }
        }
        return decided;
    }
}
