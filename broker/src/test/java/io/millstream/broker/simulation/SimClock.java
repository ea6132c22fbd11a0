package io.millstream.broker.simulation;

import io.millstream.core.Clock;

/** A machine's clocks. The wall clock can be set; the monotonic one counts from a time of its own. */
public final class SimClock implements Clock {

    /** In November 2023. */
    private static final long BEGINNING_MILLIS = 1_700_000_000_000L;

    private static final long MILLION = 1_000_000;

    private final SimScheduler scheduler;
    private final long origin;
    private long setForward;

    /** @param origin what {@link #nanos} is at the beginning of the simulation */
    public SimClock(SimScheduler scheduler, long origin) {
        this.scheduler = scheduler;
        this.origin = origin;
    }

    @Override
    public long millis() {
        return BEGINNING_MILLIS + setForward + scheduler.nanos() / MILLION;
    }

    @Override
    public long nanos() {
        return origin + scheduler.nanos();
    }

    /** Somebody sets the wall clock. */
    void set(long millisForward) {
        setForward += millisForward;
    }
}
