package io.millstream.broker.log;

import java.nio.ByteBuffer;

/** A stretch of a file in memory, moved forward as needed. Not for use by several threads. */
final class FileWindow {

    /** For a look at a few headers: one per thread, so that a read allocates no buffer. */
    private static final ThreadLocal<ByteBuffer> SMALL = ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(8192));

    /** Small enough to be still in the processor's cache when it is checked, and no humongous object to the collector. */
    private static final int LARGE_BYTES = 256 << 10;

    private final DiskFile file;
    private final ByteBuffer buffer;
    private long start;
    private int length;

    private FileWindow(DiskFile file, ByteBuffer buffer) {
        this.file = file;
        this.buffer = buffer;
    }

    /** For looking up. At most one at a time may be in use on a thread. */
    static FileWindow small(DiskFile file) {
        return new FileWindow(file, SMALL.get());
    }

    /** For reading through. */
    static FileWindow large(DiskFile file, long fileBytes) {
        int capacity = (int) Math.max(8192, Math.min(fileBytes, LARGE_BYTES));
        return new FileWindow(file, ByteBuffer.allocate(capacity));
    }

    /** Most bytes that can be looked at together. */
    int capacity() {
        return buffer.capacity();
    }

    /**
     * Makes bytes available in {@link #bytes}.
     *
     * @param count at most {@link #capacity}
     * @param limit where reading ahead stops
     * @return index of the first in {@link #bytes}; -1 if the file ends before the last
     */
    int load(long position, int count, long limit) {
        if (position < start || position + count > start + length) {
            int wanted = (int) Math.min(buffer.capacity(), Math.max(count, limit - position));
            buffer.clear().limit(wanted);
            start = position;
            length = file.read(buffer, position);
            buffer.clear();
        }
        return position + count <= start + length ? (int) (position - start) : -1;
    }

    /** What is in memory, by absolute index. */
    ByteBuffer bytes() {
        return buffer;
    }
}
