package io.millstream.hadoop.ingest.document;

/**
 * The records of one partition that a file holds.
 *
 * @param partition of the file's topic
 * @param first offset of the first of them
 * @param last offset of the last, inclusive; records of other hours may lie in between
 * @param count how many there are
 */
public record OffsetSpan(int partition, long first, long last, long count) {}
