package io.millstream.record;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * Makes a batch anew with some of its records: what compaction leaves of it. Offsets, leader's epoch, producer, sequence,
 * codec and kind of timestamp stay, so that readers, followers and the producer's next attempt find what they expect.
 *
 * <p>Holds a buffer until built or closed. Not for use by several threads.
 */
public final class BatchRemainder implements AutoCloseable {

    private static final int FIRST_CAPACITY = 4096;

    /** More than any batch that a broker accepts, and far from where an int overflows. */
    private static final int LARGEST_BYTES = 1 << 30;

    private final RecordBatch original;
    private final ByteBufAllocator allocator;
    private final boolean horizon;
    private final long baseTimestamp;

    private ByteBuf raw; // header space, then records as they are before compression; null once built or closed
    private int count;
    private long maxTimestamp = RecordBatch.NO_TIMESTAMP;

    private BatchRemainder(RecordBatch original, boolean horizon, long baseTimestamp, ByteBufAllocator allocator) {
        this.original = original;
        this.horizon = horizon;
        this.baseTimestamp = baseTimestamp;
        this.allocator = allocator;
        this.raw = RecordEncoder.open(original.codec(), allocator, FIRST_CAPACITY);
    }

    /**
     * A batch without records yet, whose delete horizon is the original's, if that has one.
     *
     * @param original must stay as it is until this is built
     * @param allocator of the batch, and of what is needed to make it
     */
    public static BatchRemainder of(RecordBatch original, ByteBufAllocator allocator) {
        return new BatchRemainder(
                original, original.deleteHorizonMillis().isPresent(), original.baseTimestamp(), allocator);
    }

    /**
     * A batch without records yet, whose tombstones may go after a certain time (KIP-534).
     *
     * @param deleteHorizonMillis in ms since the epoch
     */
    public static BatchRemainder withDeleteHorizon(
            RecordBatch original, long deleteHorizonMillis, ByteBufAllocator allocator) {
        // The horizon takes the base timestamp's place: the records' deltas count from it.
        return new BatchRemainder(original, true, deleteHorizonMillis, allocator);
    }

    /**
     * Appends one of the original's records; in their order.
     *
     * @throws IllegalArgumentException if it is not one of them, or not behind the last
     * @throws IllegalStateException if built or closed
     */
    public BatchRemainder append(Record record) {
        ensureOpen();
        long offsetDelta = record.offset() - original.baseOffset();
        if (offsetDelta < 0 || offsetDelta > original.lastOffsetDelta()) {
            throw new IllegalArgumentException("Offset " + record.offset() + " is not in " + original);
        }
        long timestampDelta = record.timestamp() - baseTimestamp;
        long body = RecordEncoder.bodySize(
                timestampDelta, (int) offsetDelta, record.key(), record.value(), record.headers());
        if (raw.writerIndex() + body + Varint.MAX_INT_BYTES > LARGEST_BYTES) {
            throw new IllegalArgumentException("What is left of " + original + " is larger than " + LARGEST_BYTES);
        }
        RecordEncoder.write(
                raw, (int) body, timestampDelta, (int) offsetDelta, record.key(), record.value(), record.headers());
        maxTimestamp = Math.max(maxTimestamp, record.timestamp());
        count++;
        return this;
    }

    /**
     * The batch, with its checksum. One without records is uncompressed and has no horizon. The caller owns and releases
     * it; this is done.
     *
     * @throws IllegalStateException if built or closed
     */
    public ByteBuf build() {
        ensureOpen();
        ByteBuf batch = RecordEncoder.pack(codec(), raw, allocator);
        close();
        RecordBatch.writeHeader(batch, original, this);
        return batch;
    }

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
        return count == 0 ? Codec.NONE : original.codec();
    }

    int recordCount() {
        return count;
    }

    boolean hasHorizon() {
        return horizon && count > 0;
    }

    long baseTimestamp() {
        return count == 0 ? RecordBatch.NO_TIMESTAMP : baseTimestamp;
    }

    /** The broker's time is the batch's, whatever is left; the producer's is that of the latest record. */
    long maxTimestamp() {
        return original.logAppendTime() ? original.maxTimestamp() : maxTimestamp;
    }
}
