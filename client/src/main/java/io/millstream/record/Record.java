package io.millstream.record;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * One record of a partition.
 *
 * @param offset its place in the partition
 * @param timestamp in ms since the epoch, or {@link RecordBatch#NO_TIMESTAMP}
 * @param key the bytes, not copied: do not change them; null if the record has no key
 * @param value the bytes, not copied: do not change them; null for a tombstone
 * @param headers in the producer's order, unmodifiable; empty if there are none, never null
 */
@SuppressWarnings("JavaLangClash") // the word of the trade; nothing here extends or names java.lang.Record
public record Record(long offset, long timestamp, byte[] key, byte[] value, List<Header> headers) {

    /** @throws NullPointerException if the headers are null */
    public Record {
        Objects.requireNonNull(headers, "headers");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Record that
                && offset == that.offset
                && timestamp == that.timestamp
                && Arrays.equals(key, that.key)
                && Arrays.equals(value, that.value)
                && headers.equals(that.headers);
    }

    @Override
    public int hashCode() {
        int hash = Long.hashCode(offset);
        hash = 31 * hash + Long.hashCode(timestamp);
        hash = 31 * hash + Arrays.hashCode(key);
        hash = 31 * hash + Arrays.hashCode(value);
        return 31 * hash + headers.hashCode();
    }

    @Override
    public String toString() {
        return "Record[offset " + offset + ", timestamp " + timestamp + ", key " + size(key) + ", value " + size(value)
                + ", headers " + headers + "]";
    }

    private static String size(byte[] bytes) {
        return bytes == null ? "null" : bytes.length + " bytes";
    }
}
