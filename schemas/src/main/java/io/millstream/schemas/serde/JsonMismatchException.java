package io.millstream.schemas.serde;

/** JSON that is not a value of a schema; the message names the field. Has no stack trace: there may be many. */
public final class JsonMismatchException extends Exception {

    private static final long serialVersionUID = 1L;

    JsonMismatchException(String message) {
        super(message, null, false, false);
    }
}
