package io.millstream.broker.log;

/** When a record counts as stored ({@code flush}). */
public enum FlushMode {
    /** When the operating system has it; replication guards against the loss of a machine. */
    OS,

    /** When it is on disk: the high watermark waits for fsync, which many appends share. */
    COMMIT
}
