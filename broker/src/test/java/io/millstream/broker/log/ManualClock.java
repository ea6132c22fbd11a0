package io.millstream.broker.log;

import io.millstream.core.Clock;

/** Time that passes when a test says so. */
final class ManualClock implements Clock {

    private volatile long millis;

    ManualClock(long millis) {
        this.millis = millis;
    }

    void advance(long by) {
        long now = millis;
        millis = now + by;
    }

    @Override
    public long millis() {
        return millis;
    }

    @Override
    public long nanos() {
        return millis * 1_000_000;
    }
}
