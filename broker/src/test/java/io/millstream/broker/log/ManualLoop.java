package io.millstream.broker.log;

import io.millstream.core.Loop;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** A loop that runs its tasks when a test says so, on the test's thread. Timers never fire by themselves. */
final class ManualLoop implements Loop {

    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final Deque<Runnable> timers = new ArrayDeque<>();
    private boolean closed;

    @Override
    public synchronized void execute(Runnable task) {
        if (closed) {
            throw new RejectedExecutionException("closed");
        }
        tasks.add(task);
    }

    @Override
    public synchronized Timer schedule(Runnable task, long delay, TimeUnit unit) {
        timers.add(task);
        return () -> timers.remove(task);
    }

    /** Runs what waits, and what that adds. */
    void run() {
        for (Runnable task = next(tasks); task != null; task = next(tasks)) {
            task.run();
        }
    }

    /** Fires the timers that were set so far. */
    void fire() {
        for (Runnable task = next(timers); task != null; task = next(timers)) {
            task.run();
        }
    }

    int waiting() {
        return tasks.size();
    }

    private synchronized Runnable next(Deque<Runnable> queue) {
        return queue.poll();
    }

    @Override
    public boolean owned() {
        return true;
    }

    @Override
    public void close() {
        run();
        closed = true;
    }
}
