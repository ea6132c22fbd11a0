package io.millstream.broker.replica;

/**
 * How a follower does, as its leader sees it.
 *
 * @param incarnation in which it fetches; -1 if it has not fetched in this term
 * @param fetchOffset it has all that is below; -1 if it has not fetched in this term
 * @param caughtUp whether it has all that is committed, and all of earlier terms
 * @param keepsUp whether it was at the leader's end lately
 */
public record FollowerStanding(long incarnation, long fetchOffset, boolean caughtUp, boolean keepsUp) {

    static FollowerStanding silent(boolean keepsUp) {
        return new FollowerStanding(-1, Followers.UNKNOWN, false, keepsUp);
    }
}
