package io.millstream.broker.replica;

/**
 * From where a follower fetches.
 *
 * @param epoch of the term it follows in: belongs into the request, and into every call that hands over what was answered
 * @param leader broker id of the leader
 * @param fetchOffset the end of its log: says to the leader that all below is stored here
 * @param lastFetchedEpoch of the last record in its log; -1 if it has none
 * @param logStartOffset the start of its log
 * @param stored whether all below {@code fetchOffset} counts as stored. While it does not ({@code flush=commit}: it is not
 *     on disk yet), the follower must not fetch; see {@link Following#awaitStored}
 */
public record FollowerPosition(
        int epoch, int leader, long fetchOffset, int lastFetchedEpoch, long logStartOffset, boolean stored) {}
