package io.millstream.broker.simulation;

import io.millstream.core.Limits;
import io.millstream.core.Loop;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** A thread of a simulated process. Guarded by the scheduler's monitor. */
final class SimLoop implements Loop {

    /** Something to run, unless it was called off. */
    static final class Task {
        private final Runnable body;
        private final boolean late; // set by a timer
        private boolean over;

        private Task(Runnable body, boolean late) {
            this.body = body;
            this.late = late;
        }
    }

    final int number;
    int place = -1; // among those that can run, or -1; the scheduler's
    private final SimScheduler scheduler;
    private final SimProcess process;
    private final String name;
    private final Deque<Task> tasks = new ArrayDeque<>();
    private boolean closed;
    private boolean stalled;

    SimLoop(SimScheduler scheduler, SimProcess process, String name) {
        this.scheduler = scheduler;
        this.process = process;
        this.name = name;
        this.number = scheduler.nextLoop();
    }

    boolean canRun() {
        return !tasks.isEmpty() && !stalled && process.runs();
    }

    void enqueue(Task task) {
        if (task.over || process.isDead() || (closed && task.late)) {
            return;
        }
        tasks.add(task);
        scheduler.update(this);
    }

    void runOne() {
        Task task = tasks.remove();
        scheduler.update(this);
        run(task);
    }

    private void run(Task task) {
        if (task.over) {
            return;
        }
        task.over = true;
        try {
            task.body.run();
        } catch (SimDisk.Dead died) {
            process.die();
        } catch (RuntimeException | Error e) {
            if (!process.isDead()) {
                scheduler.failed(e);
            }
        }
        process.look();
    }

    /** Crowded out for a while. */
    void stall(long nanos) {
        stalled = true;
        scheduler.update(this);
        scheduler.after(nanos, () -> {
            stalled = false;
            scheduler.update(this);
        });
    }

    @Override
    public void execute(Runnable body) {
        synchronized (scheduler) {
            if (closed || tasks.size() >= Limits.LOOP_TASKS) {
                throw new RejectedExecutionException("Loop " + name + " is closed or full");
            }
            enqueue(new Task(body, false));
        }
    }

    /** Runs {@code body} after a while, which may be nothing. */
    void later(Runnable body, long delayNanos) {
        scheduler.at(delayNanos, this, new Task(body, false));
    }

    @Override
    public Timer schedule(Runnable body, long delay, TimeUnit unit) {
        synchronized (scheduler) {
            if (closed) {
                return () -> {};
            }
            Task task = new Task(body, true);
            scheduler.at(unit.toNanos(delay), this, task);
            return () -> {
                synchronized (scheduler) {
                    task.over = true;
                }
            };
        }
    }

    @Override
    public boolean owned() {
        return scheduler.current() == this;
    }

    /** Runs what was accepted on the spot: whoever closes waits for it. */
    @Override
    public void close() {
        synchronized (scheduler) {
            closed = true;
            while (!tasks.isEmpty() && !process.isDead()) {
                scheduler.on(this, this::runOne);
            }
        }
    }

    @Override
    public String toString() {
        return name + " of " + process;
    }
}
