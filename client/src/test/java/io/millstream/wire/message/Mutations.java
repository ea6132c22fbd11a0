package io.millstream.wire.message;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/** Damages bytes the way that finds the holes in parsers. A seed replays it. */
final class Mutations {

    /** Lengths and counts that readers get wrong, in the plain and the compact form. */
    static final byte[][] BOMBS = {
        {0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff},
        {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff},
        {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xfe},
        {(byte) 0x80, 0, 0, 0},
        {0, 0x0f, 0x42, 0x40},
        {(byte) 0x80, 0},
        {0x7f, (byte) 0xff},
        {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x07},
        {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f},
        {(byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80, 0x08},
        {(byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80, 0x01},
        {(byte) 0xc0, (byte) 0x84, 0x3d},
    };

    private final Random random;

    Mutations(long seed) {
        random = new Random(seed);
    }

    /** A damaged copy. */
    byte[] mutate(byte[] original) {
        byte[] bytes = original;
        for (int i = random.nextInt(3); i >= 0; i--) {
            bytes = once(bytes);
        }
        return bytes;
    }

    private byte[] once(byte[] bytes) {
        if (bytes.length == 0) {
            return new byte[] {(byte) random.nextInt()};
        }
        int at = random.nextInt(bytes.length);
        int length = Math.min(bytes.length - at, 1 + random.nextInt(16));
        return switch (random.nextInt(8)) {
            case 0 -> splice(bytes, at, 1, (byte) (bytes[at] ^ (1 << random.nextInt(8))));
            case 1 -> splice(bytes, at, 1, (byte) random.nextInt());
            case 2 -> splice(bytes, at, 1, (byte) (bytes[at] + (random.nextBoolean() ? 1 : -1)));
            case 3 -> splice(bytes, at, length);
            case 4 -> splice(bytes, at, 0, Arrays.copyOfRange(bytes, at, at + length));
            case 5 -> Arrays.copyOf(bytes, at);
            case 6 -> overwrite(bytes, at, BOMBS[random.nextInt(BOMBS.length)]);
            default -> splice(bytes, at, length, new byte[random.nextInt(64)]);
        };
    }

    /** A copy with {@code bomb} over what lies at {@code at}. */
    static byte[] overwrite(byte[] bytes, int at, byte[] bomb) {
        return splice(bytes, at, Math.min(bomb.length, bytes.length - at), bomb);
    }

    /** A copy with {@code bytes} instead of so many bytes at {@code at}. */
    static byte[] splice(byte[] original, int at, int removed, byte... bytes) {
        return ByteBuffer.allocate(original.length - removed + bytes.length)
                .put(original, 0, at)
                .put(bytes)
                .put(original, at + removed, original.length - at - removed)
                .array();
    }

    /** {@code head}, and then {@code filler} so many times. */
    static byte[] repeat(byte[] head, byte[] filler, int times) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(head.length + filler.length * times);
        out.writeBytes(head);
        for (int i = 0; i < times; i++) {
            out.writeBytes(filler);
        }
        return out.toByteArray();
    }
}
