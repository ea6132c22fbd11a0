package io.millstream.record;

import java.util.Arrays;
import java.util.Objects;

/**
 * A header of a record (KIP-82).
 *
 * @param key not unique within a record; never null
 * @param value the bytes, not copied: do not change them; null if the header has no value
 */
public record Header(String key, byte[] value) {

    /** @throws NullPointerException if the key is null */
    public Header {
        Objects.requireNonNull(key, "key");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Header that && key.equals(that.key) && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
        return 31 * key.hashCode() + Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        return key + "=" + (value == null ? "null" : value.length + " bytes");
    }
}
