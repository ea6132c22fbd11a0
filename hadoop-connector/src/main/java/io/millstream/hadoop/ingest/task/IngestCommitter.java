package io.millstream.hadoop.ingest.task;

import io.millstream.hadoop.ingest.storage.Renamed;
import java.io.IOException;
import org.apache.hadoop.mapreduce.JobContext;
import org.apache.hadoop.mapreduce.OutputCommitter;
import org.apache.hadoop.mapreduce.TaskAttemptContext;

/**
 * Commits a task by one rename of its attempt's folder. Where the task's folder exists already another attempt was first: that is
 * fine, and its files are what counts. Committing the job does nothing, because only the driver's request to ZooKeeper does.
 */
final class IngestCommitter extends OutputCommitter {

    private final TaskPlace place;

    IngestCommitter(TaskPlace place) {
        this.place = place;
    }

    @Override
    public void setupJob(JobContext context) {
        // The driver has made the folders.
    }

    @Override
    public void setupTask(TaskAttemptContext context) throws IOException {
        place.storage().makeDirectories(place.attempt());
    }

    @Override
    public boolean needsTaskCommit(TaskAttemptContext context) {
        return true;
    }

    @Override
    public void commitTask(TaskAttemptContext context) throws IOException {
        Renamed renamed = place.storage().rename(place.attempt(), place.task());
        if (renamed == Renamed.SOURCE_MISSING
                && place.storage().stat(place.task()).isEmpty()) {
            throw new IOException("Folder " + place.attempt() + " of attempt " + context.getTaskAttemptID()
                    + " is gone; another driver may have cleared this run");
        }
        if (renamed == Renamed.TARGET_EXISTS) {
            place.storage().delete(place.attempt());
        }
    }

    @Override
    public void abortTask(TaskAttemptContext context) throws IOException {
        place.storage().delete(place.attempt());
    }

    @Override
    public boolean isRecoverySupported(JobContext context) {
        // A committed task's folder is there whatever becomes of the application master.
        return true;
    }

    @Override
    public void recoverTask(TaskAttemptContext context) {
        // Nothing to bring back.
    }
}
