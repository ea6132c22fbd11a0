package io.millstream.broker.log;

import io.millstream.broker.log.Disk.Access;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** One of the two files of a {@link LogJournal}. Open only while it is used: there are many, and all are idle. */
final class JournalCopy {

    /** More than any holds before it is written anew. */
    private static final int MAX_BYTES = 64 * 1024 * 1024;

    private final Disk disk;
    private final Path file;
    private long size;
    private long end; // where the next line goes

    JournalCopy(Disk disk, Path file) {
        this.disk = disk;
        this.file = file;
    }

    /** What the file holds; nothing if it is not there. */
    byte[] read() {
        if (!disk.exists(file)) {
            return new byte[0];
        }
        try (DiskFile in = disk.open(file, Access.READ)) {
            size = in.size();
            ByteBuffer all = ByteBuffer.allocate(size > MAX_BYTES ? 0 : (int) size);
            in.read(all, 0);
            end = size / JournalLine.BYTES * JournalLine.BYTES;
            return all.array();
        }
    }

    /** Whether the file holds so many lines and nothing else, if so many of its lines are whole. */
    boolean holdsJust(int lines) {
        return size == (long) lines * JournalLine.BYTES;
    }

    /** Makes the file, which is not there yet. What it holds is on disk when this returns, its name is not. */
    void make(byte[] lines) {
        try (DiskFile out = disk.open(file, Access.CREATE)) {
            out.write(Unpooled.wrappedBuffer(lines), 0);
            out.force();
        }
    }

    /** Writes lines behind the last one; they count after {@link #added}. */
    void write(ByteBuf lines) {
        Access access = end == 0 && !disk.exists(file) ? Access.CREATE : Access.WRITE;
        try (DiskFile out = disk.open(file, access)) {
            out.write(lines, end);
        }
    }

    /** Counts what was written. */
    void added(int bytes) {
        end += bytes;
        size = end;
    }

    void force() {
        try (DiskFile out = disk.open(file, Access.WRITE)) {
            out.force();
        }
    }

    /** Puts other lines in the place of all that are there. On disk when this returns. */
    void replace(byte[] lines) {
        Checkpoint.replace(disk, file, Unpooled.wrappedBuffer(lines));
        end = lines.length;
        size = end;
    }
}
