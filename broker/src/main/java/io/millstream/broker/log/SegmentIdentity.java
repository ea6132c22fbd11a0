package io.millstream.broker.log;

import io.millstream.record.RecordBatch;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What a segment is known by: nothing in a batch says whose it is.
 *
 * @param baseOffset that its file is named after
 * @param size in bytes, once it grows no more; {@link #GROWING} before
 * @param head CRC-32C of its first batch's header, but for base offset, length and epoch, which recovery judges by themselves
 * @param edges CRC-32C of its first bytes, those included, and of its last; 0 while it grows
 * @param offsets {@link OffsetSum} of all its batches; {@link OffsetSum#UNKNOWN} unless compaction has written it
 */
record SegmentIdentity(long baseOffset, int size, int head, int edges, long offsets) {

    static final int GROWING = -1;

    private static final int HEAD_FROM = 16;
    private static final int HEADER_BYTES = RecordBatch.HEADER_BYTES;

    private static final HexFormat HEX = HexFormat.of();

    /** Of a segment that is about to get its first batches. */
    static SegmentIdentity begun(long baseOffset, ByteBuf batches) {
        CRC32C crc = new CRC32C();
        crc.update(batches.nioBuffer(batches.readerIndex() + HEAD_FROM, HEADER_BYTES - HEAD_FROM));
        return new SegmentIdentity(baseOffset, GROWING, (int) crc.getValue(), 0, OffsetSum.UNKNOWN);
    }

    /** Of a segment that may still grow. */
    static SegmentIdentity begun(long baseOffset, DiskFile file, int size) {
        return new SegmentIdentity(baseOffset, GROWING, head(file, size), 0, OffsetSum.UNKNOWN);
    }

    /** Of a segment that grows no more. */
    static SegmentIdentity complete(long baseOffset, DiskFile file, int size, long offsets) {
        CRC32C crc = new CRC32C();
        add(crc, file, 0, Math.min(HEAD_FROM, size));
        add(crc, file, Math.max(0, size - HEADER_BYTES), size);
        return new SegmentIdentity(baseOffset, size, head(file, size), (int) crc.getValue(), offsets);
    }

    private static int head(DiskFile file, int size) {
        CRC32C crc = new CRC32C();
        add(crc, file, Math.min(HEAD_FROM, size), Math.min(HEADER_BYTES, size));
        return (int) crc.getValue();
    }

    private static void add(CRC32C crc, DiskFile file, int from, int to) {
        ByteBuffer bytes = ByteBuffer.allocate(to - from);
        file.read(bytes, from);
        crc.update(bytes.flip());
    }

    boolean growing() {
        return size == GROWING;
    }

    boolean beginsLike(SegmentIdentity other) {
        return head == other.head;
    }

    boolean isWhole(SegmentIdentity other) {
        return size == other.size && edges == other.edges;
    }

    /** As words of a line. */
    String words() {
        return baseOffset + " " + size + " " + HEX.toHexDigits(head) + " " + HEX.toHexDigits(edges) + " "
                + HEX.toHexDigits(offsets);
    }

    /** What {@link #words} has made, behind the first word; empty if it is something else. */
    static Optional<SegmentIdentity> parse(String[] words) {
        try {
            return Optional.of(new SegmentIdentity(
                    Long.parseLong(words[1]),
                    Integer.parseInt(words[2]),
                    HexFormat.fromHexDigits(words[3]),
                    HexFormat.fromHexDigits(words[4]),
                    HexFormat.fromHexDigitsToLong(words[5])));
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }
}
