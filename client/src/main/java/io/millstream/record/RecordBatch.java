package io.millstream.record;

import io.millstream.core.Limits;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.OptionalLong;
import java.util.zip.CRC32C;

/**
 * A view of one record batch (format v2). Reads and stamps the header in place; never copies the records.
 *
 * <pre>
 *  0 baseOffset int64          | 21 attributes int16      | 43 producerId int64
 *  8 batchLength int32 (after) | 23 lastOffsetDelta int32 | 51 producerEpoch int16
 * 12 leaderEpoch int32         | 27 baseTimestamp int64   | 53 baseSequence int32
 * 16 magic int8                | 35 maxTimestamp int64    | 57 recordCount int32
 * 17 crc int32 (of 21 to end)  |                          | 61 records, compressed as a whole
 * </pre>
 *
 * <p>Attributes: bits 0 to 2 codec, 3 timestamp type (1: log append time), 4 transactional, 5 control, 6 delete horizon
 * (1: baseTimestamp is the time from which the tombstones may go).
 * A view is as thread safe as its buffer, and lives as long.
 */
public final class RecordBatch {

    /** Bytes before the records. */
    public static final int HEADER_BYTES = 61;

    /** Bytes that {@code batchLength} does not count. */
    public static final int LENGTH_OVERHEAD = 12;

    /** The only format version spoken. */
    public static final byte MAGIC = 2;

    /** Producer id of a batch that no idempotent producer wrote. */
    public static final long NO_PRODUCER_ID = -1;

    /** Timestamp of a record that has none. */
    public static final long NO_TIMESTAMP = -1;

    /** Leader epoch of a batch that no leader has appended yet. */
    public static final int NO_LEADER_EPOCH = -1;

    private static final int BATCH_LENGTH = 8;
    private static final int LEADER_EPOCH = 12;
    private static final int MAGIC_AT = 16;
    private static final int CRC = 17;
    private static final int ATTRIBUTES = 21;
    private static final int LAST_OFFSET_DELTA = 23;
    private static final int BASE_TIMESTAMP = 27;
    private static final int MAX_TIMESTAMP = 35;
    private static final int PRODUCER_ID = 43;
    private static final int PRODUCER_EPOCH = 51;
    private static final int BASE_SEQUENCE = 53;
    private static final int RECORD_COUNT = 57;

    private static final int CODEC_BITS = 0x07;
    private static final int LOG_APPEND_TIME_BIT = 0x08;
    private static final int TRANSACTIONAL_BIT = 0x10;
    private static final int CONTROL_BIT = 0x20;
    private static final int DELETE_HORIZON_BIT = 0x40;

    private final ByteBuf buf;
    private final int start;
    private final int size;

    private RecordBatch(ByteBuf buf, int start, int size) {
        this.buf = buf;
        this.start = start;
        this.size = size;
    }

    /**
     * A view of the batch that starts at {@code index} of {@code buf}. Looks at length and magic only.
     *
     * @param end index after the last byte that may belong to the batch
     * @throws CorruptBatchException if fewer bytes are there than the batch says, or it is not format v2
     */
    public static RecordBatch at(ByteBuf buf, int index, int end) {
        int available = end - index;
        if (available < HEADER_BYTES) {
            throw new CorruptBatchException(available + " bytes are less than a batch header of " + HEADER_BYTES);
        }
        byte magic = buf.getByte(index + MAGIC_AT);
        if (magic != MAGIC) {
            throw new CorruptBatchException("Batch format v" + magic + "; only v" + MAGIC + " is supported");
        }
        int length = buf.getInt(index + BATCH_LENGTH);
        if (length < HEADER_BYTES - LENGTH_OVERHEAD || length > available - LENGTH_OVERHEAD) {
            throw new CorruptBatchException("Batch at offset " + buf.getLong(index) + " says it has " + length
                    + " bytes after its length; " + (available - LENGTH_OVERHEAD) + " are there");
        }
        return new RecordBatch(buf, index, length + LENGTH_OVERHEAD);
    }

    /** Whether the batch at {@code index} ends by {@code end}. The last one of a fetch response may be cut off. */
    public static boolean isWhole(ByteBuf buf, int index, int end) {
        long available = (long) end - index;
        return available >= LENGTH_OVERHEAD && available - LENGTH_OVERHEAD >= buf.getInt(index + BATCH_LENGTH);
    }

    /** Leader epoch of the batch that starts at {@code index}, of which at least the header must be there. */
    public static int leaderEpochAt(ByteBuf buf, int index) {
        return buf.getInt(index + LEADER_EPOCH);
    }

    /** The batch that starts at {@code buf}'s reader index, whatever follows it. */
    public static RecordBatch at(ByteBuf buf) {
        return at(buf, buf.readerIndex(), buf.writerIndex());
    }

