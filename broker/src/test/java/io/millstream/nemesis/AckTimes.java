package io.millstream.nemesis;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** When acknowledgements came: how long clients had to do without, in each partition. Safe for use by several threads. */
final class AckTimes {

    private final Map<Integer, Long> lastNanos = new HashMap<>();
    private long longestNanos;

    /** An acknowledgement came. */
    synchronized void acknowledged(int partition) {
        long now = System.nanoTime();
        Long last = lastNanos.put(partition, now);
        if (last != null) {
            longestNanos = Math.max(longestNanos, now - last);
        }
    }

    /** Forgets how long it took so far. */
    synchronized void reset() {
        longestNanos = 0;
    }

    /** The longest time between two acknowledgements of one partition since the start or the last {@link #reset}. */
    synchronized Duration longestGap() {
        return Duration.ofNanos(longestNanos);
    }
}
