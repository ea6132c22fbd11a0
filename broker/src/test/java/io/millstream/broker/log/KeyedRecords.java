package io.millstream.broker.log;

import io.millstream.record.Codec;
import io.millstream.record.Record;
import io.millstream.record.RecordBatch;
import io.millstream.record.RecordBatchBuilder;
import io.millstream.record.RecordIterator;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Records with keys, for logs that are compacted: made, read back, and compacted as a broker would. */
final class KeyedRecords {

    static final Compaction.Memory PLENTY = new Compaction.Memory(1 << 20, 0.9);

    private KeyedRecords() {}

    /** A record; without a value it is a tombstone, without a key it is none of compaction's business. */
    record Keyed(long offset, long timestamp, String key, String value) {

        static Keyed of(String key, String value) {
            return new Keyed(-1, 1_000, key, value);
        }

        Keyed at(long place) {
            return new Keyed(place, timestamp, key, value);
        }

        boolean tombstone() {
            return key != null && value == null;
        }
    }

    static ByteBuf batch(Codec codec, List<Keyed> records) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(codec, TestBatches.HEAP)) {
            return fill(builder, records).build();
        }
    }

    static ByteBuf batch(Codec codec, long producerId, int sequence, List<Keyed> records) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(codec, TestBatches.HEAP)) {
            return fill(builder.producer(producerId, (short) 0, sequence), records)
                    .build();
        }
    }

    private static RecordBatchBuilder fill(RecordBatchBuilder builder, List<Keyed> records) {
        records.forEach(each -> builder.append(each.timestamp, bytes(each.key), bytes(each.value), List.of()));
        return builder;
    }

    private static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    /** Appends one batch of {@code key=value} records, or tombstones of {@code key}. */
    static Appended append(PartitionLog log, String... records) {
        List<Keyed> made = new ArrayList<>();
        for (String each : records) {
            int sign = each.indexOf('=');
            made.add(sign < 0 ? Keyed.of(each, null) : Keyed.of(each.substring(0, sign), each.substring(sign + 1)));
        }
        return log.append(batch(Codec.NONE, made), 3);
    }

    /** The batches from an offset on, each checked. */
    static List<RecordBatch> batches(PartitionLog log, long offset) {
        List<RecordBatch> batches = new ArrayList<>();
        long next = offset;
        while (true) {
            LogSlice slice = log.read(next, 1 << 20, Long.MAX_VALUE, FirstBatch.ALWAYS);
            try {
                if (slice.isEmpty()) {
                    return batches;
                }
                ByteBuf bytes = slice.copy(TestBatches.HEAP);
                for (int index = 0; index < bytes.writerIndex(); ) {
                    RecordBatch batch = RecordBatch.at(bytes, index, bytes.writerIndex());
                    batch.ensureIntact();
                    batches.add(batch);
                    index = batch.endIndex();
                    next = batch.nextOffset();
                }
            } finally {
                slice.release();
            }
        }
    }

    static List<Keyed> records(RecordBatch batch) {
        List<Keyed> all = new ArrayList<>();
        try (RecordIterator records = batch.records()) {
            while (records.hasNext()) {
                Record each = records.next();
                all.add(new Keyed(each.offset(), each.timestamp(), text(each.key()), text(each.value())));
            }
        }
        return all;
    }

    /** Every record from an offset on. */
    static List<Keyed> read(PartitionLog log, long offset) {
        return batches(log, offset).stream()
                .flatMap(batch -> records(batch).stream())
                .filter(each -> each.offset() >= offset)
                .toList();
    }

    /** The records as {@code offset:key=value}. */
    static List<String> show(PartitionLog log) {
        return read(log, log.view().startOffset()).stream()
                .map(each -> each.offset() + ":" + each.key() + "=" + each.value())
                .toList();
    }

    /** Runs a pass, if one is due. */
    static Optional<Compaction.Outcome> compact(PartitionLog log, long upToOffset, Compaction.Memory memory) {
        Optional<Compaction> begun = log.compact(upToOffset, memory);
        begun.ifPresent(pass -> {
            try (pass) {
                while (!pass.done()) {
                    pass.advance();
                }
            }
        });
        return begun.map(Compaction::outcome);
    }

    static LogConfig.Cleanup compacting(long deleteRetentionMillis) {
        return new LogConfig.Cleanup(LogConfig.Policy.COMPACT, deleteRetentionMillis, 0, Long.MAX_VALUE, 0);
    }
}
