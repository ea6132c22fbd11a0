package io.millstream.core;

import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * One thread of work: tasks run one at a time, in the order given. The only way to run code elsewhere or later, so
 * that a simulator can own the schedule.
 *
 * <p>{@link #execute} and {@link #schedule} are safe to call from any thread. A task that throws does not stop the
 * loop; the failure is logged.
 */
public interface Loop extends Executor, AutoCloseable {

    /** Something to run later that may be called off. */
    @FunctionalInterface
    interface Timer {
        /** Calls the task off if it has not begun. Harmless otherwise. */
        void cancel();
    }

    /**
     * Runs {@code task} on this loop as soon as those before it are done.
     *
     * @throws java.util.concurrent.RejectedExecutionException if the loop is closed or its queue is full
     */
    @Override
    void execute(Runnable task);

    /** Runs {@code task} on this loop after at least {@code delay}. A closed loop drops it. */
    Timer schedule(Runnable task, long delay, TimeUnit unit);

    /** Whether the caller runs on this loop. */
    boolean owned();

    /** Fails unless the caller runs on this loop. */
    default void assertOwned() {
        if (!owned()) {
            throw new AssertionError("Called from " + Thread.currentThread().getName() + ", which does not own this");
        }
    }

    /** Finishes what has been accepted, drops what is scheduled, and stops. Must not be called from the loop itself. */
    @Override
    void close();
}
