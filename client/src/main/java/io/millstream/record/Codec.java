package io.millstream.record;

/** How a batch's records are compressed; the id is bits 0 to 2 of the batch's attributes. */
public enum Codec {
    NONE(0, "none"),
    GZIP(1, "gzip"),
    SNAPPY(2, "snappy"),
    LZ4(3, "lz4"),
    ZSTD(4, "zstd");

    private final int id;
    private final String label;

    Codec(int id, String label) {
        this.id = id;
        this.label = label;
    }

    /** The number in a batch's attributes. */
    public int id() {
        return id;
    }

    /** The name in configuration ({@code compression.type}). */
    public String label() {
        return label;
    }

    /** @throws CorruptBatchException if no codec has this number */
    public static Codec of(int id) {
        for (Codec codec : values()) {
            if (codec.id == id) {
                return codec;
            }
        }
        throw new CorruptBatchException("Unknown codec " + id);
    }
}
