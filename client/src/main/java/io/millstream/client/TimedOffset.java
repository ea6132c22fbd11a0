package io.millstream.client;

/**
 * The first record at or after some time.
 *
 * @param offset of the record
 * @param timestamp of the record, in ms since the epoch
 */
public record TimedOffset(long offset, long timestamp) {}
