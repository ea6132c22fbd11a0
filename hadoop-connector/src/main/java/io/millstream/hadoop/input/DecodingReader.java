package io.millstream.hadoop.input;

import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import org.apache.hadoop.mapreduce.InputSplit;
import org.apache.hadoop.mapreduce.RecordReader;
import org.apache.hadoop.mapreduce.TaskAttemptContext;

/** Decodes what {@link TopicRecordReader} reads. Used by one thread, as Hadoop does. */
final class DecodingReader<V> extends RecordReader<TopicRecord, V> {

    private static final int BYTES_SHOWN = 16;

    private final TopicRecordReader records = new TopicRecordReader();
    private final ValueDecoder<V> decoder;
    private V value;
    private V reuse;

    DecodingReader(ValueDecoder<V> decoder) {
        this.decoder = decoder;
    }

    @Override
    public void initialize(InputSplit split, TaskAttemptContext context) throws IOException {
        decoder.configure(context.getConfiguration());
        records.initialize(split, context);
    }

    @Override
    public boolean nextKeyValue() throws IOException {
        if (!records.nextKeyValue()) {
            value = null;
            return false;
        }
        TopicRecord record = records.getCurrentValue();
        value = record.hasValue() ? decoded(record) : null;
        return true;
    }

    private V decoded(TopicRecord record) throws InputException {
        try {
            reuse = decoder.decode(record, reuse);
            return reuse;
        } catch (IOException | RuntimeException e) {
            throw undecodable(record, e.getMessage(), e);
        } catch (StackOverflowError e) {
            throw undecodable(record, "it is nested too deep", e);
        }
    }

    private static InputException undecodable(TopicRecord record, String why, Throwable cause) {
        return new InputException(
                "Record at offset " + record.offset() + " of " + record.topicPartition()
                        + " cannot be decoded (first bytes " + firstBytes(record.value()) + "): " + why,
                cause);
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
    public V getCurrentValue() {
        return value;
    }

    @Override
    public float getProgress() {
        return records.getProgress();
    }

    @Override
    public void close() throws IOException {
        records.close();
    }
}
