package io.millstream.broker.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WaitersTest {

    private static final int PARTITIONS = 3;
    private static final int ROUNDS = 60_000;
    private static final int PARKED_PER_ROUND = 3;

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

    /** Parks and expires, in rounds that end with everybody standing still. */
    private record Parking(List<Moving> partitions, CyclicBarrier round) implements Callable<Long> {

        @Override
        public Long call() throws Exception {
            long wrong = 0;
            Random random = ThreadLocalRandom.current();
            for (int i = 0; i < ROUNDS; i++) {
                List<Waiting> waiting = new ArrayList<>();
                for (int k = 0; k < PARKED_PER_ROUND; k++) {
                    Waiting one = new Waiting(partitions, random);
                    if (one.due(partitions) || random.nextInt(5) == 0) {
                        one.leave(); // found enough, or time was up
                    } else {
                        waiting.add(one);
                    }
                }
                round.await();
                for (Waiting one : waiting) {
                    wrong += one.wrong(partitions);
                    one.leave();
                }
                round.await();
            }
            return wrong;
        }
    }

    @Test
    void nobodyWaitsInVainAndNobodyStays() throws Exception {
        // given
        List<Moving> partitions = List.of(new Moving(), new Moving(), new Moving());
        CyclicBarrier round = new CyclicBarrier(3);
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            // when: parking, expiring, appending and changing roles at once
            Future<Long> first = threads.submit(new Parking(partitions, round));
            Future<Long> second = threads.submit(new Parking(partitions, round));
            Future<?> moving = threads.submit(() -> move(partitions, round));

            // then
            assertThat(first.get() + second.get())
                    .as("wake-ups lost, or doubled")
                    .isZero();
            moving.get();
            assertThat(partitions)
                    .allSatisfy(it -> assertThat(it.waiters.size()).isZero());
        } finally {
            threads.shutdownNow();
        }
    }

    private static Void move(List<Moving> partitions, CyclicBarrier round) throws Exception {
        Random random = ThreadLocalRandom.current();
        for (int i = 0; i < ROUNDS; i++) {
            for (int k = random.nextInt(2 * PARKED_PER_ROUND); k > 0; k--) {
                Moving partition = partitions.get(random.nextInt(PARTITIONS));
                if (random.nextInt(20) == 0) {
                    partition.changeRole();
                } else {
                    partition.append();
                }
            }
            round.await();
            round.await();
        }
        return null;
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
