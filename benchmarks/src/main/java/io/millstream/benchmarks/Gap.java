package io.millstream.benchmarks;

import java.util.concurrent.TimeUnit;

/** The longest time between two acknowledgements. Safe for use by several threads. */
final class Gap {

    private long last;
    private long longest;
    private long count;

    synchronized void acknowledged() {
        long now = System.nanoTime();
        if (count > 0) {
            longest = Math.max(longest, now - last);
        }
        last = now;
        count++;
        notifyAll();
    }

    /** Forgets what was before, but for the time of the last acknowledgement. */
    synchronized void reset() {
        longest = 0;
    }

    /** Waits for {@code more} acknowledgements from now on. */
    synchronized void await(long more, long nanos) {
        long wanted = count + more;
        long deadline = System.nanoTime() + nanos;
        try {
            while (count < wanted) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left <= 0) {
                    throw new IllegalStateException("Nothing is acknowledged any more");
                }
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    synchronized long longestMillis() {
        return TimeUnit.NANOSECONDS.toMillis(longest);
    }
}
