package io.millstream.broker.server.handler;

import io.millstream.core.Clock;
import io.millstream.core.Entropy;
import io.millstream.core.Loop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * All loops of a test on one thread: which goes on next is drawn by lot, time passes only when none has anything to do. A
 * seed replays it.
 */
final class Schedule implements Clock, Entropy {

    private static final long START_MILLIS = 1_700_000_000_000L;

    private final Random random;
    private final List<Lane> lanes = new ArrayList<>();
    private final PriorityQueue<Due> timers =
            new PriorityQueue<>(Comparator.comparingLong(Due::nanos).thenComparingLong(Due::number));
    private long nanos;
    private long timersSet;

    private record Due(long nanos, long number, Lane lane, Runnable task) {}

    Schedule(long seed) {
        random = new Random(seed);
    }

    /** One loop. */
    private final class Lane implements Loop {
        private final Queue<Runnable> tasks = new ArrayDeque<>();
        private boolean running;

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }

        @Override
        public Timer schedule(Runnable task, long delay, TimeUnit unit) {
            Due due = new Due(nanos + unit.toNanos(delay), timersSet++, this, task);
            timers.add(due);
            return () -> timers.remove(due);
        }

        @Override
        public boolean owned() {
            return running;
        }

        private void runNext() {
            running = true;
            try {
                tasks.remove().run();
            } finally {
                running = false;
            }
        }

        @Override
        public void close() {
            while (!tasks.isEmpty()) {
                runNext();
            }
        }
    }

    Loop loop(String name) {
        Lane lane = new Lane();
        lanes.add(lane);
        return lane;
    }

    Random random() {
        return random;
    }

    /** Lets one loop go on, or time pass until one can; false if nothing will ever happen. */
    boolean step() {
        List<Lane> ready = lanes.stream().filter(lane -> !lane.tasks.isEmpty()).toList();
        if (!ready.isEmpty()) {
            ready.get(random.nextInt(ready.size())).runNext();
            return true;
        }
        Due next = timers.poll();
        if (next == null) {
            return false;
        }
        nanos = Math.max(nanos, next.nanos);
        next.lane.execute(next.task);
        return true;
    }

    void steps(int count) {
        for (int i = 0; i < count; i++) {
            step();
        }
    }

    /** Lets time pass. */
    void run(long millis) {
        long until = nanos + TimeUnit.MILLISECONDS.toNanos(millis);
        Lane end = new Lane();
        boolean[] over = new boolean[1];
        lanes.add(end);
        end.schedule(() -> over[0] = true, until - nanos, TimeUnit.NANOSECONDS);
        while (!over[0]) {
            step();
        }
        lanes.remove(end);
    }

    @Override
    public long millis() {
        return START_MILLIS + TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    @Override
    public long nanos() {
        return nanos;
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
