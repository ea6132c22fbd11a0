package io.millstream.broker.log;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The last offset of each key, in memory of a fixed size. Keys are known by 128 bits of their SHA-256: nobody can make two
 * keys that pass for one. Not for use by several threads.
 */
final class KeyOffsets {

    /** Bytes that a slot takes. */
    static final int SLOT_BYTES = 3 * Long.BYTES;

    private static final int HASH_BYTES = 32;

    private final MessageDigest digest = sha256();
    private final byte[] hash = new byte[HASH_BYTES];
    private final long[] slots; // high half, low half, offset + 1: 0 is an empty slot
    private final int slotCount;
    private final int limit;
    private int size;

    /**
     * @param bytes of memory to use at most; a slot is there in any case
     * @param loadFactor part of the slots that may be used, above 0, at most 1
     * @param wanted keys to expect at most: no more memory is taken than they need
     */
    KeyOffsets(long bytes, double loadFactor, long wanted) {
        long affordable = Math.min(bytes / SLOT_BYTES, Integer.MAX_VALUE / 4);
        long needed = (long) Math.ceil(Math.min(wanted, Integer.MAX_VALUE) / loadFactor) + 1;
        this.slotCount = (int) Math.max(2, Math.min(affordable, needed));
        // One slot stays empty, so that a search ends.
        this.limit = Math.max(1, Math.min(slotCount - 1, (int) (slotCount * loadFactor)));
        this.slots = new long[3 * slotCount];
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    /** Notes that a key's last record so far is at {@code offset}; false, and nothing noted, if there is no room for it. */
    boolean put(byte[] key, long offset) {
        int at = find(key);
        if (slots[at + 2] == 0) {
            if (size == limit) {
                return false;
            }
            slots[at] = half(0);
            slots[at + 1] = half(Long.BYTES);
            size++;
        }
        slots[at + 2] = offset + 1;
        return true;
    }

    /** The last offset noted for a key; -1 if none was. */
    long get(byte[] key) {
        return size == 0 ? -1 : slots[find(key) + 2] - 1;
    }

    /** Index of the key's slot, or of the one where it belongs. Leaves its hash behind. */
    private int find(byte[] key) {
        digest.update(key);
        try {
            int unused = digest.digest(hash, 0, HASH_BYTES);
        } catch (DigestException e) {
            throw new IllegalStateException("A digest of " + HASH_BYTES + " bytes", e);
        }
        long high = half(0);
        long low = half(Long.BYTES);
        int slot = (int) Long.remainderUnsigned(high, slotCount);
        while (true) {
            int at = 3 * slot;
            if (slots[at + 2] == 0 || (slots[at] == high && slots[at + 1] == low)) {
                return at;
            }
            slot = slot + 1 == slotCount ? 0 : slot + 1;
        }
    }

    private long half(int from) {
        long bits = 0;
        for (int i = from; i < from + Long.BYTES; i++) {
            bits = (bits << 8) | (hash[i] & 0xff);
        }
        return bits;
    }

    /** Keys noted. */
    int size() {
        return size;
    }

    /** Bytes of memory taken. */
    long bytes() {
        return (long) slots.length * Long.BYTES;
    }
}