    /** Fills the header in front of a batch that lies at {@code buf}'s reader index, and gives it its checksum. */
    static void writeHeader(ByteBuf buf, RecordBatchBuilder from) {
        int start = buf.readerIndex();
        int size = buf.readableBytes();
        buf.setLong(start, 0);
        buf.setInt(start + BATCH_LENGTH, size - LENGTH_OVERHEAD);
        buf.setInt(start + LEADER_EPOCH, NO_LEADER_EPOCH);
        buf.setByte(start + MAGIC_AT, MAGIC);
        buf.setShort(start + ATTRIBUTES, from.codec().id());
        buf.setInt(start + LAST_OFFSET_DELTA, from.recordCount() - 1);
        buf.setLong(start + BASE_TIMESTAMP, from.baseTimestamp());
        buf.setLong(start + MAX_TIMESTAMP, from.maxTimestamp());
        buf.setLong(start + PRODUCER_ID, from.producerId());
        buf.setShort(start + PRODUCER_EPOCH, from.producerEpoch());
        buf.setInt(start + BASE_SEQUENCE, from.baseSequence());
        buf.setInt(start + RECORD_COUNT, from.recordCount());
        buf.setInt(start + CRC, new RecordBatch(buf, start, size).checksum());
    }

    /** Fills the header in front of what is left of {@code original}: what is not said there stays. */
    static void writeHeader(ByteBuf buf, RecordBatch original, BatchRemainder left) {
        int start = buf.readerIndex();
        int size = buf.readableBytes();
        buf.setBytes(start, original.buf, original.start, HEADER_BYTES);
        buf.setInt(start + BATCH_LENGTH, size - LENGTH_OVERHEAD);
        int attributes = (original.attributes() & ~(CODEC_BITS | DELETE_HORIZON_BIT))
                | left.codec().id();
        buf.setShort(start + ATTRIBUTES, left.hasHorizon() ? attributes | DELETE_HORIZON_BIT : attributes);
        buf.setLong(start + BASE_TIMESTAMP, left.baseTimestamp());
        buf.setLong(start + MAX_TIMESTAMP, left.maxTimestamp());
        buf.setInt(start + RECORD_COUNT, left.recordCount());
        buf.setInt(start + CRC, new RecordBatch(buf, start, size).checksum());
    }

    /** Whole length in bytes, header included. */
    public int sizeInBytes() {
        return size;
    }

    /** Index after this batch in the buffer it was made from. */
    public int endIndex() {
        return start + size;
    }

    /** Offset of the first record. */
    public long baseOffset() {
        return buf.getLong(start);
    }

    /** Offset of the last record, inclusive. */
    public long lastOffset() {
        return baseOffset() + lastOffsetDelta();
    }

    /** Offset after the last record. */
    public long nextOffset() {
        return lastOffset() + 1;
    }

    public int lastOffsetDelta() {
        return buf.getInt(start + LAST_OFFSET_DELTA);
    }

    /** Epoch of the leader that appended the batch. */
    public int leaderEpoch() {
        return buf.getInt(start + LEADER_EPOCH);
    }

    /** @throws CorruptBatchException if no codec has the number in the header */
    public Codec codec() {
        int id = attributes() & CODEC_BITS;
        if (id > Codec.ZSTD.id()) {
            throw new CorruptBatchException("Batch at offset " + baseOffset() + " has an unknown codec " + id);
        }
        return Codec.of(id);
    }

    /** Whether the timestamps were set by the broker rather than by the producer. */
    public boolean logAppendTime() {
        return (attributes() & LOG_APPEND_TIME_BIT) != 0;
    }

    public boolean transactional() {
        return (attributes() & TRANSACTIONAL_BIT) != 0;
    }

    public boolean control() {
        return (attributes() & CONTROL_BIT) != 0;
    }

    /**
     * From when on the batch's tombstones may go (KIP-534), in ms since the epoch; empty until compaction has met them. Then
     * it is the {@link #baseTimestamp}, too: the records' deltas count from it.
     */
    public OptionalLong deleteHorizonMillis() {
        return (attributes() & DELETE_HORIZON_BIT) == 0 ? OptionalLong.empty() : OptionalLong.of(baseTimestamp());
    }

    private short attributes() {
        return buf.getShort(start + ATTRIBUTES);
    }

    /** Timestamp that the records' deltas count from, in ms since the epoch. */
    public long baseTimestamp() {
        return buf.getLong(start + BASE_TIMESTAMP);
    }

    /** Largest timestamp of a record, in ms since the epoch, or {@link #NO_TIMESTAMP}. */
    public long maxTimestamp() {
        return buf.getLong(start + MAX_TIMESTAMP);
    }

