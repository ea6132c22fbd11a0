package io.millstream.coordination;

/** A coordination call that did not do what was asked. {@link #reason} says what is known of the outcome. */
public final class CoordinationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What is known of the outcome. */
    public enum Reason {
        /** A version was not the expected one, a znode existed that should not, or was missing. Nothing was done. */
        CONFLICT,
        /** The connection was lost. The call may or may not have been applied: read again, assume nothing. */
        UNKNOWN_OUTCOME,
        /** The session is over, and with it every ephemeral znode of ours. Nothing was done. */
        SESSION_EXPIRED,
        /** Refused for another reason, which the message names. Nothing was done. */
        REFUSED
    }

    private final Reason reason;

    public CoordinationException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
