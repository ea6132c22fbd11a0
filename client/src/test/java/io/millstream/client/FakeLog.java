package io.millstream.client;

import io.millstream.record.Codec;
import io.millstream.record.RecordBatch;
import io.millstream.record.RecordBatchBuilder;
import io.millstream.wire.BytesPayload;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.Fetch;
import io.millstream.wire.message.ListOffsets;
import io.millstream.wire.message.Produce;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One partition's log in memory, with producer deduplication. Any of its batches can be damaged or taken out. */
final class FakeLog {

    private record Stored(long base, int sequence, int count) {}

    private final List<ByteBuf> batches = new ArrayList<>();
    private final Map<Long, Stored> lastOfProducer = new HashMap<>();
    private long start;
    private long end;

    /** A batch of {@code count} records "v<offset>", each at a timestamp equal to its offset. */
    synchronized FakeLog appendRecords(int count, Codec codec) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(codec, UnpooledByteBufAllocator.DEFAULT)) {
            for (int i = 0; i < count; i++) {
                builder.append(end + i, null, value(end + i), List.of());
            }
            store(builder.build());
        }
        return this;
    }

    static byte[] value(long offset) {
        return ("v" + offset).getBytes(StandardCharsets.UTF_8);
    }

    private void store(ByteBuf batch) {
        RecordBatch view = RecordBatch.at(batch);
        view.stamp(end, 0);
        end = view.nextOffset();
        batches.add(Unpooled.copiedBuffer(batch));
        batch.release();
    }

    /** Takes a batch out, as compaction would. */
    synchronized FakeLog remove(int index) {
        batches.remove(index);
        return this;
    }

    /** The bytes of a batch, to be damaged. */
    synchronized ByteBuf batch(int index) {
        return batches.get(index);
    }

    synchronized FakeLog startAt(long offset) {
        start = offset;
        return this;
    }

    synchronized long end() {
        return end;
    }

    synchronized List<RecordBatch> stored() {
        return batches.stream().map(RecordBatch::at).toList();
    }

    synchronized Fetch.Data fetch(Fetch.Query query) {
        if (query.offset() < start || query.offset() > end) {
            return Fetch.Data.failed(query.partition(), ErrorCode.OFFSET_OUT_OF_RANGE);
        }
        ByteBuf records = Unpooled.buffer();
        for (ByteBuf each : batches) {
            if (RecordBatch.at(each).lastOffset() < query.offset()) {
                continue;
            }
            int room = query.maxBytes() - records.readableBytes();
            if (records.isReadable() && each.readableBytes() > room) {
                records.writeBytes(each, each.readerIndex(), Math.max(0, room)); // brokers cut the last one off
                break;
            }
            records.writeBytes(each, each.readerIndex(), each.readableBytes());
        }
        return data(query.partition(), records);
    }

    synchronized Fetch.Data data(int partition, ByteBuf records) {
        return new Fetch.Data(
                partition, ErrorCode.NONE, end, end, start, null, Fetch.NO_REPLICA, new BytesPayload(records));
    }

    synchronized ListOffsets.Found find(ListOffsets.Query query) {
        long offset;
        if (query.timestamp() == ListOffsets.EARLIEST) {
            offset = start;
        } else if (query.timestamp() == ListOffsets.LATEST) {
            offset = end;
        } else {
            offset = query.timestamp() < end ? Math.max(start, query.timestamp()) : -1; // timestamps are offsets here
        }
        return new ListOffsets.Found(query.partition(), ErrorCode.NONE, Math.max(offset, -1), offset, 0);
    }

    synchronized Produce.Result append(Produce.Data data) {
        ByteBuf bytes = data.records().bytes();
        RecordBatch batch = RecordBatch.at(bytes);
        batch.ensureIntact();
        Stored last = lastOfProducer.get(batch.producerId());
        int expected = last == null ? batch.baseSequence() : last.sequence + last.count;
        if (last != null && batch.baseSequence() == last.sequence) {
            return Produce.Result.appended(data.partition(), last.base, Produce.NONE, start);
        }
        if (batch.baseSequence() != expected) {
            return Produce.Result.failed(data.partition(), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER, null);
        }
        long base = end;
        lastOfProducer.put(batch.producerId(), new Stored(base, batch.baseSequence(), batch.recordCount()));
        store(Unpooled.copiedBuffer(bytes));
        return Produce.Result.appended(data.partition(), base, Produce.NONE, start);
    }
}
