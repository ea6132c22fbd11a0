package io.millstream.broker.log;

import io.millstream.wire.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.channels.FileChannel;

/**
 * The answer to a read: a region of one segment file that holds whole batches, or nothing.
 *
 * <p>The region stays readable, whatever becomes of the log, until {@link #release}, which must be called exactly once
 * for each slice, from any thread.
 */
public final class LogSlice {

    private final ErrorCode error;
    private final LogView view;

    LogSlice(ErrorCode error, LogView view) {
        this.error = error;
        this.view = view;
    }

    /** {@link ErrorCode#NONE}, or {@link ErrorCode#OFFSET_OUT_OF_RANGE}: below the log's start or beyond its end. */
    public ErrorCode error() {
        return error;
    }

    /** The log as the read saw it. */
    public LogView view() {
        return view;
    }

    /** Whether there is nothing to send. */
    public boolean isEmpty() {
        return sizeInBytes() == 0;
    }

    /** Length of the region in bytes; 0 if there is nothing to send. */
    public int sizeInBytes() {
        return 0;
    }

    /** Where the region begins in the file, in bytes. */
    public long position() {
        return 0;
    }

    /**
     * The file, to send the region from. It belongs to the log: never close it.
     *
     * @throws IllegalStateException if the slice is empty, or the file lives in memory only
     */
    public FileChannel channel() {
        if (isEmpty()) {
            throw new IllegalStateException("There is nothing to send");
        }
        return null;
    }

    /** The region's bytes in a new buffer, which the caller releases; for where copying cannot be avoided. */
    public ByteBuf copy(ByteBufAllocator allocator) {
        return allocator.buffer(0);
    }

    /** Gives the region up. */
    public void release() {}
}
