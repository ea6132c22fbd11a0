package io.millstream.hadoop.ingest.state;

import static io.millstream.coordination.Coordination.await;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.CoordinationException.Reason;
import io.millstream.coordination.Document;
import io.millstream.coordination.Write;
import io.millstream.hadoop.ingest.document.IngestException;
import io.millstream.hadoop.ingest.document.JobConfig;
import java.util.List;
import java.util.Optional;

/** What a job's first run fixes: see {@link JobConfig}. */
public final class JobSettings {

    private final Coordination coordination;
    private final String job;
    private final String path;

    public JobSettings(Coordination coordination, String job) {
        this.coordination = coordination;
        this.job = job;
        this.path = new JobPaths(job).config();
    }

    /** @throws IngestException if the job was begun with other settings; the message names the difference */
    public void ensureUnchanged(JobConfig asked) {
        read().flatMap(fixed -> fixed.difference(asked)).ifPresent(difference -> {
            throw new IngestException("Job " + job + " was begun with " + difference
                    + ". Its offsets belong to what it has written; use another --job, or ask for the same");
        });
    }

    /**
     * Fixes the settings if that was not done yet.
     *
     * @throws IngestException if they are fixed and other ones, or another driver took over
     */
    public void fix(JobConfig asked, JobFence fence) {
        if (read().isEmpty()) {
            try {
                await(coordination.commit(List.of(fence.check(), new Write.Create(path, Document.write(asked)))));
            } catch (CoordinationException e) {
                fence.ensureHeld();
                if (e.reason() != Reason.UNKNOWN_OUTCOME && e.reason() != Reason.CONFLICT) {
                    throw e;
                }
                if (read().isEmpty()) {
                    throw new IngestException(
                            "The settings of job " + job + " could not be stored: " + e.getMessage() + ". Run again",
                            e);
                }
            }
        }
        ensureUnchanged(asked);
    }

    private Optional<JobConfig> read() {
        return await(coordination.read(path)).map(found -> Document.read(found.value(), JobConfig.class, path));
    }
}
