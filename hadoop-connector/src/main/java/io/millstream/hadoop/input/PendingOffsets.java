package io.millstream.hadoop.input;

import static io.millstream.coordination.Coordination.await;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.Document;
import io.millstream.coordination.FenceHolder;
import io.millstream.coordination.Paths;
import io.millstream.coordination.Versioned;
import java.util.Map;
import java.util.Optional;

/**
 * Offsets of a group that are decided and not written yet: a publication, or a run of the ingest job, whose input has too many for one
 * request raises the group's fence with its decision, and they follow. Until then they look as if nobody had read what is behind them,
 * so that nobody else may plan from them, or commit.
 *
 * <p>The fence names who raised it last. Read fence and offsets first, and ask afterwards: of a decision before that read one hears, or
 * its offsets are written meanwhile and have other versions than those that were read; one after it raises the fence.
 */
public final class PendingOffsets {

    private static final String PUBLICATION = "publication ";
    private static final String OPEN = "OPEN";
    private static final String INGEST_RUN = "ingest run "; // the ingest job's group has its name
    private static final String COMMITTED = "COMMITTED";

    private PendingOffsets() {}

    /** What a publication's record says of it; the rest does not matter here. */
    private record Decided(String state, Map<String, Object> offsets) {}

    /** What the record of an ingest job's run says of it; the rest does not matter here. */
    private record Run(String run, String state, boolean offsetsPending) {}

    /** Who raises a group's fence for a publication, as {@link PlannedOffsets#raiseFence} is told. */
    public static String owner(String publication) {
        return PUBLICATION + publication;
    }

    /**
     * Why a group's offsets cannot be relied on, as one line that says what to do; empty if they can.
     *
     * @throws io.millstream.coordination.CoordinationException if ZooKeeper does not answer, or holds something else
     */
    public static Optional<String> objection(Coordination coordination, String group) {
        await(coordination.sync());
        String path = Paths.groupFence(group);
        return await(coordination.read(path))
                .map(Versioned::value)
                .filter(held -> held.length > 0)
                .map(held -> Document.read(held, FenceHolder.class, path).owner())
                .flatMap(owner -> objection(coordination, group, owner));
    }

    private static Optional<String> objection(Coordination coordination, String group, String owner) {
        String who = "Offsets of group " + group + " are being written by " + owner;
        if (owner.startsWith(PUBLICATION)) {
            String publication = owner.substring(PUBLICATION.length());
            return isPublishing(coordination, publication)
                    ? Optional.of(who + ". Run 'millstream output resume " + publication + "', then the job again")
                    : Optional.empty();
        }
        boolean ingesting =
                owner.startsWith(INGEST_RUN) && isCommitting(coordination, group, owner.substring(INGEST_RUN.length()));
        return ingesting
                ? Optional.of(who + ". Run 'millstream ingest' for job " + group
                        + ", or wait for it if it runs; then this job again")
                : Optional.empty();
    }

    /** Also while its files are made visible, when its offsets are written: its record does not tell the two apart. */
    private static boolean isCommitting(Coordination coordination, String job, String run) {
        String path = Paths.ingestJob(job) + "/run";
        return await(coordination.read(path))
                .map(found -> Document.read(found.value(), Run.class, path))
                .filter(found -> found.run().equals(run) && COMMITTED.equals(found.state()) && found.offsetsPending())
                .isPresent();
    }

    private static boolean isPublishing(Coordination coordination, String publication) {
        String path = Paths.output(publication);
        return await(coordination.read(path))
                .map(found -> Document.read(found.value(), Decided.class, path))
                .filter(decided -> OPEN.equals(decided.state()) && decided.offsets() != null)
                .isPresent();
    }
}
