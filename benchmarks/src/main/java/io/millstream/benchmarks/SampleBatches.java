package io.millstream.benchmarks;

import io.millstream.record.Codec;
import io.millstream.record.RecordBatch;
import io.millstream.record.RecordBatchBuilder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Batches as a producer with default settings sends them: 16 KB, uncompressed, in direct memory. */
final class SampleBatches {

    static final int BATCH_BYTES = 16_384;

    /** Of the first record unless told otherwise, in ms; each later one is a millisecond later. */
    static final long FIRST_TIMESTAMP = 1_700_000_000_000L;

    private static final int FIELD_BYTES = 24; // more than a record has besides its key and value

    private final SampleRecords samples;
    private final int valueBytes;
    private final long firstTimestamp;
    private long records;

    SampleBatches(int valueBytes) {
        this(valueBytes, FIRST_TIMESTAMP);
    }

    /** @param firstTimestamp of the first record, in ms */
    SampleBatches(int valueBytes, long firstTimestamp) {
        this.samples = new SampleRecords(valueBytes);
        this.valueBytes = valueBytes;
        this.firstTimestamp = firstTimestamp;
    }

    /** The next batch, of no idempotent producer. */
    ByteBuf plain() {
        return keyed(0);
    }

    /** The next batch; its records take {@code keys} different keys in turn, or none if that is 0. */
    ByteBuf keyed(int keys) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(Codec.NONE, PooledByteBufAllocator.DEFAULT)) {
            return fill(builder, keys);
        }
    }

    /** The next batch of an idempotent producer: its sequences count the records made here. */
    ByteBuf idempotent(long producerId) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(Codec.NONE, PooledByteBufAllocator.DEFAULT)) {
            builder.producer(producerId, (short) 0, (int) records);
            return fill(builder, 0);
        }
    }

    private ByteBuf fill(RecordBatchBuilder builder, int keys) {
        int left = BATCH_BYTES - RecordBatch.HEADER_BYTES;
        do {
            byte[] key = keys == 0 ? null : ("key-" + records % keys).getBytes(StandardCharsets.US_ASCII);
            builder.append(firstTimestamp + records, key, samples.value(records), List.of());
            records++;
            left -= valueBytes + FIELD_BYTES;
        } while (left >= valueBytes + FIELD_BYTES);
        return builder.build();
    }

    /** How many records have been made. */
    long records() {
        return records;
    }
}
