package io.millstream.broker.log;

import org.junit.jupiter.api.Test;

/**
 * Replicas of a log that copy from one another come to be the same, whatever fails on the way, and none lacks what was
 * committed. {@code -Dseed=N} replays one run, {@code -Dseeds=N} tries so many.
 */
final class ReplicationPropertyTest {

    private static final int SEEDS = 400;

    @Test
    void replicasBecomeTheSameWhateverFails() {
        Long one = Long.getLong("seed");
        if (one != null) {
            replay(one);
            return;
        }
        int seeds = Integer.getInteger("seeds", SEEDS);
        for (long seed = 0; seed < seeds; seed++) {
            replay(seed);
        }
    }

    private static void replay(long seed) {
        ReplicationRun run = new ReplicationRun(seed);
        try {
            run.run();
        } catch (AssertionError | RuntimeException e) {
            String what = String.join("\n", run.history());
            throw new AssertionError(e.getMessage() + "\n-Dseed=" + seed + " replays this:\n" + what, e);
        }
    }
}
