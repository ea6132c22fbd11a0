package io.millstream.broker.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** R12: random parking, waking, expiring and changes of role, at once, lose no wake-up and leave nobody behind. */
class WaitersTest {

    private static final int PARTITIONS = 3;
    /** As many rounds as fit, up to enough for a million interleavings. */
    private static final int ROUNDS = 200_000;

    private static final long BUDGET_NANOS = TimeUnit.SECONDS.toNanos(4);
    private static final int MOST_PER_ROUND = 4;

    /** A partition reduced to what waiting is about. */
    private static final class Moving {
        private final Waiters waiters = new Waiters();
        private final AtomicLong highWatermark = new AtomicLong();
        private final AtomicInteger epoch = new AtomicInteger();

        void append() {
            waiters.moved(highWatermark.incrementAndGet());
        }

        void changeRole() {
            epoch.incrementAndGet();
            waiters.changed();
        }
    }

    /** One who waits, and how often it was told. */
    private static final class Waiting {
        private final AtomicIntegerArray told = new AtomicIntegerArray(PARTITIONS);
        private final List<Ticket> tickets = new ArrayList<>();
        private final long[] beyond = new long[PARTITIONS];
        private final int[] epochs = new int[PARTITIONS];

        Waiting(List<Moving> partitions, Random random) {
            for (int i = 0; i < PARTITIONS; i++) {
                Moving partition = partitions.get(i);
                beyond[i] = partition.highWatermark.get() + random.nextInt(3);
                epochs[i] = partition.epoch.get();
                int which = i;
                tickets.add(partition.waiters.enter(beyond[i], () -> told.incrementAndGet(which)));
            }
        }

        /** Whether a partition has moved as far as this waits for. */
        boolean due(List<Moving> partitions, int i) {
            Moving partition = partitions.get(i);
            return partition.highWatermark.get() > beyond[i] || partition.epoch.get() != epochs[i];
        }

        boolean due(List<Moving> partitions) {
            return IntStream.range(0, PARTITIONS).anyMatch(i -> due(partitions, i));
        }

        /** Partitions that moved and did not tell, or told twice. */
        long wrong(List<Moving> partitions) {
            return IntStream.range(0, PARTITIONS)
                    .filter(i -> (due(partitions, i) && told.get(i) == 0) || told.get(i) > 1)
                    .count();
        }

        void leave() {
            tickets.forEach(Ticket::cancel);
        }
    }

    /**
     * Two threads that begin each round and end it at the same moment. They spin, because a thread that sleeps wakes up
     * long after the other is through.
     */
    private static final class Rounds {
        private static final int SPINS = 2_000;
        private final AtomicInteger arrivals = new AtomicInteger();
        private final long began = System.nanoTime();
        private volatile boolean over;

        /** Said by one of the two between two meetings, heard by both after the second. */
        void endWhenLongEnough(int round) {
            over = round == ROUNDS || System.nanoTime() - began > BUDGET_NANOS;
        }

        void meet() {
            int meeting = arrivals.getAndIncrement() / 2;
            for (int spins = 0; arrivals.get() < 2 * (meeting + 1); spins++) {
                if (spins < SPINS) {
                    Thread.onSpinWait();
                } else {
                    LockSupport.parkNanos(1);
                }
            }
        }
    }

    /** Parks and expires; once all stand still, counts who was not told of what it waited for, or told twice. */
    private static long park(List<Moving> partitions, Rounds rounds) {
        long wrong = 0;
        Random random = ThreadLocalRandom.current();
        for (int i = 0; !rounds.over; i++) {
            List<Waiting> waiting = new ArrayList<>();
            rounds.meet();
            rounds.endWhenLongEnough(i);
            for (int k = random.nextInt(MOST_PER_ROUND + 1); k > 0; k--) {
                Waiting one = new Waiting(partitions, random);
                if (one.due(partitions) || random.nextInt(5) == 0) {
                    one.leave(); // found enough, or time was up
                } else {
                    waiting.add(one);
                }
            }
            rounds.meet();
            for (Waiting one : waiting) {
                wrong += one.wrong(partitions);
                one.leave();
            }
        }
        return wrong;
    }

    private static void move(List<Moving> partitions, Rounds rounds) {
        Random random = ThreadLocalRandom.current();
        while (!rounds.over) {
            rounds.meet();
            for (int k = random.nextInt(2 * MOST_PER_ROUND + 1); k > 0; k--) {
                Moving partition = partitions.get(random.nextInt(PARTITIONS));
                if (random.nextInt(20) == 0) {
                    partition.changeRole();
                } else {
                    partition.append();
                }
            }
            rounds.meet();
        }
    }

    @Test
    void nobodyWaitsInVainAndNobodyStays() throws Exception {
        // given
        List<Moving> partitions = List.of(new Moving(), new Moving(), new Moving());
        Rounds rounds = new Rounds();

        // when: parking, expiring, appending and changing roles at once
        CompletableFuture<Void> moving = CompletableFuture.runAsync(() -> move(partitions, rounds));
        long wrong = park(partitions, rounds);

        // then
        moving.get();
        assertThat(wrong).as("wake-ups lost, or doubled").isZero();
        assertThat(partitions).allSatisfy(it -> assertThat(it.waiters.size()).isZero());
    }

    @Test
    void onlyThoseAreWokenWhoWaitForLess() {
        // given
        Waiters waiters = new Waiters();
        List<String> woken = new ArrayList<>();
        waiters.enter(9, () -> woken.add("beyond 9"));
        waiters.enter(10, () -> woken.add("beyond 10"));
        Ticket cancelled = waiters.enter(5, () -> woken.add("cancelled"));
        cancelled.cancel();

        // when
        waiters.moved(10);

        // then
        assertThat(woken).containsExactly("beyond 9");
        assertThat(waiters.size()).isEqualTo(1);
        waiters.changed();
        waiters.changed();
        assertThat(woken).containsExactly("beyond 9", "beyond 10");
        assertThat(waiters.size()).isZero();
    }

    @Test
    void oneThatFailsDoesNotKeepTheOthersAsleep() {
        // given
        Waiters waiters = new Waiters();
        AtomicInteger woken = new AtomicInteger();
        for (int i = 0; i < 10; i++) {
            waiters.enter(0, () -> {
                woken.incrementAndGet();
                throw new IllegalStateException("on purpose");
            });
        }

        // when
        waiters.moved(1);

        // then
        assertThat(woken).hasValue(10);
        assertThat(waiters.size()).isZero();
    }
}
