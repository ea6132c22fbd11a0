package io.millstream.broker.simulation;

import io.millstream.core.Entropy;
import java.util.Random;

/** Randomness that a seed replays. */
public final class SimEntropy implements Entropy {

    private final Random random;

    public SimEntropy(Random random) {
        this.random = random;
    }

    @Override
    public long nextLong() {
        return random.nextLong();
    }

    @Override
    public int nextInt(int bound) {
        return random.nextInt(bound);
    }
}
