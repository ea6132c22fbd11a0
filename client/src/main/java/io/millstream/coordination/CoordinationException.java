package io.millstream.coordination;

import java.util.Optional;
import java.util.concurrent.CompletionException;

/** A coordination call that did not do what was asked. {@link #reason} says what is known of the outcome. */
public final class CoordinationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What is known of the outcome. */
    public enum Reason {
        /** A version was not the expected one, a znode existed that should not, or was missing. Nothing was done. */
        CONFLICT,
        /**
         * The connection was lost. A write may or may not have been applied, or may even be applied a little later: read
         * again, assume nothing. A read was tried for a while without an answer.
         */
        UNKNOWN_OUTCOME,
        /** The session is over, and with it every ephemeral znode of ours. Nothing was done. */
        SESSION_EXPIRED,
        /** Refused for another reason, which the message names. Nothing was done. */
        REFUSED
    }

    private final Reason reason;
    private final String path;

    /** @param cause what was behind it, or null */
    public CoordinationException(Reason reason, String message, Throwable cause) {
        this(reason, message, null, cause);
    }

    /**
     * @param path the znode that was in the way, or null
     * @param cause what was behind it, or null
     */
    public CoordinationException(Reason reason, String message, String path, Throwable cause) {
        super(message, cause);
        this.reason = reason;
        this.path = path;
    }

    /** What is known of the outcome. */
    public Reason reason() {
        return reason;
    }

    /**
     * The znode that was in the way, if one was: with {@link Reason#CONFLICT} that of the first step that did not hold, so
     * that a fence lost and an offset moved can be told apart.
     */
    public Optional<String> path() {
        return Optional.ofNullable(path);
    }

    /** What a call to coordination has failed by, however many stages have passed it on; empty for any other failure. */
    public static Optional<CoordinationException> in(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) { // one for each stage
            cause = cause.getCause();
        }
        return cause instanceof CoordinationException found ? Optional.of(found) : Optional.empty();
    }
}
