package io.millstream.broker.replica;

import io.millstream.core.Clock;
import io.millstream.core.TopicPartition;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * What the copying of some partitions may take of this broker's bandwidth, in one direction, while a reassignment runs
 * ({@code leader.replication.throttled.rate} and {@code follower.replication.throttled.rate}, with the topics' lists of
 * throttled replicas). Only replicas that are not in sync are held back; whoever asks knows which these are.
 *
 * <p>Safe for use by several threads.
 */
public final class ReplicationThrottle {

    /** No bound. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    /** Whoever waits looks again after so long: another bound may hold by then. */
    private static final long LONGEST_WAIT_MILLIS = 1_000;

    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Clock clock;
    private volatile Limit limit = new Limit(UNLIMITED, id -> false);
    private long freeNanos; // guarded by this: when what was taken is paid for

    private record Limit(long bytesPerSecond, Predicate<TopicPartition> covered) {

        boolean holds(TopicPartition id) {
            return bytesPerSecond != UNLIMITED && covered.test(id);
        }
    }

    /** Holds nothing back until {@link #limit} says so. */
    public ReplicationThrottle(Clock clock) {
        this.clock = clock;
        this.freeNanos = clock.nanos();
    }

    /**
     * Sets the bound. Those who wait already learn of it within a second.
     *
     * @param bytesPerSecond positive, or {@link #UNLIMITED}
     * @param covered the partitions that it is for; asked often, from any thread
     */
    public void limit(long bytesPerSecond, Predicate<TopicPartition> covered) {
        if (bytesPerSecond <= 0) {
            throw new IllegalArgumentException("A throttle of " + bytesPerSecond + " bytes per second");
        }
        synchronized (this) {
            if (bytesPerSecond != limit.bytesPerSecond) {
                freeNanos = clock.nanos(); // by another rate, what was taken costs another time
            }
            limit = new Limit(bytesPerSecond, covered);
        }
    }

    /** Takes note of bytes that were copied for a replica that is not in sync. */
    public void took(TopicPartition id, int bytes) {
        Limit now = limit;
        if (bytes > 0 && now.holds(id)) {
            long cost = (long) (bytes * NANOS_PER_SECOND / now.bytesPerSecond);
            synchronized (this) {
                long nanos = clock.nanos();
                freeNanos = (freeNanos - nanos > 0 ? freeNanos : nanos) + cost;
            }
        }
    }

    /** How long a replica that is not in sync has to wait before it asks again, in ms; 0 if it has not. */
    public long waitMillis(TopicPartition id) {
        if (!limit.holds(id)) {
            return 0;
        }
        synchronized (this) {
            long left = freeNanos - clock.nanos();
            return left <= 0 ? 0 : Math.min(LONGEST_WAIT_MILLIS, 1 + TimeUnit.NANOSECONDS.toMillis(left));
        }
    }
}
