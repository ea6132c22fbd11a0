package io.millstream.broker.replica;

import java.util.HashMap;
import java.util.Map;

/**
 * What a leader knows of its followers in one term: how far each has come, and when it was last where the leader was. Of a
 * follower in another incarnation nothing is known any more. Not for use by several threads.
 */
final class Followers {

    /** Of a follower that has not fetched. */
    static final long UNKNOWN = -1;

    private final Map<Integer, Follower> known = new HashMap<>();
    private boolean looked;
    private long lookedNanos;

    private static final class Follower {
        private final long incarnation;
        private long fetchOffset = UNKNOWN;
        private boolean everCaughtUp;
        private long caughtUpNanos;
        private long fetchedNanos;
        private long leaderEndThen;

        private Follower(long incarnation) {
            this.incarnation = incarnation;
        }

        private void caughtUp(long nanos) {
            everCaughtUp = true;
            caughtUpNanos = nanos;
        }
    }

    /**
     * How far a follower has come.
     *
     * @param incarnation in which it fetches
     * @param fetchOffset it has all that is below
     */
    record Progress(long incarnation, long fetchOffset) {}

    /** Takes note of a fetch. It says that the follower has all below {@code fetchOffset}. */
    void fetched(ReplicaId replica, long fetchOffset, long leaderEnd, long nowNanos) {
        Follower follower = known.get(replica.broker());
        if (follower == null || follower.incarnation < replica.incarnation()) {
            follower = new Follower(replica.incarnation());
            known.put(replica.broker(), follower);
        } else if (follower.incarnation > replica.incarnation()) {
            return; // sent by an earlier one: says nothing of what it has now
        }
        if (fetchOffset >= leaderEnd) {
            follower.caughtUp(nowNanos);
        } else if (follower.fetchOffset != UNKNOWN && fetchOffset >= follower.leaderEndThen) {
            follower.caughtUp(follower.fetchedNanos);
        }
        follower.fetchOffset = fetchOffset;
        follower.fetchedNanos = nowNanos;
        follower.leaderEndThen = leaderEnd;
    }

    /** The offset below which a follower has everything; {@link #UNKNOWN} if it has not fetched. */
    long endOffset(int broker) {
        Follower follower = known.get(broker);
        return follower == null ? UNKNOWN : follower.fetchOffset;
    }

    /** How far each follower has come that has fetched. A copy. */
    Map<Integer, Progress> progress() {
        Map<Integer, Progress> progress = new HashMap<>();
        known.forEach((id, each) -> progress.put(id, new Progress(each.incarnation, each.fetchOffset)));
        return progress;
    }

    /**
     * Whether a follower is at the leader's end, or was within the last {@code lagNanos}. One that has never been there has
     * as long from the first time that anybody asks this.
     */
    boolean keepsUp(int broker, long leaderEnd, long nowNanos, long lagNanos) {
        if (!looked) {
            looked = true;
            lookedNanos = nowNanos;
        }
        Follower follower = known.get(broker);
        if (follower == null) {
            return nowNanos - lookedNanos <= lagNanos;
        }
        long since = follower.everCaughtUp ? follower.caughtUpNanos : lookedNanos;
        return follower.fetchOffset >= leaderEnd || nowNanos - since <= lagNanos;
    }
}
