package io.millstream.broker.replica;

import io.millstream.core.TopicPartition;
import io.millstream.wire.message.Fetch;
import java.util.Optional;

/** One partition that follows a leader in one term, as its fetcher sees it. Belongs to the fetcher's loop. */
final class FollowedPartition {

    private static final long NOT_ASKED = Long.MAX_VALUE;

    private final Partition partition;
    private final int epoch;

    private State state = State.READY;
    private Fetch.Query asked;
    private long askedIn = NOT_ASKED;
    private int failures;
    private long restsUntilNanos;
    private String trouble; // null while there is none
    private long leaderHighWatermark;

    private enum State {
        /** The leader is asked for what comes next. */
        READY,
        /** What came is being dealt with. */
        BUSY,
        /** Something failed a moment ago. */
        RESTING,
        /** It follows no more, or another leader, or in another term. */
        GONE
    }

    /** @param epoch of the leader's term */
    FollowedPartition(Partition partition, int epoch) {
        this.partition = partition;
        this.epoch = epoch;
    }

    Partition partition() {
        return partition;
    }

    TopicPartition id() {
        return partition.id();
    }

    int epoch() {
        return epoch;
    }

    boolean isReady() {
        return state == State.READY;
    }

    boolean isGone() {
        return state == State.GONE;
    }

    /** From where this fetches now; empty if the partition does not follow in this term any more. */
    Optional<FollowerPosition> position() {
        return partition.following().position().filter(at -> at.epoch() == epoch);
    }

    /**
     * What to ask for, from where the log ends now.
     *
     * @param request the number of the request
     * @param incarnation of the replica
     * @return empty if the partition does not follow in this term any more
     */
    Optional<Fetch.Query> ask(long request, int maxBytes, long incarnation) {
        return position().map(from -> {
            askedIn = request;
            asked = new Fetch.Query(
                    id().partition(),
                    epoch,
                    from.fetchOffset(),
                    from.lastFetchedEpoch(),
                    from.logStartOffset(),
                    maxBytes,
                    incarnation,
                    partition.log().topicId());
            return asked;
        });
    }

    /** What was asked for last. */
    Fetch.Query asked() {
        return asked;
    }

    /** Whether the leader was asked, in this request or earlier, for what is wanted now. Other answers are out of date. */
    boolean isAnsweredBy(long request) {
        return state == State.READY && askedIn <= request;
    }

    /** How much is committed, by the leader's word. */
    void heard(long highWatermark) {
        leaderHighWatermark = Math.max(leaderHighWatermark, highWatermark);
    }

    /** Whether this has not all that is committed, and so is not in sync. */
    boolean isBehind() {
        return partition.log().view().endOffset() < leaderHighWatermark;
    }

    /** Something came; nothing is asked for until it has been dealt with. */
    void begin() {
        to(State.BUSY);
    }

    /** The leader serves this. Returns whether that ends a trouble. */
    boolean endTrouble() {
        boolean recovered = trouble != null;
        trouble = null;
        failures = 0;
        return recovered;
    }

    /** Asks again, from where the log ends now. */
    void resume() {
        to(State.READY);
    }

    /** Asks for nothing for a while. */
    void rest(long untilNanos) {
        to(State.RESTING);
        restsUntilNanos = untilNanos;
    }

    long restsUntilNanos() {
        return restsUntilNanos;
    }

    /** Counts a failure; returns how many there were in a row. */
    int fail() {
        failures++;
        return failures;
    }

    /** Remembers what is wrong; returns whether that is new, and worth a line in the log. */
    boolean isNewTrouble(String what) {
        boolean news = !what.equals(trouble);
        trouble = what;
        return news;
    }

    /** Asks for nothing any more. */
    void leave() {
        to(State.GONE);
    }

    private void to(State next) {
        if (state != State.GONE) {
            state = next;
            askedIn = NOT_ASKED;
        }
    }

    @Override
    public String toString() {
        return id() + " in term " + epoch;
    }
}
