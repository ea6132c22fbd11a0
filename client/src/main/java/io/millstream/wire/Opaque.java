package io.millstream.wire;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Bytes that mean something to others only, such as what a group's members tell one another. Immutable, independent of
 * any frame, and equal to the same bytes.
 */
public final class Opaque {

    /** No bytes. */
    public static final Opaque EMPTY = new Opaque(new byte[0]);

    private final byte[] bytes;

    private Opaque(byte[] bytes) {
        this.bytes = bytes;
    }

    /** These bytes, copied. */
    public static Opaque copyOf(byte[] bytes) {
        return bytes.length == 0 ? EMPTY : new Opaque(bytes.clone());
    }

    static Opaque read(ByteBuf in, int length) {
        if (length == 0) {
            return EMPTY;
        }
        byte[] copy = new byte[length];
        in.readBytes(copy);
        return new Opaque(copy);
    }

    void write(ByteBuf out) {
        out.writeBytes(bytes);
    }

    /** How many bytes. */
    public int size() {
        return bytes.length;
    }

    /** A view that cannot be written to. */
    public ByteBuffer asByteBuffer() {
        return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Opaque opaque && Arrays.equals(bytes, opaque.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** The length only: the bytes may be long, and are not ours to read. */
    @Override
    public String toString() {
        return bytes.length + " bytes";
    }
}
