package io.millstream.core;

import java.security.SecureRandom;

/** The operating system's randomness. */
final class SystemEntropy implements Entropy {

    static final SystemEntropy INSTANCE = new SystemEntropy();

    private final SecureRandom random = new SecureRandom();

    private SystemEntropy() {}

    @Override
    public long nextLong() {
        return random.nextLong();
    }

    @Override
    public int nextInt(int bound) {
        return random.nextInt(bound);
    }
}
