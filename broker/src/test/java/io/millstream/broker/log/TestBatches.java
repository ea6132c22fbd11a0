package io.millstream.broker.log;

import io.millstream.record.Codec;
import io.millstream.record.Record;
import io.millstream.record.RecordBatch;
import io.millstream.record.RecordBatchBuilder;
import io.millstream.record.RecordIterator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Makes batches and takes them apart. Buffers are on the heap and need no release. */
final class TestBatches {

    static final ByteBufAllocator HEAP = new UnpooledByteBufAllocator(false);

    private TestBatches() {}

    /** An uncompressed batch of these values, all with one timestamp. */
    static ByteBuf batch(long timestamp, String... values) {
        return batch(Codec.NONE, new long[] {timestamp}, values);
    }

    /** A batch whose records take the timestamps in turn. */
    static ByteBuf batch(Codec codec, long[] timestamps, String... values) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(codec, HEAP)) {
            return fill(builder, timestamps, values).build();
        }
    }

    /** An idempotent producer's batch. */
    static ByteBuf batch(long producerId, int epoch, int sequence, String... values) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(Codec.NONE, HEAP)) {
            builder.producer(producerId, (short) epoch, sequence);
            return fill(builder, new long[] {1_000}, values).build();
        }
    }

    private static RecordBatchBuilder fill(RecordBatchBuilder builder, long[] timestamps, String... values) {
        for (int i = 0; i < values.length; i++) {
            builder.append(
                    timestamps[i % timestamps.length], null, values[i].getBytes(StandardCharsets.UTF_8), List.of());
        }
        return builder;
    }

    /** Batches one after the other. */
    static ByteBuf concat(ByteBuf... batches) {
        return Unpooled.copiedBuffer(batches);
    }

    /** One record, as far as these tests look at it. */
    record Entry(long offset, long timestamp, String value) {}

    /** The records of whole, intact batches. */
    static List<Entry> entries(ByteBuf bytes) {
        List<Entry> entries = new ArrayList<>();
        int index = bytes.readerIndex();
        while (index < bytes.writerIndex()) {
            RecordBatch batch = RecordBatch.at(bytes, index, bytes.writerIndex());
            batch.ensureIntact();
            try (RecordIterator records = batch.records()) {
                while (records.hasNext()) {
                    Record record = records.next();
                    entries.add(new Entry(
                            record.offset(), record.timestamp(), new String(record.value(), StandardCharsets.UTF_8)));
                }
            }
            index = batch.endIndex();
        }
        return entries;
    }
}
