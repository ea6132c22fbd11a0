package io.millstream.hadoop.ingest;

/** The command line or the configuration is wrong. The message is one line for the user. */
public final class UsageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UsageException(String message) {
        super(message);
    }
}
