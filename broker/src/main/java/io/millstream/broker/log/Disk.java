package io.millstream.broker.log;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The only door to files, so that a simulator can own them.
 *
 * <p>Names (creations, renames, deletions) are safe on disk only after {@link #syncDirectory}, contents only after
 * {@link DiskFile#force}. Every failure is a {@link StorageException} that names the file. Safe for use by several threads.
 */
public interface Disk {

    /** How a file is opened. */
    enum Access {
        /** To read; it must exist. */
        READ,
        /** To read and write; it must exist. */
        WRITE,
        /** To read and write; it must not exist. */
        CREATE
    }

    /** Opens a file. */
    DiskFile open(Path file, Access access);

    /** Whether there is a file or directory. */
    boolean exists(Path path);

    /** Whether there is a directory. */
    boolean isDirectory(Path path);

    /** Makes a directory and those above it, where missing. */
    void createDirectories(Path directory);

    /** Names of what is in a directory, sorted. */
    List<String> list(Path directory);

    /** Length of a file in bytes. */
    long size(Path file);

    /** When a file was last written, in ms since the epoch. */
    long lastModifiedMillis(Path file);

    /** Renames at once; an existing file gives way, a directory that is not empty does not. */
    void rename(Path from, Path to);

    /** Deletes a file or an empty directory; nothing happens if it does not exist. */
    void delete(Path path);

    /** Returns once the directory's names are on disk. */
    void syncDirectory(Path directory);

    /** Bytes that this process could still write to the directory's file system. */
    long usableBytes(Path directory);

    /** Size of the directory's file system in bytes. */
    long totalBytes(Path directory);

    /**
     * Claims a file for this process until closed.
     *
     * @throws StorageException of kind {@link StorageException.Kind#LOCKED} if another process, or this one, holds it
     */
    Lock lock(Path file);

    /** Changes whenever the machine starts, and only then; empty if the system has no such thing. */
    Optional<String> bootId();

    /** A claim on a file. */
    @FunctionalInterface
    interface Lock extends AutoCloseable {
        @Override
        void close();
    }

    /** The machine's own file systems. */
    static Disk system() {
        return SystemDisk.INSTANCE;
    }
}
