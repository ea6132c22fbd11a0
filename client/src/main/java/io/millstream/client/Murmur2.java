package io.millstream.client;

/** Austin Appleby's MurmurHash2 with the seed that Kafka's clients use, so that a key lands where they put it. */
public final class Murmur2 {

    private static final int SEED = 0x9747b28c;
    private static final int MIX = 0x5bd1e995;
    private static final int SHIFT = 24;

    private Murmur2() {}

    /** The partition, out of {@code partitions}, of a key. */
    public static int partition(byte[] key, int partitions) {
        return (hash(key) & Integer.MAX_VALUE) % partitions;
    }

    static int hash(byte[] data) {
        int hash = SEED ^ data.length;
        int at = 0;
        while (data.length - at >= Integer.BYTES) {
            int word = (data[at] & 0xff)
                    | (data[at + 1] & 0xff) << 8
                    | (data[at + 2] & 0xff) << 16
                    | (data[at + 3] & 0xff) << 24;
            word *= MIX;
            word ^= word >>> SHIFT;
            hash = hash * MIX ^ word * MIX;
            at += Integer.BYTES;
        }
        int rest = data.length - at;
        if (rest > 0) {
            for (int i = rest - 1; i >= 0; i--) {
                hash ^= (data[at + i] & 0xff) << (Byte.SIZE * i);
            }
            hash *= MIX;
        }
        hash ^= hash >>> 13;
        hash *= MIX;
        return hash ^ hash >>> 15;
    }
}
