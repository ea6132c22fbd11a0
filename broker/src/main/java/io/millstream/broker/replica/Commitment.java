package io.millstream.broker.replica;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * How much of a partition is committed: by what its followers have while this broker leads, by the leader's word while
 * another does. Safe for use by several threads.
 */
final class Commitment {

    private final int brokerId;
    private final Object lock = new Object();

    private volatile long highWatermark; // changes under lock
    private volatile long termStart; // where the term that this broker leads in began
    private Followers followers = new Followers(); // guarded by lock

    Commitment(int brokerId, long highWatermark) {
        this.brokerId = brokerId;
        this.highWatermark = highWatermark;
    }

    long highWatermark() {
        return highWatermark;
    }

    /** Whether everything is committed that was in the log when this broker's term began. */
    boolean coversTermStart() {
        return highWatermark >= termStart;
    }

    /** A term of this broker begins. Of its followers nothing is known. */
    void begin(long logEnd) {
        synchronized (lock) {
            followers = new Followers();
            termStart = logEnd;
        }
    }

    /** Moves the high watermark as far as the ISR allows; whether it has moved. */
    boolean advance(Isr isr, long ownStored) {
        synchronized (lock) {
            return advanceLocked(isr, ownStored);
        }
    }

    private boolean advanceLocked(Isr isr, long ownStored) {
        long before = highWatermark;
        long next = isr.highWatermark(before, id -> id == brokerId ? ownStored : followers.endOffset(id));
        highWatermark = next;
        return next > before;
    }

    /** Raises the high watermark to what is known from elsewhere; whether it has moved. */
    boolean raise(long known) {
        synchronized (lock) {
            boolean moved = known > highWatermark;
            highWatermark = Math.max(highWatermark, known);
            return moved;
        }
    }

    /** Lowers the high watermark to the end of a log that has been cut; whether it has fallen. */
    boolean cut(long logEnd) {
        synchronized (lock) {
            boolean fallen = logEnd < highWatermark;
            highWatermark = Math.min(highWatermark, logEnd);
            return fallen;
        }
    }

    /**
     * What a fetch has changed.
     *
     * @param moved whether the high watermark has
     * @param caughtUp whether the follower has all that is committed, and all of earlier terms
     */
    record Fetched(boolean moved, boolean caughtUp) {}

    /**
     * What the leader has.
     *
     * @param end of its log
     * @param stored it has stored all that is below
     */
    record Own(long end, long stored) {}

    /** A follower has everything below {@code fetchOffset}. */
    Fetched fetched(Isr isr, ReplicaId replica, long fetchOffset, Own own, long nowNanos) {
        synchronized (lock) {
            followers.fetched(replica, fetchOffset, own.end, nowNanos);
            boolean moved = advanceLocked(isr, own.stored);
            return new Fetched(moved, hasCaughtUp(followers.endOffset(replica.broker())));
        }
    }

    /** Whether each of {@code brokers} has all that is committed, and all of earlier terms. */
    boolean isHeldBy(Set<Integer> brokers) {
        synchronized (lock) {
            return brokers.stream().allMatch(id -> id == brokerId || hasCaughtUp(followers.endOffset(id)));
        }
    }

    private boolean hasCaughtUp(long offset) {
        return offset >= highWatermark && offset >= termStart;
    }

    /** How far each of {@code brokers} has come that is a follower and has fetched in this term. */
    Map<Integer, Long> ends(Set<Integer> brokers) {
        synchronized (lock) {
            Map<Integer, Long> ends = new HashMap<>();
            followers.progress().forEach((id, each) -> {
                if (brokers.contains(id)) {
                    ends.put(id, each.fetchOffset());
                }
            });
            return ends;
        }
    }

    /** How each follower that has fetched, or is in {@code isr}, does. */
    Map<Integer, FollowerStanding> standings(Set<Integer> isr, long ownEnd, long nowNanos, long lagNanos) {
        synchronized (lock) {
            Map<Integer, FollowerStanding> standings = new HashMap<>();
            Map<Integer, Followers.Progress> progress = followers.progress();
            progress.forEach((id, each) -> standings.put(
                    id,
                    new FollowerStanding(
                            each.incarnation(),
                            each.fetchOffset(),
                            hasCaughtUp(each.fetchOffset()),
                            followers.keepsUp(id, ownEnd, nowNanos, lagNanos))));
            for (int member : isr) {
                if (member != brokerId && !progress.containsKey(member)) {
                    boolean keepsUp = followers.keepsUp(member, ownEnd, nowNanos, lagNanos);
                    standings.put(member, FollowerStanding.silent(keepsUp));
                }
            }
            return standings;
        }
    }
}
