package io.millstream.schemas.serde;

/**
 * Bytes that are not a record as they should be, for a {@link #reason}. Decided by the bytes and the schemas alone, so
 * trying again does not help. Has no stack trace: a topic may be full of such.
 */
public final class UndecodableException extends Exception {

    private static final long serialVersionUID = 1L;

    /** Why the bytes cannot be decoded. */
    public enum Reason {
        /** Null, or the first byte is not zero: written by something else. */
        NOT_AVRO,
        /** Ends before the schema id does. */
        TOO_SHORT,
        /** No schema has the id. */
        UNKNOWN_ID,
        /** Not an encoding of a value of the schema. */
        CORRUPT,
        /** The value ends before the bytes do. */
        TRAILING_BYTES,
        /** Nested too deeply, or of far more values than bytes. */
        LIMIT_EXCEEDED,
        /** Well written, but not a record, or not one that can be read with the reader's schema. */
        INCOMPATIBLE
    }

    private final Reason reason;

    /** @param cause what was behind it, or null */
    public UndecodableException(Reason reason, String message, Throwable cause) {
        super(message, cause, false, false);
        this.reason = reason;
    }

    /** The same, said of a place: one line with the first bytes and what they look like. */
    UndecodableException at(String place, RecordPart part, byte[] bytes) {
        String line = place + ": the " + part.label() + " cannot be decoded: " + getMessage() + "; "
                + FirstBytes.describe(bytes);
        return new UndecodableException(reason, line, this);
    }

    /** Why the bytes cannot be decoded. */
    public Reason reason() {
        return reason;
    }
}
