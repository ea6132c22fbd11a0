package io.millstream.cli;

/** Ends a command with exit code 1 and one line on standard error. */
final class FailureException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String advice;

    /**
     * @param what went wrong, as a sentence
     * @param advice what to do, as a sentence
     */
    FailureException(String what, String advice, Throwable cause) {
        super(what, cause);
        this.advice = advice;
    }

    FailureException(String what, String advice) {
        this(what, advice, null);
    }

    String advice() {
        return advice;
    }
}
