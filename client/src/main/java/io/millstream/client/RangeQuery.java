package io.millstream.client;

/**
 * A range of a partition that is to be cut into chunks of about one size.
 *
 * @param from first offset, inclusive
 * @param to last offset, exclusive
 * @param targetBytes size wanted for each chunk, at least 1
 */
public record RangeQuery(long from, long to, long targetBytes) {}
