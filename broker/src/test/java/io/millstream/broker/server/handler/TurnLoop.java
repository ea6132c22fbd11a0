package io.millstream.broker.server.handler;

import io.millstream.core.Loop;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/** A loop that does one thing whenever a test says so, and has a time of its own. */
final class TurnLoop implements Loop {

    private final Runnable beforeTimer;
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final PriorityQueue<Due> timers = new PriorityQueue<>(Comparator.comparingLong(Due::atNanos));
    private long nanos;

    /** Not equal to another, even at the same time. */
    private static final class Due {
        private final long atNanos;
        private final Runnable task;

        private Due(long atNanos, Runnable task) {
            this.atNanos = atNanos;
            this.task = task;
        }

        private long atNanos() {
            return atNanos;
        }
    }

    /** @param beforeTimer what comes in between whenever somebody sets a timer */
    TurnLoop(Runnable beforeTimer) {
        this.beforeTimer = beforeTimer;
    }

    long nanos() {
        return nanos;
    }

    /** How many timers are set. */
    int timers() {
        return timers.size();
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public Timer schedule(Runnable task, long delay, TimeUnit unit) {
        beforeTimer.run();
        Due due = new Due(nanos + unit.toNanos(delay), task);
        timers.add(due);
        return () -> timers.remove(due);
    }

    @Override
    public boolean owned() {
        return true;
    }

    void runOne() {
        Runnable task = tasks.poll();
        if (task != null) {
            task.run();
        }
    }

    void drain() {
        while (!tasks.isEmpty()) {
            runOne();
        }
    }

    /** Time passes, and what is due then is done. */
    void expire(int millis) {
        nanos += TimeUnit.MILLISECONDS.toNanos(millis);
        while (!timers.isEmpty() && timers.peek().atNanos <= nanos) {
            timers.remove().task.run();
        }
    }

    @Override
    public void close() {
        tasks.clear();
    }
}
