package io.millstream.broker.log;

import java.util.Locale;

/** When a record counts as stored ({@code flush}). */
public enum FlushMode {
    /** When the operating system has it; replication guards against the loss of a machine. */
    OS,

    /** When it is on disk: the high watermark waits for fsync, which many appends share. */
    COMMIT;

    /** The mode that is written so: {@code os} or {@code commit}. */
    public static FlushMode of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
