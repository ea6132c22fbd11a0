package io.millstream.broker.log;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * An open file. Several threads may read at once, also while one writes elsewhere in the file.
 *
 * <p>Every failure is a {@link StorageException} that names the file.
 */
public interface DiskFile extends AutoCloseable {

    Path path();

    /** Length in bytes. */
    long size();

    /**
     * Reads at {@code position} until {@code into} is full or the file ends.
     *
     * @return bytes read; fewer than asked for, or 0, only at the end of the file
     */
    int read(ByteBuffer into, long position);

    /**
     * Writes all readable bytes at {@code position}, or fails, in which case any part of them may be in the file. The
     * buffer's indexes stay as they are.
     */
    void write(ByteBuf bytes, long position);

    /** Cuts the file, if it is longer. */
    void truncate(long size);

    /** Returns once what was written, and the length, is on disk. After a failure nothing can be said of what was written. */
    void force();

    /**
     * For sending without copying. Closing it is not the receiver's business.
     *
     * @throws IllegalStateException if this file lives in memory only
     */
    FileChannel channel();

    /** Whether the file can still be used: a thread's interruption may have closed it. */
    boolean isOpen();

    @Override
    void close();
}
