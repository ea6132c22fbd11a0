package io.millstream.hadoop.ingest.task;

import io.millstream.hadoop.ingest.storage.TargetStorage;
import java.io.IOException;
import java.util.zip.CRC32C;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;

/** A new file for Parquet that knows its length and checksum, and is on the disks when it is closed. */
final class ChecksummedFile implements OutputFile {

    private final TargetStorage storage;
    private final Path path;
    private final CRC32C crc = new CRC32C();
    private FSDataOutputStream out;
    private long position;

    ChecksummedFile(TargetStorage storage, Path path) {
        this.storage = storage;
        this.path = path;
    }

    /** Bytes handed over so far. */
    long bytes() {
        return position;
    }

    /** CRC-32C of these, 8 hex digits. */
    String crc32c() {
        return String.format("%08x", crc.getValue());
    }

    /** Lets go of an unfinished file. */
    void abandon() throws IOException {
        if (out != null) {
            out.close();
        }
    }

    @Override
    public PositionOutputStream create(long blockSizeHint) throws IOException {
        out = storage.create(path);
        return new Stream();
    }

    @Override
    public PositionOutputStream createOrOverwrite(long blockSizeHint) throws IOException {
        throw new IOException("Nothing overwrites " + path);
    }

    @Override
    public boolean supportsBlockSize() {
        return false;
    }

    @Override
    public long defaultBlockSize() {
        return 0;
    }

    @Override
    public String getPath() {
        return path.toString();
    }

    private final class Stream extends PositionOutputStream {

        @Override
        public long getPos() {
            return position;
        }

        @Override
        public void write(int value) throws IOException {
            out.write(value);
            crc.update(value);
            position++;
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            out.write(bytes, from, length);
            crc.update(bytes, from, length);
            position += length;
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }

        @Override
        public void close() throws IOException {
            out.hsync();
            out.close();
        }
    }
}
