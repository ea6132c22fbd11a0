package io.millstream.broker.log;

import io.millstream.core.Loop;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forces a data directory's logs to disk, on a thread of its own. Requests for one log that come while it waits its turn
 * are served together: that is the group commit.
 */
final class Flusher {

    private static final Logger log = LoggerFactory.getLogger(Flusher.class);

    private static final long RETRY_MILLIS = 1_000;

    private final Loop loop;

    /** What of a log is to be flushed already. */
    static final class Turns {
        private final AtomicBoolean waiting = new AtomicBoolean();
        private final AtomicBoolean timed = new AtomicBoolean();
    }

    Flusher(Loop loop) {
        this.loop = loop;
    }

    /** Something was appended: flushes as the rules want it. */
    void appended(PartitionLog partition, LogConfig.Flushing rules) {
        long unflushed = partition.view().endOffset() - partition.flushedOffset();
        if (rules.mode() == FlushMode.COMMIT || unflushed >= rules.flushMessages()) {
            soon(partition);
        } else if (rules.flushMillis() != Long.MAX_VALUE) {
            within(partition, rules.flushMillis());
        }
    }

    /** Flushes a log as soon as its turn comes. */
    void soon(PartitionLog partition) {
        if (partition.turns.waiting.compareAndSet(false, true)) {
            try {
                loop.execute(() -> {
                    partition.turns.waiting.set(false);
                    flush(partition);
                });
            } catch (RejectedExecutionException e) {
                partition.turns.waiting.set(false);
                log.debug("Not flushed now: the data directory is closing, which flushes", e);
            }
        }
    }

    /** Flushes a log after a while. */
    void within(PartitionLog partition, long millis) {
        if (partition.turns.timed.compareAndSet(false, true)) {
            loop.schedule(
                    () -> {
                        partition.turns.timed.set(false);
                        flush(partition);
                    },
                    millis,
                    TimeUnit.MILLISECONDS);
        }
    }

    /** Ends what is under way. */
    void close() {
        loop.close();
    }

    private void flush(PartitionLog partition) {
        try {
            partition.flush();
        } catch (StorageException e) {
            if (e.kind() != StorageException.Kind.CLOSED) {
                log.error("Cannot flush {}: {}", partition.partition(), e.getMessage());
            }
            if (e.kind().mayPass()) { // nobody need append more, and some wait for what has been
                within(partition, RETRY_MILLIS);
            }
        }
    }
}
