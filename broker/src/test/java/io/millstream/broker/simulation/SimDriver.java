package io.millstream.broker.simulation;

import java.util.concurrent.locks.LockSupport;

/** Lets simulated time pass on a thread of its own, for tests that wait as they do for the real thing. */
public final class SimDriver implements AutoCloseable {

    /** How much faster than the real one. */
    private static final int PACE = 20;

    private static final long PAUSE_NANOS = 50_000;

    private final SimScheduler scheduler;
    private final Thread thread = new Thread(this::drive, "simulation");
    private volatile boolean over;

    /** @param scheduler is driven from now on */
    public SimDriver(SimScheduler scheduler) {
        this.scheduler = scheduler;
        thread.setDaemon(true);
        thread.start();
    }

    private void drive() {
        long begun = System.nanoTime();
        while (!over) {
            boolean ahead = scheduler.nanos() > (System.nanoTime() - begun) * PACE;
            if (ahead || !scheduler.step()) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    @Override
    public void close() {
        over = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
