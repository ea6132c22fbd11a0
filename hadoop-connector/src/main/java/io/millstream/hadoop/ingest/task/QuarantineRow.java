package io.millstream.hadoop.ingest.task;

import io.millstream.record.Header;
import io.millstream.record.Record;
import io.millstream.record.RecordBatch;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.IndexedRecord;

/** A record that could not be decoded, as a row of a quarantine file: everything it came with, unchanged. */
final class QuarantineRow {

    static final Schema SCHEMA = readSchema();
    private static final Schema HEADER = SCHEMA.getField("headers").schema().getElementType();

    private QuarantineRow() {}

    private static Schema readSchema() {
        try (InputStream text = QuarantineRow.class.getResourceAsStream("QuarantinedRecord.avsc")) {
            return new Schema.Parser().parse(text);
        } catch (IOException e) {
            throw new UncheckedIOException("QuarantinedRecord.avsc is not in the jar", e);
        }
    }

    static IndexedRecord of(String topic, int partition, Record record, String reason) {
        GenericRecord row = new GenericData.Record(SCHEMA);
        row.put("topic", topic);
        row.put("partition", partition);
        row.put("offset", record.offset());
        row.put("timestamp", record.timestamp() == RecordBatch.NO_TIMESTAMP ? null : record.timestamp());
        row.put("key", bytes(record.key()));
        row.put("value", bytes(record.value()));
        List<GenericRecord> headers = new ArrayList<>();
        for (Header header : record.headers()) {
            GenericRecord entry = new GenericData.Record(HEADER);
            entry.put("key", header.key());
            entry.put("value", bytes(header.value()));
            headers.add(entry);
        }
        row.put("headers", headers);
        row.put("reason", reason);
        return row;
    }

    private static ByteBuffer bytes(byte[] bytes) {
        return bytes == null ? null : ByteBuffer.wrap(bytes);
    }
}
