package io.millstream.hadoop.ingest.document;

/** The run cannot go on. The message is one line for the user: what, where, what to do. */
public final class IngestException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public IngestException(String message) {
        super(message);
    }

    public IngestException(String message, Throwable cause) {
        super(message, cause);
    }
}
