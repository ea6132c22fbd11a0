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
 * Offsets of a group that are decided and not written yet: a publication whose input has too many for one request raises the
 * group's fence with its decision, and they follow. Until then they look as if nobody had read what is behind them, so that nobody
 * else may plan from them, or commit.
 *
 * <p>The fence names who raised it last. Read fence and offsets first, and ask afterwards: of a decision before that read one hears, or
 * its offsets are written meanwhile and have other versions than those that were read; one after it raises the fence.
 */
public final class PendingOffsets {

    private static final String PUBLICATION = "publication ";
    private static final String OPEN = "OPEN";

    private PendingOffsets() {}

    /** What a publication's record says of it; the rest does not matter here. */
    private record Decided(String state, Map<String, Object> offsets) {}

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
                .filter(owner -> owner.startsWith(PUBLICATION))
                .map(owner -> owner.substring(PUBLICATION.length()))
                .filter(publication -> isWriting(coordination, publication))
                .map(publication -> "Offsets of group " + group + " are being written by publication " + publication
                        + ". Run 'millstream output resume " + publication + "', then the job again");
    }

    private static boolean isWriting(Coordination coordination, String publication) {
        String path = Paths.output(publication);
        return await(coordination.read(path))
                .map(found -> Document.read(found.value(), Decided.class, path))
                .filter(decided -> OPEN.equals(decided.state()) && decided.offsets() != null)
                .isPresent();
    }
}
