package io.millstream.client;

/**
 * A call that did not do what was asked. The message says what was wrong, where (topic, partition, offset, broker), and
 * what to do. The subclasses are those outcomes that callers treat differently.
 */
public sealed class ClientException extends RuntimeException
        permits OffsetOutOfRangeException,
                CorruptDataException,
                MissingBatchException,
                TimedOutException,
                SequenceException {

    private static final long serialVersionUID = 1L;

    /** @param message one line for a person */
    public ClientException(String message) {
        super(message);
    }

    /** @param message one line for a person */
    public ClientException(String message, Throwable cause) {
        super(message, cause);
    }
}
