package io.millstream.core;

/**
 * The only source of time. Everything that decides takes a clock, so that a simulator can own time.
 *
 * <p>Implementations are safe for use by several threads.
 */
public interface Clock {

    /** Wall-clock time in ms since the epoch (UTC). May jump; for timestamps that leave the process. */
    long millis();

    /** Monotonic time in ns from an arbitrary origin; for measuring intervals and time-outs. */
    long nanos();

    /** The clock of this machine. */
    static Clock system() {
        return SystemClock.INSTANCE;
    }
}
