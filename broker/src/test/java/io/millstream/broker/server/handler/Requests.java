package io.millstream.broker.server.handler;

import io.millstream.broker.server.RawClient;
import io.millstream.record.Codec;
import io.millstream.record.Record;
import io.millstream.record.RecordBatch;
import io.millstream.record.RecordBatchBuilder;
import io.millstream.record.RecordIterator;
import io.millstream.wire.ByTopic;
import io.millstream.wire.BytesPayload;
import io.millstream.wire.message.DescribeRanges;
import io.millstream.wire.message.Fetch;
import io.millstream.wire.message.ListOffsets;
import io.millstream.wire.message.Produce;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Requests about partition 0 of a topic, and what is in their answers. */
final class Requests {

    private static final UnpooledByteBufAllocator HEAP = new UnpooledByteBufAllocator(false);

    private Requests() {}

    static ByteBuf batch(long timestamp, String... values) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(Codec.NONE, HEAP)) {
            for (int i = 0; i < values.length; i++) {
                builder.append(timestamp + i, null, values[i].getBytes(StandardCharsets.UTF_8), List.of());
            }
            return builder.build();
        }
    }

    static ByteBuf idempotent(long producerId, int sequence, String value) {
        return idempotent(producerId, 0, sequence, value);
    }

    static ByteBuf idempotent(long producerId, int epoch, int sequence, String value) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(Codec.NONE, HEAP)) {
            builder.producer(producerId, (short) epoch, sequence);
            return builder.append(1_000, null, value.getBytes(StandardCharsets.UTF_8), List.of())
                    .build();
        }
    }

    static Produce.Request produce(int acks, String topic, ByteBuf records) {
        BytesPayload payload = records == null ? null : new BytesPayload(records);
        return new Produce.Request(
                null, (short) acks, 30_000, List.of(new ByTopic<>(topic, List.of(new Produce.Data(0, payload)))));
    }

    static Produce.Result produce(RawClient client, int acks, String topic, ByteBuf records) {
        return only(client.ask(produce(acks, topic, records), Produce.Response.class)
                .topics());
    }

    /** Waits for a byte more, for at most so long. */
    static Fetch.Request fetch(String topic, long offset, int waitMillis) {
        return fetch(topic, offset, new Fetch.Bounds(waitMillis, 1, 1 << 20));
    }

    static Fetch.Request fetch(String topic, long offset, Fetch.Bounds bounds) {
        return fetch(bounds, List.of(new ByTopic<>(topic, List.of(Fetch.Query.consumer(0, -1, offset, 1 << 20)))));
    }

    static Fetch.Request fetch(Fetch.Bounds bounds, List<ByTopic<Fetch.Query>> topics) {
        return new Fetch.Request(
                Fetch.CONSUMER, bounds, Fetch.READ_UNCOMMITTED, new Fetch.Session(0, 0, List.of()), topics, "");
    }

    static Fetch.Data fetch(RawClient client, String topic, long offset) {
        return only(client.ask(fetch(topic, offset, 0), Fetch.Response.class).topics());
    }

    static ListOffsets.Found listOffsets(RawClient client, String topic, long timestamp) {
        return only(client.ask(
                        new ListOffsets.Request(
                                ListOffsets.CONSUMER,
                                (byte) 0,
                                List.of(new ByTopic<>(topic, List.of(new ListOffsets.Query(0, -1, timestamp))))),
                        ListOffsets.Response.class)
                .topics());
    }

    static DescribeRanges.Described describe(RawClient client, String topic, long from, long to, long targetBytes) {
        var range = new DescribeRanges.Range(0, -1, from, to, targetBytes);
        return only(client.ask(
                        new DescribeRanges.Request(List.of(new ByTopic<>(topic, List.of(range)))),
                        DescribeRanges.Response.class)
                .topics());
    }

    static <T> T only(List<ByTopic<T>> topics) {
        return topics.get(0).partitions().get(0);
    }

    /** The values of the records at and after an offset, in whole batches; a batch that is cut is left out. */
    static List<String> values(Fetch.Data data, long from) {
        List<String> values = new ArrayList<>();
        ByteBuf bytes = data.recordBytes();
        for (int index = bytes.readerIndex(); index < bytes.writerIndex(); ) {
            RecordBatch batch = RecordBatch.at(bytes, index, bytes.writerIndex());
            batch.ensureIntact();
            try (RecordIterator records = batch.records()) {
                while (records.hasNext()) {
                    Record record = records.next();
                    if (record.offset() >= from) {
                        values.add(new String(record.value(), StandardCharsets.UTF_8));
                    }
                }
            }
            index = batch.endIndex();
        }
        return values;
    }
}
