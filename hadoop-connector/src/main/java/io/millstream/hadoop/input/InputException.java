package io.millstream.hadoop.input;

import java.io.IOException;

/** A job's input that cannot be planned or read as asked. The message is one line: what, where, what to do. */
public final class InputException extends IOException {

    private static final long serialVersionUID = 1L;

    /** @param message one line for a person */
    public InputException(String message) {
        super(message);
    }

    /** @param message one line for a person */
    public InputException(String message, Throwable cause) {
        super(message, cause);
    }
}
