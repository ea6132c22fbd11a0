package io.millstream.broker;

import io.millstream.core.Clock;
import java.util.concurrent.TimeUnit;

/** Says how long to pause so that a rate is kept. Safe for use by several threads, which share the rate. */
final class Throttle {

    private static final double NANOS_PER_SECOND = 1e9;
    private static final double LONGEST_PAUSE_NANOS = 3600e9;

    private final double bytesPerSecond;
    private final Clock clock;

    private long paidUpTo; // in ns of the clock; guarded by this

    Throttle(double bytesPerSecond, Clock clock) {
        this.bytesPerSecond = bytesPerSecond;
        this.clock = clock;
        this.paidUpTo = clock.nanos();
    }

    /** Takes note of bytes that were moved; returns how long to wait before the next, in ms. */
    synchronized long pauseMillis(long bytes) {
        long now = clock.nanos();
        double cost = bytes / bytesPerSecond * NANOS_PER_SECOND;
        // What was not used before is not saved up.
        paidUpTo = Math.max(paidUpTo, now) + (long) Math.min(cost, LONGEST_PAUSE_NANOS);
        return TimeUnit.NANOSECONDS.toMillis(paidUpTo - now);
    }
}
