package io.millstream.broker.log;

import java.nio.file.Path;

/**
 * A file could not be read or written, or holds what it must not. The message names the file. Protocol outcomes are
 * values; this is for what no answer to a client can describe better than {@code KAFKA_STORAGE_ERROR}.
 */
public final class StorageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What went wrong, as far as the next step depends on it. */
    public enum Kind {
        /** No room, or the file may not grow further. What is there stays readable; later attempts may succeed. */
        NO_SPACE,

        /** Too many files and connections are open. It says nothing of the disk; later attempts may succeed. */
        NO_DESCRIPTOR,
        /** The file does not exist. */
        NOT_FOUND,
        /** The file or directory exists already. */
        EXISTS,
        /** The disk failed. The data directory goes offline and stays so until the broker restarts. */
        IO,
        /** The data directory went offline earlier. */
        OFFLINE,
        /** Bytes that were safe on disk are not what was written. */
        DAMAGED,
        /** The file was written in a format that this version does not know. */
        UNKNOWN_FORMAT,
        /** Another process uses the data directory. */
        LOCKED,
        /** The log or file has been closed or deleted. */
        CLOSED;

        /** Whether what could not be done for want of something may be done later, without anybody's help. */
        public boolean mayPass() {
            return this == NO_SPACE || this == NO_DESCRIPTOR;
        }
    }

    private final Kind kind;

    /** @param path what the message is about; it is put in front */
    public StorageException(Kind kind, Path path, String message) {
        super(path + ": " + message);
        this.kind = kind;
    }

    /** @param path what the message is about; it is put in front */
    public StorageException(Kind kind, Path path, String message, Throwable cause) {
        super(path + ": " + message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
