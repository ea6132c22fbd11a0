package io.millstream.wire;

/** Bytes from a peer that are not what the protocol says. The answer is to close that connection, and only that. */
public final class WireException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param message what was wrong and where; shown to operators */
    public WireException(String message) {
        super(message);
    }

    /** @param message what was wrong and where; shown to operators */
    public WireException(String message, Throwable cause) {
        super(message, cause);
    }
}
