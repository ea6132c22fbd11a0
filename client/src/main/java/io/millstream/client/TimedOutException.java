package io.millstream.client;

/** The time allowed ran out while the trouble, which the message names, could still have passed. */
public final class TimedOutException extends ClientException {

    private static final long serialVersionUID = 1L;

    /** @param message what was waited for, how long, and the last trouble */
    public TimedOutException(String message, Throwable cause) {
        super(message, cause);
    }
}
