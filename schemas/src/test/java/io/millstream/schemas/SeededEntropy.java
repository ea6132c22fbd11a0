package io.millstream.schemas;

import io.millstream.core.Entropy;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;

/** Randomness that a seed replays: {@code -Dseed=N}. */
final class SeededEntropy implements Entropy {

    private final Random random;

    SeededEntropy(long seed) {
        random = new Random(seed);
    }

    /** The seed that was asked for, or any. */
    static long anySeed() {
        return Long.getLong("seed", ThreadLocalRandom.current().nextLong());
    }

    @Override
    public long nextLong() {
        return random.nextLong();
    }

    @Override
    public int nextInt(int bound) {
        return random.nextInt(bound);
    }

    <T> T one(List<T> of) {
        return of.get(nextInt(of.size()));
    }
}
