package io.millstream.record;

import java.util.Arrays;
import java.util.List;

/**
 * One record where it lies, without a copy: what a reader fills again and again. Good until it is filled with the next
 * one; {@link #toRecord} copies what must live longer. Not for use by several threads.
 */
public final class RecordSlice {

    private static final int NULL = -1;
    private static final byte[] NOTHING = new byte[0];

    private long offset;
    private long timestamp;
    private byte[] bytes = NOTHING;
    private int keyAt;
    private int keyLength = NULL;
    private int valueAt;
    private int valueLength = NULL;
    private List<Header> headers = List.of();

    /** An empty one, to be filled. */
    public RecordSlice() {}

    void place(long newOffset, long newTimestamp) {
        offset = newOffset;
        timestamp = newTimestamp;
    }

    void key(int at, int length) {
        keyAt = at;
        keyLength = length;
    }

    void value(int at, int length) {
        valueAt = at;
        valueLength = length;
    }

    void rest(byte[] array, List<Header> newHeaders) {
        bytes = array;
        headers = newHeaders;
    }

    /** Its place in the partition. */
    public long offset() {
        return offset;
    }

    /** In ms since the epoch, or {@link RecordBatch#NO_TIMESTAMP}. */
    public long timestamp() {
        return timestamp;
    }

    /** What key and value lie in; not to be changed. */
    public byte[] array() {
        return bytes;
    }

    /** Index of the key's first byte. */
    public int keyStart() {
        return keyAt;
    }

    /** Length of the key in bytes; -1 if there is none. */
    public int keyLength() {
        return keyLength;
    }

    /** Index of the value's first byte. */
    public int valueStart() {
        return valueAt;
    }

    /** Length of the value in bytes; -1 for a tombstone. */
    public int valueLength() {
        return valueLength;
    }

    /** A copy of the key; null if there is none. */
    public byte[] key() {
        return copy(keyAt, keyLength);
    }

    /** A copy of the value; null for a tombstone. */
    public byte[] value() {
        return copy(valueAt, valueLength);
    }

    private byte[] copy(int at, int length) {
        return length == NULL ? null : Arrays.copyOfRange(bytes, at, at + length);
    }

    /** In the producer's order; unmodifiable, never null. These are not filled again. */
    public List<Header> headers() {
        return headers;
    }

    /** A copy that lives on. */
    public Record toRecord() {
        return new Record(offset, timestamp, key(), value(), headers);
    }
}
