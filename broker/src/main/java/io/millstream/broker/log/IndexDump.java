package io.millstream.broker.log;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * Tells of the rows of an index file, whose layout is drawn at {@link IndexTable}. A file without a row count is no damage:
 * the broker still adds to it, or was killed and will make it anew.
 */
final class IndexDump {

    private static final int BLOCK_ROWS = 4096;

    private final DiskFile file;
    private final long baseOffset;
    private final Consumer<DumpEntry> sink;

    /** @param baseOffset that the file is named after */
    IndexDump(DiskFile file, long baseOffset, Consumer<DumpEntry> sink) {
        this.file = file;
        this.baseOffset = baseOffset;
        this.sink = sink;
    }

    /** Of an index by offset. */
    void offsets() {
        run(
                SegmentIndex.OFFSET_MAGIC,
                (key, value) -> DumpEntry.of("row", "offset", key, "position", Integer.toUnsignedLong(value)));
    }

    /** Of an index by time. */
    void times() {
        run(
                SegmentIndex.TIME_MAGIC,
                (key, value) -> DumpEntry.of("row", "maxTimestamp", key, "belowOffset", baseOffset + value));
    }

    @FunctionalInterface
    private interface Row {
        DumpEntry of(long key, int value);
    }

    private void run(int magic, Row row) {
        long size = file.size();
        ByteBuffer header = ByteBuffer.allocate(IndexTable.HEADER_BYTES);
        if (file.read(header, 0) < IndexTable.HEADER_BYTES) {
            if (size > 0) {
                sink.accept(DumpEntry.damage(0, size + " bytes are less than an index header"));
            }
            return;
        }
        boolean begun = header.getInt(0) == 0 && header.getInt(16) == 0;
        if (!begun && (header.getInt(0) != magic || header.getInt(4) != IndexTable.VERSION)) {
            sink.accept(DumpEntry.damage(0, "this is no index of version " + IndexTable.VERSION));
            return;
        }
        if (!begun && header.getLong(8) != baseOffset) {
            sink.accept(DumpEntry.damage(8, "the index of the segment at offset " + header.getLong(8)));
        }
        long rows = (size - IndexTable.HEADER_BYTES) / IndexTable.ROW_BYTES;
        long counted = begun ? 0 : header.getInt(16);
        boolean complete = counted == rows && size == IndexTable.HEADER_BYTES + rows * IndexTable.ROW_BYTES;
        sink.accept(DumpEntry.of("index", "baseOffset", baseOffset, "rows", rows, "complete", !begun && complete));
        int checksum = rows(rows, counted, row);
        if (counted > rows) {
            sink.accept(DumpEntry.damage(size, "the file ends after " + rows + " of " + counted + " rows"));
        } else if (!begun && checksum != header.getInt(20)) {
            sink.accept(DumpEntry.damage(IndexTable.HEADER_BYTES, "the rows fail their checksum"));
        }
    }

    /** Tells of all rows; returns the checksum of the first {@code counted}. */
    private int rows(long rows, long counted, Row row) {
        CRC32C crc = new CRC32C();
        ByteBuffer block = ByteBuffer.allocate(BLOCK_ROWS * IndexTable.ROW_BYTES);
        for (long first = 0; first < rows; first += BLOCK_ROWS) {
            int count = (int) Math.min(BLOCK_ROWS, rows - first);
            block.clear().limit(count * IndexTable.ROW_BYTES);
            file.read(block, IndexTable.HEADER_BYTES + first * IndexTable.ROW_BYTES);
            block.flip();
            int summed = (int) Math.max(0, Math.min(count, counted - first)) * IndexTable.ROW_BYTES;
            crc.update(block.array(), 0, summed);
            while (block.remaining() >= IndexTable.ROW_BYTES) {
                sink.accept(row.of(block.getLong(), block.getInt()));
            }
        }
        return (int) crc.getValue();
    }
}
