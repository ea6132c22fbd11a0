package io.millstream.client;

import io.millstream.core.TopicPartition;

/** A partition has no batch any more where one was: compaction has removed it. No other try finds it. */
public final class MissingBatchException extends ClientException {

    private static final long serialVersionUID = 1L;

    private final long offset;

    MissingBatchException(TopicPartition partition, long offset) {
        super("Partition " + partition + " has no batch at offset " + offset + " any more: compaction has removed it");
        this.offset = offset;
    }

    /** Where it was. */
    public long offset() {
        return offset;
    }
}
