package io.millstream.broker.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WaitersTest {

    private static final int PARTITIONS = 3;
    private static final int BATCHES = 1_000;
    private static final int BATCH = 170;
    private static final int PATIENCE_SECONDS = 20;

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
        private final AtomicInteger told = new AtomicInteger();
        private final CountDownLatch first = new CountDownLatch(1);
        private final List<Ticket> tickets = new ArrayList<>();
        private final long[] beyond = new long[PARTITIONS];
        private final int[] epochs = new int[PARTITIONS];

        void enter(List<Moving> partitions, Random random) {
            for (int i = 0; i < PARTITIONS; i++) {
                Moving partition = partitions.get(i);
                beyond[i] = partition.highWatermark.get() + random.nextInt(3);
                epochs[i] = partition.epoch.get();
                tickets.add(partition.waiters.enter(beyond[i], this::tell));
            }
        }

        private void tell() {
            told.incrementAndGet();
            first.countDown();
        }

        /** Whether a partition has moved as far as this waited for. */
        boolean due(List<Moving> partitions) {
            for (int i = 0; i < PARTITIONS; i++) {
                Moving partition = partitions.get(i);
                if (partition.highWatermark.get() > beyond[i] || partition.epoch.get() != epochs[i]) {
                    return true;
                }
            }
            return false;
        }

        void leave() {
            tickets.forEach(Ticket::cancel);
        }
    }

    @Test
    void nobodyWaitsInVainAndNobodyStays() throws Exception {
        // given
        List<Moving> partitions = List.of(new Moving(), new Moving(), new Moving());
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            List<Future<Integer>> missed = new ArrayList<>();

            // when: parking, expiring, appending and changing roles at once
            AtomicInteger parking = new AtomicInteger(2);
            for (int i = 0; i < 2; i++) {
                missed.add(threads.submit(parkAndExpire(partitions, parking)));
            }
            threads.execute(() -> move(partitions, parking));

            // then
            for (Future<Integer> count : missed) {
                assertThat(count.get()).as("wake-ups lost").isZero();
            }
            assertThat(partitions)
                    .allSatisfy(it -> assertThat(it.waiters.size()).isZero());
        } finally {
            threads.shutdownNow();
        }
    }

    private static Callable<Integer> parkAndExpire(List<Moving> partitions, AtomicInteger parking) {
        return () -> {
            int missed = 0;
            Random random = ThreadLocalRandom.current();
            for (int i = 0; i < BATCHES; i++) {
                List<Waiting> batch = new ArrayList<>();
                for (int k = 0; k < BATCH; k++) {
                    Waiting one = new Waiting();
                    one.enter(partitions, random);
                    if (one.due(partitions) || random.nextInt(4) == 0) {
                        one.leave(); // found enough, or time was up
                    } else {
                        batch.add(one);
                    }
                }
                for (Waiting one : batch) {
                    missed += waitFor(one);
                    one.leave();
                }
            }
            parking.decrementAndGet();
            return missed;
        };
    }

    /** Who entered and saw nothing afterwards must be told of what comes, and of each partition at most once. */
    private static int waitFor(Waiting one) throws InterruptedException {
        return one.first.await(PATIENCE_SECONDS, TimeUnit.SECONDS) && one.told.get() <= PARTITIONS ? 0 : 1;
    }

    private static void move(List<Moving> partitions, AtomicInteger parking) {
        Random random = ThreadLocalRandom.current();
        while (parking.get() > 0) {
            Moving partition = partitions.get(random.nextInt(PARTITIONS));
            if (random.nextInt(50) == 0) {
                partition.changeRole();
            } else {
                partition.append();
            }
        }
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
