package io.millstream.wire.message;

import io.millstream.wire.ErrorCode;
import java.util.Random;
import java.util.UUID;

/** Random values of the wire's primitive types, the awkward ones often. A seed replays them. */
final class RandomValues {

    private static final String[] STRINGS = {
        "", "clicks", "a.b-c_d", "\u00fc\u00df\u20ac", "\u6c34\u8eca", "\ud83c\udf0a\u0000\n", "x".repeat(249)
    };
    private static final String LONG = "\u00e9".repeat(Short.MAX_VALUE / 2) + "e";

    private final Random random;

    RandomValues(long seed) {
        random = new Random(seed);
    }

    boolean oneIn(int times) {
        return random.nextInt(times) == 0;
    }

    /** How many elements an array has: mostly few, now and then more than one byte of a compact length can say. */
    int count() {
        return oneIn(100) ? 130 : random.nextInt(4);
    }

    Integer upTo(int max) {
        return random.nextInt(max + 1);
    }

    /** One of these. */
    @SafeVarargs
    final <T> T of(T... choices) {
        return choices[random.nextInt(choices.length)];
    }

    boolean bool() {
        return random.nextBoolean();
    }

    byte int8() {
        return (byte) random.nextInt();
    }

    short int16() {
        return (short) random.nextInt();
    }

    int int32() {
        return oneIn(4) ? edge().intValue() : random.nextInt();
    }

    long int64() {
        return oneIn(4) ? edge() : random.nextLong();
    }

    /** Often none, which is all zeroes. */
    UUID uuid() {
        return oneIn(4) ? new UUID(0, 0) : new UUID(random.nextLong(), random.nextLong());
    }

    private Long edge() {
        return of(0L, -1L, 1L, (long) Integer.MAX_VALUE, (long) Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE);
    }

    /** As often plain as awkward; rarely the longest that the protocol allows. */
    String string() {
        if (oneIn(500)) {
            return LONG;
        }
        return of(STRINGS);
    }

    byte[] bytes() {
        byte[] bytes = new byte[oneIn(4) ? 0 : random.nextInt(300)];
        random.nextBytes(bytes);
        return bytes;
    }

    ErrorCode error() {
        return of(ErrorCode.values());
    }
}
