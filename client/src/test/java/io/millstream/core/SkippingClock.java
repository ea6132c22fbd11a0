package io.millstream.core;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** This machine's clock, which a test can put forward: so that a time-out ends when it should, and never by chance. */
public final class SkippingClock implements Clock {

    private final AtomicLong skippedNanos = new AtomicLong();

    /** Makes so much time go by at once. */
    public void skip(Duration time) {
        skippedNanos.addAndGet(time.toNanos());
    }

    @Override
    public long millis() {
        return Clock.system().millis() + skippedNanos.get() / 1_000_000;
    }

    @Override
    public long nanos() {
        return Clock.system().nanos() + skippedNanos.get();
    }
}
