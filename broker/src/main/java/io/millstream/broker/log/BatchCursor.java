package io.millstream.broker.log;

import io.millstream.broker.log.StorageException.Kind;
import io.millstream.record.Codec;
import io.millstream.record.RecordBatch;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Goes from batch to batch of a segment file, by their headers. Allocates nothing per batch. Not for use by several
 * threads. The layout of a header is drawn at {@link RecordBatch}.
 */
final class BatchCursor {

    /** What {@link #advance} met. */
    enum Step {
        /** A batch with a plausible header. */
        BATCH,
        /** The limit. */
        END,
        /** Something else; {@link #flaw} says what. */
        FLAW
    }

    private static final int CRC_AT = 17;
    private static final int CHECKED_FROM = 21;

    private final DiskFile file;
    private final FileWindow window;
    private final long limit;

    private long position;
    private long nextPosition;
    private boolean ended;
    private boolean met; // whether the fields below are a batch's
    private String flaw = "";

    private long baseOffset;
    private int leaderEpoch;
    private int storedChecksum;
    private short attributes;
    private int lastOffsetDelta;
    private long baseTimestamp;
    private long maxTimestamp;
    private long producerId;
    private short producerEpoch;
    private int baseSequence;
    private int recordCount;

    /**
     * @param position of the first batch to meet
     * @param limit where the last one ends
     */
    BatchCursor(DiskFile file, FileWindow window, long position, long limit) {
        this.file = file;
        this.window = window;
        this.nextPosition = position;
        this.position = position;
        this.limit = limit;
    }

    /**
     * Moves to the next batch.
     *
     * @return false at the limit
     * @throws StorageException of kind {@link Kind#DAMAGED} with the position if there is something else
     */
    boolean next() {
        long expected = met ? nextOffset() : 0;
        return switch (advance()) {
            case BATCH -> {
                if (baseOffset < expected) {
                    throw damaged("offset " + baseOffset + " behind a batch that ends at " + (expected - 1));
                }
                yield true;
            }
            case END -> false;
            case FLAW -> throw damaged(flaw);
        };
    }

    /** Moves to the next batch. */
    Step advance() {
        position = nextPosition;
        if (position >= limit) {
            ended = true;
            return Step.END;
        }
        long left = limit - position;
        if (left < RecordBatch.HEADER_BYTES) {
            return flawed(left + " bytes are less than a batch header");
        }
        int at = window.load(position, RecordBatch.HEADER_BYTES, limit);
        if (at < 0) {
            return flawed("the file ends before byte " + limit);
        }
        ByteBuffer bytes = window.bytes();
        if (bytes.get(at + 16) != RecordBatch.MAGIC) {
            return flawed("batch format " + bytes.get(at + 16) + " instead of " + RecordBatch.MAGIC);
        }
        parse(bytes, at);
        int length = bytes.getInt(at + 8);
        if (length < RecordBatch.HEADER_BYTES - RecordBatch.LENGTH_OVERHEAD
                || length > left - RecordBatch.LENGTH_OVERHEAD) {
            return flawed("a batch of " + length + " bytes after its length, where "
                    + (left - RecordBatch.LENGTH_OVERHEAD) + " are left");
        }
        if (baseOffset < 0 || lastOffsetDelta < 0 || baseOffset > Long.MAX_VALUE - 1 - lastOffsetDelta) {
            return flawed("offsets from " + baseOffset + " with a last delta of " + lastOffsetDelta);
        }
        nextPosition = position + RecordBatch.LENGTH_OVERHEAD + length;
        met = true;
        return Step.BATCH;
    }

    private void parse(ByteBuffer bytes, int at) {
        baseOffset = bytes.getLong(at);
        leaderEpoch = bytes.getInt(at + 12);
        storedChecksum = bytes.getInt(at + CRC_AT);
        attributes = bytes.getShort(at + CHECKED_FROM);
        lastOffsetDelta = bytes.getInt(at + 23);
        baseTimestamp = bytes.getLong(at + 27);
        maxTimestamp = bytes.getLong(at + 35);
        producerId = bytes.getLong(at + 43);
        producerEpoch = bytes.getShort(at + 51);
        baseSequence = bytes.getInt(at + 53);
        recordCount = bytes.getInt(at + 57);
    }

    private Step flawed(String what) {
        flaw = what;
        return Step.FLAW;
    }

    /** Whether the limit has been reached. */
    boolean atEnd() {
        return ended;
    }

    /** What is wrong here, after {@link Step#FLAW}. */
    String flaw() {
        return flaw;
    }

    /** An error that names the file and this position. */
    StorageException damaged(String what) {
        return new StorageException(Kind.DAMAGED, file.path(), "damaged at byte " + position + ": " + what);
    }

    /** Reads the batch through: whether its checksum and counts are right. */
    boolean intact() {
        if (recordCount < 0 || recordCount > lastOffsetDelta + 1L || (attributes & 7) > Codec.ZSTD.id()) {
            return false;
        }
        CRC32C crc = new CRC32C();
        long from = position + CHECKED_FROM;
        while (from < nextPosition) {
            int count = (int) Math.min(window.capacity(), nextPosition - from);
            int at = window.load(from, count, limit);
            if (at < 0) {
                return false;
            }
            crc.update(window.bytes().limit(at + count).position(at));
            window.bytes().clear();
            from += count;
        }
        return (int) crc.getValue() == storedChecksum;
    }

    /** The whole batch in memory of its own. */
    RecordBatch read() {
        ByteBuffer bytes = ByteBuffer.allocate(size());
        if (file.read(bytes, position) < size()) {
            throw damaged("the file ends within the batch at offset " + baseOffset);
        }
        ByteBuf whole = Unpooled.wrappedBuffer(bytes.flip());
        return RecordBatch.at(whole);
    }

    /** Where the batch begins in the file. */
    long position() {
        return position;
    }

    /** Where it ends. */
    long endPosition() {
        return nextPosition;
    }

    int size() {
        return (int) (nextPosition - position);
    }

    long baseOffset() {
        return baseOffset;
    }

    long lastOffset() {
        return baseOffset + lastOffsetDelta;
    }

    long nextOffset() {
        return baseOffset + lastOffsetDelta + 1;
    }

    int lastOffsetDelta() {
        return lastOffsetDelta;
    }

    int leaderEpoch() {
        return leaderEpoch;
    }

    /** What the records' timestamps count from, or the delete horizon of a compacted batch (KIP-534). */
    long baseTimestamp() {
        return baseTimestamp;
    }

    /** The latest record's; none if compaction has left no record. */
    long maxTimestamp() {
        return recordCount == 0 ? RecordBatch.NO_TIMESTAMP : maxTimestamp;
    }

    /** When the broker appended the batch, if it sets the time; otherwise {@link Appended#NONE}. */
    long appendTime() {
        return logAppendTime() ? maxTimestamp : Appended.NONE;
    }

    short attributes() {
        return attributes;
    }

    int recordCount() {
        return recordCount;
    }

    boolean logAppendTime() {
        return (attributes & 8) != 0;
    }

    boolean control() {
        return (attributes & 0x20) != 0;
    }

    /** Whether every offset from the first to the last has its record. */
    boolean dense() {
        return recordCount == lastOffsetDelta + 1L;
    }

    long producerId() {
        return producerId;
    }

    short producerEpoch() {
        return producerEpoch;
    }

    int baseSequence() {
        return baseSequence;
    }
}
