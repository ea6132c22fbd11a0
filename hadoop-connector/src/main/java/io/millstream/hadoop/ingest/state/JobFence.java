package io.millstream.hadoop.ingest.state;

import static io.millstream.coordination.Coordination.await;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.Document;
import io.millstream.coordination.Fence;
import io.millstream.coordination.Versioned;
import io.millstream.coordination.Write;
import io.millstream.hadoop.ingest.document.IngestException;
import java.util.List;
import java.util.Optional;

/**
 * The right to drive a job. Taking it raises the version of a persistent znode, and that version is checked by every write
 * that follows: who takes the fence later stops whoever had it, wherever it may be paused. The ephemeral owner only says that
 * the driver lives, so that a second one does not disturb it.
 */
public final class JobFence {

    private static final int ATTEMPTS = 5;

    private final Coordination coordination;
    private final String job;
    private final JobPaths paths;
    private final int number;

    private JobFence(Coordination coordination, String job, int number) {
        this.coordination = coordination;
        this.job = job;
        this.paths = new JobPaths(job);
        this.number = number;
    }

    /**
     * Takes the fence.
     *
     * @param owner the caller; its run id is new
     * @throws IngestException if another driver lives; the message names it
     */
    public static JobFence take(Coordination coordination, String job, Owner owner) {
        JobPaths paths = new JobPaths(job);
        await(coordination.ensurePath(paths.fence()));
        CoordinationException last = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            // The owner first: whoever has read that nobody owns, and raises the version it reads after, was not
            // overtaken.
            Optional<Owner> living = read(coordination, paths.owner());
            int version = version(coordination, paths.fence());
            if (living.isPresent()) {
                if (living.get().equals(owner)
                        && read(coordination, paths.fence()).equals(living)) {
                    return new JobFence(coordination, job, version);
                }
                throw new IngestException("Job " + job + " is being run by " + living.get()
                        + ". Wait for it; if it died, its ZooKeeper session ends by itself, then run again");
            }
            byte[] document = Document.write(owner);
            try {
                List<Integer> versions = await(coordination.commit(List.of(
                        new Write.Update(paths.fence(), document, version),
                        new Write.CreateEphemeral(paths.owner(), document))));
                return new JobFence(coordination, job, versions.get(0));
            } catch (CoordinationException e) {
                if (e.reason() != CoordinationException.Reason.CONFLICT
                        && e.reason() != CoordinationException.Reason.UNKNOWN_OUTCOME) {
                    throw e;
                }
                last = e;
            }
        }
        throw new IngestException(
                "Job " + job + " could not be taken over in " + ATTEMPTS + " attempts: " + last.getMessage()
                        + ". Run again",
                last);
    }

    /** The fencing number: larger than that of every driver before. */
    public int number() {
        return number;
    }

    /** The step that makes a request fail once another driver has taken over. */
    public Write check() {
        return new Fence(paths.fence(), number).check();
    }

    /** @throws IngestException if another driver has taken over; the message names it */
    public void ensureHeld() {
        if (version(coordination, paths.fence()) != number) {
            throw lost();
        }
    }

    /** What to say when a write failed because of the fence. */
    IngestException lost() {
        String by = read(coordination, paths.fence()).map(Owner::toString).orElse("another driver");
        return new IngestException("Job " + job + " was taken over by " + by
                + "; this driver changes nothing any more. What it had not committed will be read again");
    }

    boolean held() {
        return version(coordination, paths.fence()) == number;
    }

    private static Optional<Owner> read(Coordination coordination, String path) {
        return await(coordination.read(path))
                .filter(found -> found.value().length > 0)
                .map(found -> Document.read(found.value(), Owner.class, path));
    }

    private static int version(Coordination coordination, String path) {
        return await(coordination.read(path))
                .map(Versioned::version)
                .orElseThrow(() -> new IngestException(path + " was removed from ZooKeeper while the job ran"));
    }
}
