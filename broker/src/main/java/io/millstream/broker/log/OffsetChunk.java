package io.millstream.broker.log;

/**
 * A stretch of a partition that begins at a batch border and ends where the next chunk begins.
 *
 * @param offset the first offset in it
 * @param bytes its size on disk
 * @param maxTimestamp no record in it is later, in ms since the epoch; exact where time does not go backwards. -1 if no
 *     record has a timestamp
 */
public record OffsetChunk(long offset, long bytes, long maxTimestamp) {}