    /** The idempotent producer, or {@link #NO_PRODUCER_ID}. */
    public long producerId() {
        return buf.getLong(start + PRODUCER_ID);
    }

    public short producerEpoch() {
        return buf.getShort(start + PRODUCER_EPOCH);
    }

    /** Sequence of the first record; the last one's wraps from 2^31-1 to 0. */
    public int baseSequence() {
        return buf.getInt(start + BASE_SEQUENCE);
    }

    public int recordCount() {
        return buf.getInt(start + RECORD_COUNT);
    }

    /**
     * The records, decompressed as they are read, to at most {@link Limits#DECOMPRESSED_BYTES}. Does not look at the
     * checksum: {@link #ensureIntact} does. A control batch's records are markers, not a user's: skip it by {@link #control}.
     *
     * @throws CorruptBatchException if the header contradicts itself or the data does not start well; later, so does the
     *     iterator
     */
    public RecordIterator records() {
        return records(Limits.DECOMPRESSED_BYTES);
    }

    /** The records as in {@link #records()}; compressed ones may expand to {@code maxBytes}. */
    public RecordIterator records(int maxBytes) {
        return new RecordIterator(this, maxBytes);
    }

    /**
     * Checks what the broker relies on: the checksum, that the counts agree with each other, and that the codec is known.
     * Base offset, leader epoch, magic and length are outside the checksum; a changed length does not pass either, a
     * changed magic is refused by {@link #at}, but offset and epoch can only be judged by who knows what they should be.
     *
     * @throws CorruptBatchException naming what is wrong
     */
    public void ensureIntact() {
        int stored = buf.getInt(start + CRC);
        int computed = checksum();
        if (stored != computed) {
            throw new CorruptBatchException(String.format(
                    "Batch at offset %d has checksum %08x; its bytes give %08x", baseOffset(), stored, computed));
        }
        ensureCountsAgree();
        codec();
    }

    /** A batch may have fewer records than offsets (compaction), never more. */
    void ensureCountsAgree() {
        long offsets = lastOffsetDelta() + 1L;
        if (offsets < 1 || recordCount() < 0 || recordCount() > offsets) {
            throw new CorruptBatchException("Batch at offset " + baseOffset() + " has " + recordCount()
                    + " records and a last offset delta of " + lastOffsetDelta());
        }
    }

    /** Never touches the buffer's indexes or its cached NIO view, so threads that share the buffer may do this at once. */
    private int checksum() {
        CRC32C crc = new CRC32C();
        int from = start + ATTRIBUTES;
        int length = size - ATTRIBUTES;
        if (buf.hasArray()) {
            crc.update(buf.array(), buf.arrayOffset() + from, length);
        } else if (buf.nioBufferCount() == 1) {
            crc.update(buf.nioBuffer(from, length));
        } else {
            for (ByteBuffer piece : buf.nioBuffers(from, length)) {
                crc.update(piece);
            }
        }
        return (int) crc.getValue();
    }

    /** Sets where the batch lies in its partition. Outside the checksum, so it stays valid. */
    public void stamp(long baseOffset, int leaderEpoch) {
        buf.setLong(start, baseOffset);
        buf.setInt(start + LEADER_EPOCH, leaderEpoch);
    }

    /** Makes {@code millis} every record's timestamp ({@code message.timestamp.type=LogAppendTime}); renews the checksum. */
    public void stampLogAppendTime(long millis) {
        buf.setShort(start + ATTRIBUTES, attributes() | LOG_APPEND_TIME_BIT);
        buf.setLong(start + MAX_TIMESTAMP, millis);
        buf.setInt(start + CRC, checksum());
    }

    /**
     * Makes the batch an idempotent producer's, and gives it its checksum anew: what was built without one is numbered when it
     * is sent.
     *
     * @param baseSequence of the first record; the others follow, and wrap from 2^31-1 to 0
     */
    public void stampProducer(long id, short epoch, int baseSequence) {
        buf.setLong(start + PRODUCER_ID, id);
        buf.setShort(start + PRODUCER_EPOCH, epoch);
        buf.setInt(start + BASE_SEQUENCE, baseSequence);
        buf.setInt(start + CRC, checksum());
    }

    /** The whole batch, header included, as a slice that shares and does not retain the buffer. */
    public ByteBuf bytes() {
        return buf.slice(start, size);
    }

    /** The records as they lie there, compressed or not, as a slice that shares and does not retain the buffer. */
    ByteBuf body() {
        return buf.slice(start + HEADER_BYTES, size - HEADER_BYTES);
    }

    @Override
    public String toString() {
        return "RecordBatch[" + baseOffset() + ".." + lastOffset() + ", " + size + " bytes]";
    }
}
