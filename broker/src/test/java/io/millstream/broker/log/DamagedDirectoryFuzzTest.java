package io.millstream.broker.log;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever becomes of the files of a data directory: each log opens, or is refused with the file and the place, and no
 * reader gets a record that nobody appended there. {@code -Dseed=N} replays one run, {@code -Dseeds=N} tries so many.
 */
final class DamagedDirectoryFuzzTest {

    private static final int SEEDS = 400;

    @Test
    void damageIsRefusedOrHarmless() {
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
    @ValueSource(longs = {112, 250, 426, 698, 730, 1726})
    void whatWasFoundOnceIsNotFoundAgain(long seed) {
        replay(seed);
    }

    private static void replay(long seed) {
        DamageRun run = new DamageRun(seed);
        try {
            run.run();
        } catch (AssertionError | RuntimeException e) {
            String what = String.join("\n", run.history());
            throw new AssertionError(e + "\n-Dseed=" + seed + " replays this:\n" + what, e);
        }
    }
}
