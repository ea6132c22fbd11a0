package io.millstream.hadoop.output;

import java.io.IOException;

/** The job's output cannot go on. The message is one line for the user: what, where, what to do. */
public final class OutputException extends IOException {

    private static final long serialVersionUID = 1L;

    public OutputException(String message) {
        super(message);
    }

    public OutputException(String message, Throwable cause) {
        super(message, cause);
    }

    /** What a failure says, in one line: file systems go on with stacks of other machines. */
    static String oneLine(Throwable failure) {
        return failure.getMessage() == null
                ? failure.toString()
                : failure.getMessage().lines().findFirst().orElse(failure.toString());
    }
}
