package io.millstream.broker.log;

import io.millstream.wire.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
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
    private final Segment segment; // retained; null if there is nothing
    private final DiskFile file;
    private final long position;
    private final int size;

    private LogSlice(ErrorCode error, LogView view, Segment segment, DiskFile file, Region region) {
        this.error = error;
        this.view = view;
        this.segment = segment;
        this.file = file;
        this.position = region.position;
        this.size = region.size;
    }

    /** Bytes of a file. */
    record Region(long position, int size) {
        private static final Region NOTHING = new Region(0, 0);
    }

    static LogSlice outOfRange(LogView view) {
        return new LogSlice(ErrorCode.OFFSET_OUT_OF_RANGE, view, null, null, Region.NOTHING);
    }

    static LogSlice empty(LogView view) {
        return new LogSlice(ErrorCode.NONE, view, null, null, Region.NOTHING);
    }

    /** @param segment retained for the slice, which releases it */
    static LogSlice of(LogView view, Segment segment, DiskFile file, Region region) {
        return new LogSlice(ErrorCode.NONE, view, segment, file, region);
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
        return size == 0;
    }

    /** Length of the region in bytes; 0 if there is nothing to send. */
    public int sizeInBytes() {
        return size;
    }

    /** Where the region begins in the file, in bytes. */
    public long position() {
        return position;
    }

    /**
     * The file, to send the region from. It belongs to the log: never close it.
     *
     * @throws IllegalStateException if the slice is empty, or the file lives in memory only
     */
    public FileChannel channel() {
        if (file == null) {
            throw new IllegalStateException("There is nothing to send");
        }
        return file.channel();
    }

    /**
     * The region's bytes in a new buffer, which the caller releases; for where copying cannot be avoided.
     *
     * @throws StorageException if they cannot be read
     */
    public ByteBuf copy(ByteBufAllocator allocator) {
        ByteBuf bytes = allocator.buffer(size, Math.max(1, size));
        if (file == null) {
            return bytes;
        }
        try {
            ByteBuffer into = bytes.nioBuffer(0, size);
            if (file.read(into, position) < size) {
                throw new StorageException(
                        StorageException.Kind.DAMAGED, file.path(), "ends before byte " + (position + size));
            }
            return bytes.writerIndex(size);
        } catch (StorageException e) {
            bytes.release();
            throw e;
        }
    }

    /** Gives the region up. */
    public void release() {
        if (segment != null) {
            segment.release();
        }
    }
}
