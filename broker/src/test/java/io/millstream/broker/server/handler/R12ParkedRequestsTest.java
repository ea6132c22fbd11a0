package io.millstream.broker.server.handler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * R12: a million steps in which fetches, {@code acks=all} produces and a follower's session park, are woken, expire and are
 * given up, while records come, get committed and roles change, also in the midst of a step: whoever can be answered is, and
 * nobody stays behind. {@code -Dseed=N} replays one.
 */
final class R12ParkedRequestsTest {

    private static final int ROUNDS = 40;
    private static final int STEPS = 25_000;

    @Test
    void r12_noWakeUpIsLostAndNobodyIsLeftBehind() {
        Long one = Long.getLong("seed");
        long first = one == null ? System.nanoTime() : one;
        int answered = 0;
        for (long seed = first; seed < first + (one == null ? ROUNDS : 1); seed++) {
            try (ParkedRequests parked = new ParkedRequests(seed)) {
                for (int step = 0; step < STEPS; step++) {
                    parked.step();
                }
                answered += parked.finish();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("-Dseed=" + seed + " replays this: " + e.getMessage(), e);
            }
        }
        assertThat(answered).as("requests that had to wait").isGreaterThan(one == null ? 10_000 : 0);
    }
}
