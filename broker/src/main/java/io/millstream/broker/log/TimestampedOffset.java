package io.millstream.broker.log;

/**
 * A record found by its time.
 *
 * @param offset of the record
 * @param timestamp of the record, in ms since the epoch
 * @param leaderEpoch of the term it was written in
 */
public record TimestampedOffset(long offset, long timestamp, int leaderEpoch) {}
