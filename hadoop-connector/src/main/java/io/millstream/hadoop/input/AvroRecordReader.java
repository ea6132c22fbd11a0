package io.millstream.hadoop.input;

import io.millstream.schemas.serde.UndecodableException;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import org.apache.avro.generic.GenericRecord;
import org.apache.hadoop.mapreduce.InputSplit;
import org.apache.hadoop.mapreduce.RecordReader;
import org.apache.hadoop.mapreduce.TaskAttemptContext;

/** Decodes what {@link TopicRecordReader} reads. Used by one thread, as Hadoop does. */
final class AvroRecordReader extends RecordReader<TopicRecord, GenericRecord> {

    private static final int BYTES_SHOWN = 16;

    private final TopicRecordReader records = new TopicRecordReader();
    private final PinnedSchemas.Decoders decoders;
    private GenericRecord value;

    AvroRecordReader(PinnedSchemas schemas) {
        this.decoders = schemas.decoders();
    }

    @Override
    public void initialize(InputSplit split, TaskAttemptContext context) throws IOException {
        records.initialize(split, context);
    }

    @Override
    public boolean nextKeyValue() throws IOException {
        if (!records.nextKeyValue()) {
            value = null;
            return false;
        }
        TopicRecord record = records.getCurrentValue();
        value = record.value() == null ? null : decoded(record);
        return true;
    }

    private GenericRecord decoded(TopicRecord record) throws InputException {
        try {
            return decoders.of(record.topic()).deserialize(record.value());
        } catch (UndecodableException e) {
            throw new InputException(
                    "Record at offset " + record.offset() + " of " + record.topicPartition()
                            + " is not Avro as expected (" + e.reason() + ", first bytes " + firstBytes(record.value())
                            + "): " + e.getMessage(),
                    e);
        }
    }

    private static String firstBytes(byte[] value) {
        byte[] shown = Arrays.copyOf(value, Math.min(BYTES_SHOWN, value.length));
        return HexFormat.of().formatHex(shown);
    }

    @Override
    public TopicRecord getCurrentKey() {
        return records.getCurrentValue();
    }

    @Override
    public GenericRecord getCurrentValue() {
        return value;
    }

    @Override
    public float getProgress() {
        return records.getProgress();
    }

    @Override
    public void close() {
        records.close();
    }
}
