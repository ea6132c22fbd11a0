package io.millstream.schemas;

/** A schema that cannot be had, taken or used. {@link #reason} says what to do about it; the message is one line. */
public final class SchemaException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Kinds of failures. */
    public enum Reason {
        /** The text is not an Avro schema, or is beyond a limit, or what it refers to is not there. */
        INVALID(42201),
        /** There is no schema of this id, or not in this subject. */
        NOT_FOUND(40403),
        /** A value is not of the schema it should be written with. */
        MISMATCH(42201),
        /** What is stored could not be read, or the registry could not be reached: try again, conclude nothing. */
        UNAVAILABLE(50001),
        /** The registry did not come to an end in time: try again. */
        TIMED_OUT(50002),
        /** There is no such subject, or it is deleted. */
        SUBJECT_NOT_FOUND(40401),
        /** The subject has no such version, or it is deleted. */
        VERSION_NOT_FOUND(40402),
        /** The subject is deleted softly already; it may be deleted permanently. */
        SUBJECT_SOFT_DELETED(40404),
        /** Before it can be deleted permanently, the subject must be deleted softly. */
        SUBJECT_NOT_SOFT_DELETED(40405),
        /** The version is deleted softly already; it may be deleted permanently. */
        VERSION_SOFT_DELETED(40406),
        /** Before it can be deleted permanently, the version must be deleted softly. */
        VERSION_NOT_SOFT_DELETED(40407),
        /** The subject has no compatibility level of its own. */
        LEVEL_NOT_CONFIGURED(40408),
        /** The subject has no mode of its own. */
        MODE_NOT_CONFIGURED(40409),
        /** Earlier versions of the subject and the schema do not go together as its compatibility level asks. */
        INCOMPATIBLE(409),
        /** Not a number that a version can have. */
        INVALID_VERSION(42202),
        /** Not a compatibility level. */
        INVALID_LEVEL(42203),
        /** Not a mode. */
        INVALID_MODE(42204),
        /** The registry's mode, or the subject's, does not allow it. */
        NOT_PERMITTED(42205),
        /** Other schemas refer to what was to be deleted. */
        REFERENCED(42206),
        /** Not a name that a subject can have. */
        INVALID_SUBJECT(42208);

        private final int code;

        Reason(int code) {
            this.code = code;
        }

        /** The number that the Confluent Schema Registry's REST API has for it. */
        public int code() {
            return code;
        }
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
