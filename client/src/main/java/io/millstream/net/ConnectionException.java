package io.millstream.net;

/** A broker that could not be reached, was lost, or does not speak as the protocol says. Names the broker. */
public final class ConnectionException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What happened, as far as it matters for what to do next. */
    public enum Reason {
        /** There is no connection: it could not be opened, or has ended. Nothing was sent. */
        UNREACHABLE,
        /** The connection ended before the answer came. The broker may or may not have acted. */
        LOST,
        /** No answer came in time. The broker may or may not have acted. The connection was closed. */
        TIMED_OUT,
        /** The broker's bytes are not what the protocol says. The connection was closed. */
        MALFORMED,
        /** The broker has no version of this API that is spoken here. Nothing was sent; trying again will not help. */
        UNSUPPORTED,
        /** Too many requests wait for their answer, or the request cannot be encoded. Nothing was sent. */
        REFUSED
    }

    private final Reason reason;

    /** @param message what was wrong, with the broker's endpoint */
    public ConnectionException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** @param message what was wrong, with the broker's endpoint */
    public ConnectionException(Reason reason, String message) {
        this(reason, message, null);
    }

    public Reason reason() {
        return reason;
    }

    /** Whether the request may have reached the broker, so that its outcome is unknown. */
    public boolean mayHaveActed() {
        return reason == Reason.LOST || reason == Reason.TIMED_OUT || reason == Reason.MALFORMED;
    }
}
