package io.millstream.hadoop.ingest.task;

import io.millstream.core.TopicName;
import io.millstream.hadoop.ingest.document.FileKind;
import io.millstream.hadoop.ingest.document.HourFolder;
import io.millstream.hadoop.ingest.storage.TargetLayout;
import io.millstream.record.Record;
import io.millstream.schemas.serde.AvroDeserializer;
import io.millstream.schemas.serde.UndecodableException;
import java.io.IOException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.IndexedRecord;

/** Takes the records of one topic: decodes each and writes it to the file of its hour, or as it is to quarantine. */
final class TopicSink {

    private final String topic;
    private final Schema schema;
    private final TimeBasis time;
    private final AvroDeserializer<GenericRecord> decoder;
    private final RowFiles files;
    private final FileTarget quarantine;
    private long hour;
    private RowFile hourFile;

    TopicSink(String topic, Schema schema, TimeBasis time, AvroDeserializer<GenericRecord> decoder, RowFiles files) {
        this.topic = topic;
        this.schema = schema;
        this.time = time;
        this.decoder = decoder;
        this.files = files;
        this.quarantine = new FileTarget(
                FileKind.QUARANTINE, topic, TargetLayout.quarantineFolder(new TopicName(topic)), QuarantineRow.SCHEMA);
    }

    /**
     * Takes a record.
     *
     * @throws UndecodableException if it cannot be decoded; nothing was written
     */
    void accept(int partition, Record record) throws UndecodableException, IOException {
        IndexedRecord row = decoder.deserialize(record.value());
        long millis = time.millis(record, row);
        long rowHour = millis == HourFolder.NO_TIME ? HourFolder.NO_HOUR : HourFolder.hour(millis);
        if (hourFile == null || rowHour != hour) {
            hour = rowHour;
            hourFile = files.file(new FileTarget(FileKind.DATA, topic, folder(rowHour), schema));
        }
        hourFile.write(partition, record.offset(), row);
        wrote(record.value().length);
    }

    /** Writes a record as it came. */
    void quarantine(int partition, Record record, String reason) throws IOException {
        // This may end the hour's file to make room, so that file is looked up again.
        hourFile = null;
        files.file(quarantine).write(partition, record.offset(), QuarantineRow.of(topic, partition, record, reason));
        wrote(size(record.key()) + size(record.value()));
    }

    private void wrote(long bytes) throws IOException {
        if (files.wrote(bytes)) {
            hourFile = null;
        }
    }

    /** Tells that another topic's file was asked for, which may have ended this topic's. */
    void pause() {
        hourFile = null;
    }

    private String folder(long rowHour) {
        return TargetLayout.hourFolder(new TopicName(topic), HourFolder.of(rowHour));
    }

    private static long size(byte[] bytes) {
        return bytes == null ? 0 : bytes.length;
    }
}
