package io.millstream.broker.config;

/** A setting that cannot be accepted. The message is one line for the person who wrote it: key, value, what is allowed. */
public final class InvalidConfigException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public InvalidConfigException(String message) {
        super(message);
    }

    InvalidConfigException(String message, Throwable cause) {
        super(message, cause);
    }
}
