package io.millstream.record;

import java.util.List;

/** How a batch's records are compressed; the id is bits 0 to 2 of the batch's attributes. */
public enum Codec {
    NONE(0, "none"),
    GZIP(1, "gzip"),
    SNAPPY(2, "snappy"),
    LZ4(3, "lz4"),
    ZSTD(4, "zstd");

    private static final List<Codec> ALL = List.of(values()); // in the order of their numbers

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
        if (id < 0 || id >= ALL.size()) {
            throw new CorruptBatchException("Unknown codec " + id);
        }
        return ALL.get(id);
    }

    /** @throws IllegalArgumentException if no codec has this label */
    public static Codec labelled(String label) {
        for (Codec codec : ALL) {
            if (codec.label.equals(label)) {
                return codec;
            }
        }
        throw new IllegalArgumentException(
                "Unknown compression '" + label + "'; known are none, gzip, snappy, lz4, zstd");
    }
}
