package io.millstream.core;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A {@link Loop} with a named daemon thread of its own. */
public final class ThreadLoop implements Loop {

    private static final Logger log = LoggerFactory.getLogger(ThreadLoop.class);
    private static final long CLOSE_PATIENCE_SECONDS = 30;

    private final ScheduledThreadPoolExecutor executor;
    private volatile Thread thread;

    /** @param name the thread's name, as it appears in thread dumps and logs */
    public ThreadLoop(String name) {
        executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread created = new Thread(task, name);
            created.setDaemon(true);
            thread = created;
            return created;
        });
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public void execute(Runnable task) {
        if (executor.getQueue().size() >= Limits.LOOP_TASKS) {
            throw new RejectedExecutionException("More than " + Limits.LOOP_TASKS + " tasks wait");
        }
        executor.execute(() -> run(task));
    }

    @Override
    public Timer schedule(Runnable task, long delay, TimeUnit unit) {
        try {
            ScheduledFuture<?> scheduled = executor.schedule(() -> run(task), delay, unit);
            return () -> scheduled.cancel(false);
        } catch (RejectedExecutionException closed) {
            log.debug("Loop is closed; a scheduled task was dropped", closed);
            return () -> {};
        }
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) { // the executor would keep an error to itself
            log.error("A task failed", e);
        }
    }

    @Override
    public boolean owned() {
        return Thread.currentThread() == thread;
    }

    @Override
    public void close() {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(CLOSE_PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                log.warn("A task did not end within {} s", CLOSE_PATIENCE_SECONDS);
                executor.shutdownNow();
            }
        } catch (InterruptedException e) {
            executor.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
