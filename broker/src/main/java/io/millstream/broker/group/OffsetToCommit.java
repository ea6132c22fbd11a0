package io.millstream.broker.group;

/**
 * An offset as a client commits it.
 *
 * @param offset to read next
 * @param leaderEpoch of the last record read; -1 if not known
 * @param metadata the client's own; may be null
 */
public record OffsetToCommit(long offset, int leaderEpoch, String metadata) {}
