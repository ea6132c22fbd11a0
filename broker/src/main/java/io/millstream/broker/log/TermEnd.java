package io.millstream.broker.log;

/**
 * Where a leader's term ended.
 *
 * @param epoch of the term
 * @param endOffset after its last record; of the term that goes on, the log's end
 */
public record TermEnd(int epoch, long endOffset) {}
