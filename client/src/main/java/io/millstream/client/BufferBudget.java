package io.millstream.client;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** How many bytes unacknowledged records may take. Whoever wants more waits. Safe for use by several threads. */
final class BufferBudget {

    private final long capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition freed = lock.newCondition();
    private long used;

    BufferBudget(long capacity) {
        this.capacity = capacity;
    }

    /**
     * Takes {@code bytes}, which must be no more than the whole.
     *
     * @throws TimedOutException if they are not free in time
     * @throws ClientException if the thread is interrupted (which stays so)
     */
    void take(long bytes, Duration patience) {
        long left = patience.toNanos();
        try {
            lock.lockInterruptibly();
            try {
                while (capacity - used < bytes) {
                    if (left <= 0) {
                        throw new TimedOutException(
                                "No " + bytes + " bytes of " + capacity + " became free within " + patience.toMillis()
                                        + " ms: the brokers do not keep up",
                                null);
                    }
                    left = freed.awaitNanos(left);
                }
                used += bytes;
            } finally {
                lock.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClientException("Interrupted while waiting for buffer memory", e);
        }
    }

    void give(long bytes) {
        lock.lock();
        try {
            used -= bytes;
            freed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    long used() {
        lock.lock();
        try {
            return used;
        } finally {
            lock.unlock();
        }
    }
}
