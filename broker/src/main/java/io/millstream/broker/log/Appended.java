package io.millstream.broker.log;

import io.millstream.wire.ErrorCode;

/**
 * What became of an append.
 *
 * @param error {@link ErrorCode#NONE} if the records are in the log, now or since an earlier attempt;
 *     {@link ErrorCode#DUPLICATE_SEQUENCE_NUMBER} if they are since one so early that their offsets are not remembered
 * @param duplicate whether they were there before: the offsets are those of the earlier attempt
 * @param baseOffset of the first record; -1 if refused or not remembered
 * @param nextOffset after the last record, or some offset behind it; -1 if refused. The records are committed once the high
 *     watermark is here
 * @param appendTimeMillis the records' timestamp if the broker sets it; -1 if the producer does, if refused or not remembered
 * @param message one line for the client on what the error is about; empty if there is none
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

    static Appended longBefore(long nextOffset, String message) {
        return new Appended(ErrorCode.DUPLICATE_SEQUENCE_NUMBER, true, NONE, nextOffset, NONE, message);
    }

    static Appended refused(ErrorCode error, String message) {
        return new Appended(error, false, NONE, NONE, NONE, message);
    }

    /** Whether the records are in the log. */
    public boolean accepted() {
        return error == ErrorCode.NONE || error == ErrorCode.DUPLICATE_SEQUENCE_NUMBER;
    }
}
