package io.millstream.hadoop.input;

import io.millstream.core.TopicPartition;
import io.millstream.record.Header;
import io.millstream.record.Record;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.io.Writable;
import org.apache.hadoop.io.WritableUtils;

/**
 * A record and where it lies, as a job's mapper gets it. The reader hands out one object again and again, as Hadoop's
 * readers do; the arrays in it are not used again. Not for use by several threads.
 */
public final class TopicRecord implements Writable {

    private static final int NULL_LENGTH = -1;

    private TopicPartition partition;
    private Record record;

    /** For Hadoop, which calls {@link #readFields} next. Until then every other method fails. */
    public TopicRecord() {}

    /** A record of a partition. */
    public TopicRecord(TopicPartition partition, Record record) {
        set(partition, record);
    }

    /** Makes this another record. */
    public void set(TopicPartition ofPartition, Record to) {
        this.partition = ofPartition;
        this.record = to;
    }

    /** The record itself. */
    public Record record() {
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
        return record.offset();
    }

    /** In ms since the epoch, or -1 if it has none. */
    public long timestamp() {
        return record.timestamp();
    }

    /** The key's bytes, or null. */
    public byte[] key() {
        return record.key();
    }

    /** The value's bytes, or null for a tombstone. */
    public byte[] value() {
        return record.value();
    }

    /** In the producer's order; unmodifiable, never null. */
    public List<Header> headers() {
        return record.headers();
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
        return partition + " " + record;
    }
}
