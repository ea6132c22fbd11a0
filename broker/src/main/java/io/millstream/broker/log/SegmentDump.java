package io.millstream.broker.log;

import io.millstream.record.Codec;
import io.millstream.record.CorruptBatchException;
import io.millstream.record.Record;
import io.millstream.record.RecordBatch;
import io.millstream.record.RecordIterator;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** Tells of the batches of a segment file, as far as one follows the other. */
final class SegmentDump {

    private static final int PREVIEW_BYTES = 64;
    private static final int TRANSACTIONAL = 0x10;
    private static final int CODEC = 7;

    private final DiskFile file;
    private final LogFileDump.Detail detail;
    private final Consumer<DumpEntry> sink;
    private long nextOffset;

    /** @param baseOffset that the file is named after */
    SegmentDump(DiskFile file, long baseOffset, LogFileDump.Detail detail, Consumer<DumpEntry> sink) {
        this.file = file;
        this.nextOffset = baseOffset;
        this.detail = detail;
        this.sink = sink;
    }

    void run() {
        long size = file.size();
        BatchCursor cursor = new BatchCursor(file, FileWindow.large(file, size), 0, size);
        BatchCursor.Step step = cursor.advance();
        while (step == BatchCursor.Step.BATCH) {
            boolean intact = cursor.intact();
            sink.accept(batch(cursor, intact));
            if (!intact) {
                damage(cursor, "the batch at offset " + cursor.baseOffset() + " fails its checksum");
            } else if (cursor.baseOffset() < nextOffset) {
                damage(cursor, "offset " + cursor.baseOffset() + " where " + nextOffset + " or more is expected");
            }
            if (intact && detail == LogFileDump.Detail.RECORDS) {
                records(cursor);
            }
            nextOffset = Math.max(nextOffset, cursor.nextOffset());
            step = cursor.advance();
        }
        if (step == BatchCursor.Step.FLAW) {
            damage(cursor, cursor.flaw() + "; " + (size - cursor.position()) + " bytes are not read");
        }
    }

    private void damage(BatchCursor cursor, String what) {
        sink.accept(DumpEntry.damage(cursor.position(), what));
    }

    private static DumpEntry batch(BatchCursor batch, boolean intact) {
        return DumpEntry.of(
                "batch",
                "baseOffset",
                batch.baseOffset(),
                "lastOffset",
                batch.lastOffset(),
                "count",
                batch.recordCount(),
                "position",
                batch.position(),
                "size",
                batch.size(),
                "leaderEpoch",
                batch.leaderEpoch(),
                "producerId",
                batch.producerId(),
                "producerEpoch",
                batch.producerEpoch(),
                "baseSequence",
                batch.baseSequence(),
                "baseTimestamp",
                batch.baseTimestamp(),
                "maxTimestamp",
                batch.maxTimestamp(),
                "timestampType",
                batch.logAppendTime() ? "LogAppendTime" : "CreateTime",
                "codec",
                codec(batch.attributes() & CODEC),
                "transactional",
                (batch.attributes() & TRANSACTIONAL) != 0,
                "control",
                batch.control(),
                "crc",
                intact ? "ok" : "bad");
    }

    private static String codec(int id) {
        return id > Codec.ZSTD.id() ? "unknown " + id : Codec.of(id).name().toLowerCase(Locale.ROOT);
    }

    private void records(BatchCursor cursor) {
        RecordBatch batch = cursor.read();
        try (RecordIterator records = batch.records()) {
            while (records.hasNext()) {
                sink.accept(record(records.next()));
            }
        } catch (CorruptBatchException e) {
            damage(cursor, e.getMessage());
        }
    }

    private static DumpEntry record(Record record) {
        List<Map<String, Object>> headers = record.headers().stream()
                .map(header -> DumpEntry.fields(
                        "key", header.key(), "valueSize", size(header.value()), "value", preview(header.value())))
                .toList();
        return DumpEntry.of(
                "record",
                "offset",
                record.offset(),
                "timestamp",
                record.timestamp(),
                "keySize",
                size(record.key()),
                "valueSize",
                size(record.value()),
                "key",
                preview(record.key()),
                "value",
                preview(record.value()),
                "headers",
                headers);
    }

    private static int size(byte[] bytes) {
        return bytes == null ? -1 : bytes.length;
    }

    /** The beginning as text; what no terminal should get is escaped. Null stays null. */
    static String preview(byte[] bytes) {
        if (bytes == null) {
            return null;
        }
        StringBuilder text = new StringBuilder();
        String beginning = new String(bytes, 0, Math.min(bytes.length, PREVIEW_BYTES), StandardCharsets.UTF_8);
        beginning.codePoints().forEach(c -> {
            int type = Character.getType(c);
            boolean printable = c != '\ufffd'
                    && !Character.isISOControl(c)
                    && type != Character.UNASSIGNED
                    && type != Character.FORMAT
                    && type != Character.SURROGATE
                    && type != Character.PRIVATE_USE
                    && type != Character.LINE_SEPARATOR
                    && type != Character.PARAGRAPH_SEPARATOR;
            if (printable) {
                text.appendCodePoint(c);
            } else {
                text.append(String.format("\\u%04x", c));
            }
        });
        return bytes.length > PREVIEW_BYTES ? text.append("...").toString() : text.toString();
    }
}
