package io.millstream.broker.log;

import io.millstream.wire.ErrorCode;

/**
 * What became of an append.
 *
 * @param error {@link ErrorCode#NONE} if the records are in the log, now or since an earlier attempt
 * @param duplicate whether they were there before: the offsets are those of the earlier attempt
 * @param baseOffset of the first record; -1 if refused
 * @param nextOffset after the last record; -1 if refused. The records are committed once the high watermark is here
 * @param appendTimeMillis the records' timestamp if the broker sets it; -1 if the producer does, or if refused
 * @param message one line for the client on why it was refused; empty if it was not
 */
public record Appended(
        ErrorCode error, boolean duplicate, long baseOffset, long nextOffset, long appendTimeMillis, String message) {

    /** No offset, no time. */
    public static final long NONE = -1;

    static Appended at(long baseOffset, long nextOffset, long appendTimeMillis) {
        return new Appended(ErrorCode.NONE, false, baseOffset, nextOffset, appendTimeMillis, "");
    }

    static Appended before(long baseOffset, long nextOffset, long appendTimeMillis) {
        return new Appended(ErrorCode.NONE, true, baseOffset, nextOffset, appendTimeMillis, "");
    }

    static Appended refused(ErrorCode error, String message) {
        return new Appended(error, false, NONE, NONE, NONE, message);
    }

    /** Whether the records are in the log. */
    public boolean accepted() {
        return error == ErrorCode.NONE;
    }
}
