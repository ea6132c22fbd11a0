package io.millstream.broker.log;

import io.millstream.core.Entropy;
import java.util.Random;

/** Randomness that a seed replays. */
final class SeededEntropy implements Entropy {

    private final Random random;

    SeededEntropy(long seed) {
        random = new Random(seed);
    }

    @Override
    public long nextLong() {
        return random.nextLong();
    }

    @Override
    public int nextInt(int bound) {
        return random.nextInt(bound);
    }

    /** Whether something happens that has this probability. */
    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** A number in {@code [from, to)}. */
    int between(int from, int to) {
        return from + random.nextInt(to - from);
    }
}
