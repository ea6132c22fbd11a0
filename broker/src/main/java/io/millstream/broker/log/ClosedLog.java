package io.millstream.broker.log;

/**
 * How a log was left by a clean stop. A log that looks otherwise has been appended to since.
 *
 * @param endOffset after the last record
 * @param lastBaseOffset of the last segment
 * @param lastBytes size of the last segment
 */
record ClosedLog(long endOffset, long lastBaseOffset, int lastBytes) {}
