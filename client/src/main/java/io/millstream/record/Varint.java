package io.millstream.record;

import io.netty.buffer.ByteBuf;

/** Zigzag numbers of variable length, seven bits a byte, low bits first: what a record's fields are made of. */
final class Varint {

    /** Most bytes that an int32 takes. */
    static final int MAX_INT_BYTES = 5;

    /** Most bytes that an int64 takes. */
    static final int MAX_LONG_BYTES = 10;

    private Varint() {}

    static int size(int value) {
        return unsignedSize(zigzag(value) & 0xffff_ffffL);
    }

    static int size(long value) {
        return unsignedSize(zigzag(value));
    }

    private static int unsignedSize(long value) {
        return (70 - Long.numberOfLeadingZeros(value | 1)) / 7;
    }

    static void write(ByteBuf out, int value) {
        writeUnsigned(out, zigzag(value) & 0xffff_ffffL);
    }

    static void write(ByteBuf out, long value) {
        writeUnsigned(out, zigzag(value));
    }

    private static void writeUnsigned(ByteBuf out, long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.writeByte((int) rest | 0x80);
            rest >>>= 7;
        }
        out.writeByte((int) rest);
    }

    private static int zigzag(int value) {
        return value << 1 ^ value >> 31;
    }

    private static long zigzag(long value) {
        return value << 1 ^ value >> 63;
    }

    static int unzigzag(int raw) {
        return raw >>> 1 ^ -(raw & 1);
    }

    static long unzigzag(long raw) {
        return raw >>> 1 ^ -(raw & 1);
    }
}
