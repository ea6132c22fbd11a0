package io.millstream.record;

/** Bytes that are not a whole, intact record batch. */
public final class CorruptBatchException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param message what is wrong, with the offset where it is known */
    public CorruptBatchException(String message) {
        super(message);
    }

    /** @param message what is wrong, with the offset where it is known */
    public CorruptBatchException(String message, Throwable cause) {
        super(message, cause);
    }
}
