package io.millstream.record;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.List;

/**
 * Makes one record batch: append records, then {@link #build}. Offsets count from 0, as a producer sends them; the
 * leader stamps the real ones.
 *
 * <p>Records lie uncompressed until the end, so the size is always known; without a codec they already lie where they
 * belong. Holds a buffer until built or closed. Not for use by several threads.
 */
public final class RecordBatchBuilder implements AutoCloseable {

    private static final int FIRST_CAPACITY = 512;

    /** More than any batch that a broker accepts, and far from where an int overflows. */
    private static final int LARGEST_BYTES = 1 << 30;

    private final Codec codec;
    private final ByteBufAllocator allocator;
    private ByteBuf raw; // header space, then records as they are before compression; null once built or closed

    private int count;
    private long baseTimestamp;
    private long maxTimestamp = RecordBatch.NO_TIMESTAMP;
    private long producerId = RecordBatch.NO_PRODUCER_ID;
    private short producerEpoch = -1;
    private int baseSequence = -1;

    /** @param allocator of the batch, and of what is needed to make it */
    public RecordBatchBuilder(Codec codec, ByteBufAllocator allocator) {
        this.codec = codec;
        this.allocator = allocator;
        this.raw = RecordEncoder.open(codec, allocator, FIRST_CAPACITY);
    }

    /**
     * Makes the batch an idempotent producer's (KIP-98). May be called until {@link #build}, because a producer numbers
     * its batches when it sends them.
     *
     * @param baseSequence of the first record; the others follow, and wrap from 2^31-1 to 0
     */
    public RecordBatchBuilder producer(long id, short epoch, int baseSequence) {
        this.producerId = id;
        this.producerEpoch = epoch;
        this.baseSequence = baseSequence;
        return this;
    }

    /**
     * Appends a record.
     *
     * @param timestamp in ms since the epoch, or {@link RecordBatch#NO_TIMESTAMP}
     * @param key copied; or null
     * @param value copied; or null
     * @param headers copied; may be empty, not null
     * @throws IllegalArgumentException if the batch would become larger than 1 GiB; it stays as it was
     * @throws IllegalStateException if built or closed
     */
    public RecordBatchBuilder append(long timestamp, byte[] key, byte[] value, List<Header> headers) {
        ensureOpen();
        long timestampDelta = count == 0 ? 0 : timestamp - baseTimestamp;
        long body = RecordEncoder.bodySize(timestampDelta, count, key, value, headers);
        if (raw.writerIndex() + body + Varint.MAX_INT_BYTES > LARGEST_BYTES) {
            throw new IllegalArgumentException("A record of " + body + " bytes makes a batch of " + raw.writerIndex()
                    + " bytes larger than " + LARGEST_BYTES);
        }
        if (count == 0) {
            baseTimestamp = timestamp;
        }
        maxTimestamp = Math.max(maxTimestamp, timestamp);
        RecordEncoder.write(raw, (int) body, timestampDelta, count, key, value, headers);
        count++;
        return this;
    }

    /** Bytes of the batch if it were built now without a codec, header included. */
    public int sizeInBytes() {
        ensureOpen();
        return raw.writerIndex();
    }

    /** Most bytes that a record adds before compression: to decide whether it still fits. */
    public int sizeOf(byte[] key, byte[] value, List<Header> headers) {
        long widest = RecordEncoder.bodySize(Long.MIN_VALUE, count, key, value, headers) + Varint.MAX_INT_BYTES;
        return (int) Math.min(widest, Integer.MAX_VALUE);
    }

    /** Records appended so far. */
    public int recordCount() {
        return count;
    }

    /**
     * The batch, with its checksum, base offset 0 and no leader epoch. The caller owns and releases it; this is done.
     *
     * @throws IllegalStateException if empty, built or closed
     */
    public ByteBuf build() {
        ensureOpen();
        if (count == 0) {
            throw new IllegalStateException("A batch without records");
        }
        ByteBuf batch = RecordEncoder.pack(codec, raw, allocator);
        close();
        RecordBatch.writeHeader(batch, this);
        return batch;
    }

    /** Gives up the records, if not built; otherwise nothing. */
    @Override
    public void close() {
        if (raw != null) {
            raw.release();
            raw = null;
        }
    }

    private void ensureOpen() {
        if (raw == null) {
            throw new IllegalStateException("The batch is built or closed");
        }
    }

    Codec codec() {
        return codec;
    }

    long baseTimestamp() {
        return baseTimestamp;
    }

    long maxTimestamp() {
        return maxTimestamp;
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
