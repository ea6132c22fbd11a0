package io.millstream.core;

import java.util.UUID;

/**
 * The only source of randomness, so that a seed can replay a run.
 *
 * <p>Implementations are safe for use by several threads.
 */
public interface Entropy {

    /** 64 uniformly distributed bits. */
    long nextLong();

    /** A number in {@code [0, bound)}; {@code bound} is positive. */
    int nextInt(int bound);

    /** A random (version 4) UUID. */
    default UUID uuid() {
        long high = (nextLong() & 0xffff_ffff_ffff_0fffL) | 0x4000L;
        long low = (nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }

    /** Cryptographically strong randomness from the operating system. */
    static Entropy system() {
        return SystemEntropy.INSTANCE;
    }
}
