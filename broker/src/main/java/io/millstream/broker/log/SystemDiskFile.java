package io.millstream.broker.log;

import io.netty.buffer.ByteBuf;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** A file of the machine's own file systems. */
final class SystemDiskFile implements DiskFile {

    private final Path path;
    private final FileChannel channel;

    SystemDiskFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public long size() {
        return SystemDisk.attempt(path, "look at", channel::size);
    }

    @Override
    public int read(ByteBuffer into, long position) {
        return SystemDisk.attempt(path, "read", () -> {
            int start = into.position();
            while (into.hasRemaining()) {
                int read = channel.read(into, position + into.position() - start);
                if (read < 0) {
                    break;
                }
            }
            return into.position() - start;
        });
    }

    @Override
    public void write(ByteBuf bytes, long position) {
        SystemDisk.attempt(path, "write", () -> {
            if (bytes.nioBufferCount() == 1) {
                writeOne(bytes.internalNioBuffer(bytes.readerIndex(), bytes.readableBytes()), position);
            } else {
                gather(bytes.nioBuffers(), position);
            }
            return null;
        });
    }

    private void writeOne(ByteBuffer bytes, long position) throws IOException {
        int start = bytes.position();
        while (bytes.hasRemaining()) {
            ensureProgress(channel.write(bytes, position + bytes.position() - start));
        }
    }

    /** The JDK gathers only at the channel's own position, which nothing else here uses. */
    private void gather(ByteBuffer[] pieces, long position) throws IOException {
        channel.position(position);
        int first = 0;
        while (first < pieces.length) {
            if (!pieces[first].hasRemaining()) {
                first++;
                continue;
            }
            ensureProgress(channel.write(pieces, first, pieces.length - first));
        }
    }

    private static void ensureProgress(long written) throws IOException {
        if (written <= 0) {
            throw new EOFException("the operating system took no bytes");
        }
    }

    @Override
    public void truncate(long size) {
        SystemDisk.attempt(path, "truncate to " + size, () -> channel.truncate(size));
    }

    @Override
    public void force() {
        SystemDisk.attempt(path, "fsync", () -> {
            channel.force(true);
            return null;
        });
    }

    @Override
    public FileChannel channel() {
        return channel;
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() {
        SystemDisk.attempt(path, "close", () -> {
            channel.close();
            return null;
        });
    }
}
