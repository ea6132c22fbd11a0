package io.millstream.hadoop.output;

import io.millstream.core.TopicPartition;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Sends one after the other for each partition, partitions beside each other, within a bound of bytes. One thread puts in; it waits
 * while the bound is reached, and hears of the first failure.
 */
final class Lanes {

    private static final long LOOK_MILLIS = 400;

    private final Executor sending;
    private final long bound;
    private final Runnable progress;
    private final Map<TopicPartition, CompletableFuture<?>> tails = new HashMap<>();
    private long bytes; // guarded by this
    private Throwable failure; // guarded by this; the first one

    /**
     * Empty lanes.
     *
     * @param sending where sends are made; may wait
     * @param bound what may be under way, in bytes; a batch that is larger goes alone
     * @param progress called while the caller waits, at least twice a second
     */
    Lanes(Executor sending, long bound, Runnable progress) {
        this.sending = sending;
        this.bound = bound;
        this.progress = progress;
    }

    /** Sends, once what was put in before for this partition is acknowledged; nothing is sent behind a failure. */
    void put(TopicPartition partition, int size, Supplier<CompletableFuture<Long>> send) {
        await(size);
        synchronized (this) {
            bytes += size;
        }
        CompletableFuture<?> before = tails.getOrDefault(partition, CompletableFuture.completedFuture(null));
        CompletableFuture<Long> sent = before.thenComposeAsync(done -> send.get(), sending);
        tails.put(partition, sent.whenComplete((offset, e) -> over(size, e)));
    }

    private synchronized void over(int size, Throwable e) {
        bytes -= size;
        if (e != null && failure == null) {
            failure = cause(e);
        }
        notifyAll();
    }

    private static Throwable cause(Throwable e) {
        Throwable cause = e;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** Waits until there is room. */
    private void await(int size) {
        await(() -> bytes == 0 || bytes + size <= bound);
    }

    /** Waits until all is acknowledged. */
    void drain() {
        await(() -> bytes == 0);
    }

    private void await(BooleanSupplier over) {
        while (!isOver(over)) {
            progress.run();
        }
    }

    /** Waits until it is, or for a moment; hears of a failure before anything else. */
    private synchronized boolean isOver(BooleanSupplier over) {
        boolean waited = false;
        while (failure == null && !over.getAsBoolean()) {
            if (waited) {
                return false;
            }
            try {
                wait(LOOK_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancellationException("Interrupted while waiting for acknowledgements");
            }
            waited = true;
        }
        if (failure != null) {
            throw surfaced(failure);
        }
        return true;
    }

    private static RuntimeException surfaced(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return failure instanceof RuntimeException known ? known : new CompletionException(failure);
    }
}
