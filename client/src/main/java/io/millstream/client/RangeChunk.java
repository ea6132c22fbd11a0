package io.millstream.client;

/**
 * A part of a range, up to where the next chunk begins or the range ends.
 *
 * @param offset where it begins, inclusive
 * @param bytes size of its batches as they are stored
 * @param maxTimestamp no record in it is later, in ms since the epoch; -1 if not known
 */
public record RangeChunk(long offset, long bytes, long maxTimestamp) {}
