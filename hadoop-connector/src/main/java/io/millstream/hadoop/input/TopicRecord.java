package io.millstream.hadoop.input;

import io.millstream.core.TopicPartition;
import io.millstream.record.Header;
import io.millstream.record.Record;
import io.millstream.record.RecordSlice;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.io.BytesWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.io.Writable;
import org.apache.hadoop.io.WritableUtils;

/**
 * A record and where it lies, as a job's mapper gets it. The reader hands out one object again and again, as Hadoop's
 * readers do; arrays that it gave are not used again. Not for use by several threads.
 */
public final class TopicRecord implements Writable {

    private static final int NULL_LENGTH = -1;
    private static final byte[] NOTHING = new byte[0];

    private TopicPartition partition;
    private RecordSlice slice; // null if the record was given whole
    private Record record; // null until somebody wants it whole
    private byte[] key; // copies of the slice's, once wanted
    private byte[] value;

    /** For Hadoop, which calls {@link #readFields} next. Until then every other method fails. */
    public TopicRecord() {}

    /** A record of a partition. */
    public TopicRecord(TopicPartition partition, Record record) {
        set(partition, record);
    }

    /** Makes this another record. */
    public void set(TopicPartition ofPartition, Record to) {
        partition = ofPartition;
        record = to;
        slice = null;
        key = null;
        value = null;
    }

    /** Makes this another record, of which nothing is copied before it is asked for. */
    void set(TopicPartition ofPartition, RecordSlice to) {
        partition = ofPartition;
        record = null;
        slice = to;
        key = null;
        value = null;
    }

    /** The record itself. */
    public Record record() {
        if (record == null) {
            record = new Record(offset(), timestamp(), key(), value(), headers());
        }
        return record;
    }

    /** Where the record lies. */
    public TopicPartition topicPartition() {
        return partition;
    }

    /** The topic's name. */
    public String topic() {
        return partition.topic().value();
    }

    /** The partition's number. */
    public int partition() {
        return partition.partition();
    }

    /** Its place in the partition. */
    public long offset() {
        return slice == null ? record.offset() : slice.offset();
    }

    /** In ms since the epoch, or -1 if it has none. */
    public long timestamp() {
        return slice == null ? record.timestamp() : slice.timestamp();
    }

    /** The key's bytes, or null. */
    public byte[] key() {
        if (slice == null) {
            return record.key();
        }
        if (key == null) {
            key = slice.key();
        }
        return key;
    }

    /** The value's bytes, or null for a tombstone. */
    public byte[] value() {
        if (slice == null) {
            return record.value();
        }
        if (value == null) {
            value = slice.value();
        }
        return value;
    }

    /** Whether there is a value: whether this is no tombstone. */
    public boolean hasValue() {
        return valueLength() >= 0;
    }

    /** Length of the key in bytes; -1 if there is none. */
    public int keyLength() {
        return slice == null ? length(record.key()) : slice.keyLength();
    }

    /** Length of the value in bytes; -1 for a tombstone. */
    public int valueLength() {
        return slice == null ? length(record.value()) : slice.valueLength();
    }

    private static int length(byte[] bytes) {
        return bytes == null ? NULL_LENGTH : bytes.length;
    }

    /** Copies the value into memory of yours, without garbage; as if it were empty if there is none. */
    public void copyValue(BytesWritable into) {
        if (slice == null) {
            into.set(orEmpty(record.value()), 0, Math.max(0, valueLength()));
        } else {
            into.set(slice.array(), slice.valueStart(), Math.max(0, valueLength()));
        }
    }

    /** As {@link #copyValue(BytesWritable)}; whether the bytes are UTF-8 is not checked. */
    public void copyValue(Text into) {
        if (slice == null) {
            into.set(orEmpty(record.value()), 0, Math.max(0, valueLength()));
        } else {
            into.set(slice.array(), slice.valueStart(), Math.max(0, valueLength()));
        }
    }

    private static byte[] orEmpty(byte[] bytes) {
        return bytes == null ? NOTHING : bytes;
    }

    /** In the producer's order; unmodifiable, never null. */
    public List<Header> headers() {
        return slice == null ? record.headers() : slice.headers();
    }

    @Override
    public void write(DataOutput out) throws IOException {
        Text.writeString(out, topic());
        WritableUtils.writeVInt(out, partition());
        WritableUtils.writeVLong(out, offset());
        WritableUtils.writeVLong(out, timestamp());
        writeNullable(out, key());
        writeNullable(out, value());
        WritableUtils.writeVInt(out, headers().size());
        for (Header header : headers()) {
            Text.writeString(out, header.key());
            writeNullable(out, header.value());
        }
    }

    @Override
    public void readFields(DataInput in) throws IOException {
        TopicPartition from = new TopicPartition(Text.readString(in), WritableUtils.readVInt(in));
        long offset = WritableUtils.readVLong(in);
        long timestamp = WritableUtils.readVLong(in);
        byte[] key = readNullable(in);
        byte[] value = readNullable(in);
        List<Header> headers = new ArrayList<>();
        for (int left = WritableUtils.readVInt(in); left > 0; left--) {
            headers.add(new Header(Text.readString(in), readNullable(in)));
        }
        set(from, new Record(offset, timestamp, key, value, List.copyOf(headers)));
    }

    private static void writeNullable(DataOutput out, byte[] bytes) throws IOException {
        WritableUtils.writeVInt(out, bytes == null ? NULL_LENGTH : bytes.length);
        if (bytes != null) {
            out.write(bytes);
        }
    }

    private static byte[] readNullable(DataInput in) throws IOException {
        int length = WritableUtils.readVInt(in);
        if (length == NULL_LENGTH) {
            return null;
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return bytes;
    }

    @Override
    public String toString() {
        return partition + " " + record();
    }
}
