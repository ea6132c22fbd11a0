package io.millstream.broker.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {

    private static final long LIMIT = 1_000;
    private static final long FRAME = 400;

    /** A connection that reads one frame after the other, in steps. */
    private static final class Reading {
        private final MemoryBudget.Account account;
        private long held;
        private long wanted;
        private boolean waiting;
        private int frames;

        private Reading(MemoryBudget budget) {
            account = budget.open();
        }

        void step(Random random) {
            if (waiting) {
                return;
            }
            if (held == FRAME) {
                held = 0;
                frames++;
                account.giveBack();
                return;
            }
            wanted = Math.min(FRAME - held, 1 + random.nextInt(200));
            waiting = !account.take(wanted, this::granted);
            if (!waiting) {
                held += wanted;
            }
        }

        private void granted() {
            waiting = false;
            held += wanted;
        }
    }

    @Test
    void everybodyGetsThroughAndMemoryStaysBelowTheLimitAndOneFrame() {
        long seed = Long.getLong("millstream.seed", System.nanoTime());
        Random random = new Random(seed);
        // given
        MemoryBudget budget = new MemoryBudget(LIMIT);
        List<Reading> connections = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            connections.add(new Reading(budget));
        }

        // when
        for (int i = 0; i < 200_000; i++) {
            connections.get(random.nextInt(connections.size())).step(random);
            assertThat(budget.used()).as("-Dmillstream.seed=" + seed).isLessThanOrEqualTo(LIMIT + FRAME);
        }

        // then
        assertThat(connections).as("-Dmillstream.seed=" + seed).allSatisfy(it -> assertThat(it.frames)
                .isGreaterThan(10));
    }

    @Test
    void whoGivesUpWaitingHoldsNothing() {
        // given
        MemoryBudget budget = new MemoryBudget(LIMIT);
        MemoryBudget.Account holder = budget.open();
        MemoryBudget.Account exempt = budget.open();
        MemoryBudget.Account waiting = budget.open();
        List<String> granted = new ArrayList<>();
        assertThat(holder.take(LIMIT, () -> granted.add("holder"))).isTrue();
        assertThat(exempt.take(FRAME, () -> granted.add("exempt"))).isTrue();
        assertThat(waiting.take(FRAME, () -> granted.add("waiting"))).isFalse();

        // when
        waiting.giveBack();
        exempt.giveBack();
        holder.giveBack();

        // then
        assertThat(granted).isEmpty();
        assertThat(budget.used()).isZero();
    }
}
