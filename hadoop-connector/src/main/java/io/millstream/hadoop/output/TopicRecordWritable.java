package io.millstream.hadoop.output;

import io.millstream.record.Header;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.io.Writable;
import org.apache.hadoop.io.WritableUtils;

/**
 * A record to be written, with all that can be said of it. Given as the output's key it names topic, partition, key, timestamp and
 * headers; the value is the output's, or this one's own where that is null or a {@code NullWritable}.
 *
 * <p>To be filled anew for each record. The arrays are not copied: leave them alone until the record is written. Not for use by
 * several threads.
 */
public final class TopicRecordWritable implements Writable {

    /** The key decides the partition; without a key, nobody in particular. */
    public static final int ANY_PARTITION = -1;

    /** The time at which the record is written. */
    public static final long NOW = -1;

    private static final int NULL_LENGTH = -1;
    private static final int MAX_BYTES = 64 << 20;
    private static final int MAX_HEADERS = 10_000;

    private String topic = "";
    private int partition = ANY_PARTITION;
    private long timestamp = NOW;
    private byte[] key;
    private byte[] value;
    private List<Header> headers = List.of();

    /** An empty record, for Hadoop, and to be filled. */
    public TopicRecordWritable() {}

    /** A record of this topic whose key decides its partition; both may be null. */
    public TopicRecordWritable(String topic, byte[] key, byte[] value) {
        set(topic, key, value);
    }

    /** Makes this another record, without partition, timestamp and headers. */
    public TopicRecordWritable set(String ofTopic, byte[] newKey, byte[] newValue) {
        topic = ofTopic;
        key = newKey;
        value = newValue;
        partition = ANY_PARTITION;
        timestamp = NOW;
        headers = List.of();
        return this;
    }

    /** Names the partition, from 0, or {@link #ANY_PARTITION}. */
    public TopicRecordWritable to(int number) {
        partition = number;
        return this;
    }

    /** Gives the time, in ms since the epoch, or {@link #NOW}. */
    public TopicRecordWritable at(long millis) {
        timestamp = millis;
        return this;
    }

    /** Gives the headers, in this order. */
    public TopicRecordWritable with(List<Header> these) {
        headers = List.copyOf(these);
        return this;
    }

    public String topic() {
        return topic;
    }

    /** From 0; negative if it is left open. */
    public int partition() {
        return partition;
    }

    /** In ms since the epoch; negative if it is left open. */
    public long timestamp() {
        return timestamp;
    }

    /** The bytes, or null. */
    public byte[] key() {
        return key;
    }

    /** The bytes, or null. */
    public byte[] value() {
        return value;
    }

    /** Unmodifiable; never null. */
    public List<Header> headers() {
        return headers;
    }

    @Override
    public void write(DataOutput out) throws IOException {
        Text.writeString(out, topic);
        WritableUtils.writeVInt(out, partition);
        WritableUtils.writeVLong(out, timestamp);
        writeNullable(out, key);
        writeNullable(out, value);
        WritableUtils.writeVInt(out, headers.size());
        for (Header header : headers) {
            Text.writeString(out, header.key());
            writeNullable(out, header.value());
        }
    }

    @Override
    public void readFields(DataInput in) throws IOException {
        topic = Text.readString(in);
        partition = WritableUtils.readVInt(in);
        timestamp = WritableUtils.readVLong(in);
        key = readNullable(in);
        value = readNullable(in);
        int count = WritableUtils.readVIntInRange(in, 0, MAX_HEADERS);
        List<Header> read = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            read.add(new Header(Text.readString(in), readNullable(in)));
        }
        headers = List.copyOf(read);
    }

    private static void writeNullable(DataOutput out, byte[] bytes) throws IOException {
        WritableUtils.writeVInt(out, bytes == null ? NULL_LENGTH : bytes.length);
        if (bytes != null) {
            out.write(bytes);
        }
    }

    private static byte[] readNullable(DataInput in) throws IOException {
        int length = WritableUtils.readVIntInRange(in, NULL_LENGTH, MAX_BYTES);
        if (length == NULL_LENGTH) {
            return null;
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return bytes;
    }
}
