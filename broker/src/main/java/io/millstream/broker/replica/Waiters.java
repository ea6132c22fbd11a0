package io.millstream.broker.replica;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Those who wait for one partition to move: fetches for records, {@code acks=all} produces for their commitment.
 *
 * <p>Each waits for the high watermark to pass an offset, and is also told when the partition's role changes. It is told
 * at most once and has left by then. No wake-up is lost if the order is kept: whoever waits enters first and looks at the
 * partition afterwards; whoever moves the partition publishes first and wakes afterwards.
 *
 * <p>Safe for use by several threads. Callbacks run on the waking thread, outside any lock; they must be short.
 */
final class Waiters {

    private static final Logger log = LoggerFactory.getLogger(Waiters.class);

    private final Object lock = new Object();
    private final Set<Entry> entries = new LinkedHashSet<>(); // who waited longest is woken first
    private volatile boolean none = true;

    private final class Entry implements Ticket {

        private final long beyond;
        private final Runnable wake;
        private final AtomicBoolean over = new AtomicBoolean();

        private Entry(long beyond, Runnable wake) {
            this.beyond = beyond;
            this.wake = wake;
        }

        @Override
        public void cancel() {
            if (over.compareAndSet(false, true)) {
                synchronized (lock) {
                    entries.remove(this);
                    none = entries.isEmpty();
                }
            }
        }

        private void wake() {
            if (over.compareAndSet(false, true)) {
                try {
                    wake.run();
                } catch (RuntimeException e) { // the one who appended must not suffer
                    log.error("A waiter could not be woken", e);
                }
            }
        }
    }

    /**
     * Enters.
     *
     * @param beyond the high watermark must become larger than this
     * @param wake called once, unless cancelled before
     */
    Ticket enter(long beyond, Runnable wake) {
        Entry entry = new Entry(beyond, wake);
        synchronized (lock) {
            entries.add(entry);
            none = false;
        }
        return entry;
    }

    /** Wakes those who wait for less than {@code highWatermark}, which has been published. */
    void moved(long highWatermark) {
        wake(entry -> entry.beyond < highWatermark);
    }

    /** Wakes all, because the partition's role has changed. */
    void changed() {
        wake(entry -> true);
    }

    /** How many wait. */
    int size() {
        synchronized (lock) {
            return entries.size();
        }
    }

    private void wake(Predicate<Entry> which) {
        if (none) {
            return;
        }
        List<Entry> woken = new ArrayList<>();
        synchronized (lock) {
            entries.removeIf(entry -> which.test(entry) && woken.add(entry));
            none = entries.isEmpty();
        }
        woken.forEach(Entry::wake);
    }
}
