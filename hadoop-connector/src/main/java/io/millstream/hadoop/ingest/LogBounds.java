package io.millstream.hadoop.ingest;

/**
 * What a partition retains.
 *
 * @param start its first offset
 * @param end the offset after the last that consumers may see
 */
record LogBounds(long start, long end) {}
