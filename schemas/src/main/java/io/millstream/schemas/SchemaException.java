package io.millstream.schemas;

/** A schema that cannot be had, taken or used. {@link #reason} says what to do about it. */
public final class SchemaException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Kinds of failures. */
    public enum Reason {
        /** The text is not an Avro schema, or is beyond a limit; or a subject's name is not legal. */
        INVALID,
        /** There is no schema of this id. */
        NOT_FOUND,
        /** A value is not of the schema it should be written with. */
        MISMATCH,
        /** What is stored could not be read, or the registry could not be reached: try again, conclude nothing. */
        UNAVAILABLE
    }

    private final Reason reason;

    /** @param cause what was behind it, or null */
    public SchemaException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** What kind of failure it is. */
    public Reason reason() {
        return reason;
    }
}
