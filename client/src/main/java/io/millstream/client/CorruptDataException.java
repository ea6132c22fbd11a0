package io.millstream.client;

import io.millstream.core.TopicPartition;

/** Data in a partition that fails its checks. It is never skipped: the reader stops in front of it. */
public final class CorruptDataException extends ClientException {

    private static final long serialVersionUID = 1L;

    private final transient TopicPartition partition;
    private final long offset;

    CorruptDataException(TopicPartition partition, long offset, String what, Throwable cause) {
        super("Partition " + partition + " has corrupt data at offset " + offset + ": " + what, cause);
        this.partition = partition;
        this.offset = offset;
    }

    /** Where the data is; null after serialisation. */
    public TopicPartition partition() {
        return partition;
    }

    /** The first offset that could not be read. */
    public long offset() {
        return offset;
    }
}
