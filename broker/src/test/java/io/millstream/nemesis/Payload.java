package io.millstream.nemesis;

import java.nio.ByteBuffer;

/** A {@link Value} as bytes, filled up to the size of a small record. */
final class Payload {

    private static final int BYTES = 100;

    private Payload() {}

    static byte[] write(Value value) {
        return ByteBuffer.allocate(BYTES).putLong(value.packed()).array();
    }

    static Value read(byte[] bytes) {
        return Value.unpack(ByteBuffer.wrap(bytes).getLong());
    }
}
