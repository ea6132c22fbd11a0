package io.millstream.broker.log;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * L3: whatever of the unforced a power loss drops, tears and reorders, and wherever a process dies, what is found is what
 * was promised. {@code -Dseed=N} replays one run, {@code -Dseeds=N} tries so many.
 */
final class L3CrashConsistencyTest {

    private static final int SEEDS = 2_000;

    @Test
    void l3_whatWasFlushedIsThereAndNothingElseThanWhatWasAppended() {
        Long one = Long.getLong("seed");
        if (one != null) {
            replay(one);
            return;
        }
        int seeds = Integer.getInteger("seeds", SEEDS);
        for (long seed = Long.getLong("from", 0); seed < seeds; seed++) {
            replay(seed);
        }
    }

    /** Seeds that once found something; what that was is said where it was put right. */
    @ParameterizedTest(name = "-Dseed={0}")
    @ValueSource(longs = {9, 14, 18, 79, 536, 1041, 2339, 2978, 4134, 9235})
    void l3_whatWasFoundOnceIsNotFoundAgain(long seed) {
        replay(seed);
    }

    private static void replay(long seed) {
        CrashRun run = new CrashRun(seed);
        try {
            run.run();
        } catch (AssertionError | RuntimeException e) {
            String what = String.join("\n", run.history());
            throw new AssertionError(e.getMessage() + "\n-Dseed=" + seed + " replays this:\n" + what, e);
        }
    }
}
