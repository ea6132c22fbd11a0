package io.millstream.client;

import io.millstream.core.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** The few words that futures lack. */
final class Async {

    private Async() {}

    /** All results, in order; fails as the first that fails. */
    static <T> CompletableFuture<List<T>> all(List<CompletableFuture<T>> futures) {
        return CompletableFuture.allOf(futures.toArray(new CompletableFuture<?>[0]))
                .thenApply(done -> {
                    List<T> results = new ArrayList<>(futures.size());
                    futures.forEach(future -> results.add(future.join()));
                    return results;
                });
    }

    /** What really went wrong, without the wrappers that chaining puts around it. */
    static Throwable cause(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /**
     * Waits for a result, for the blocking calls.
     *
     * @param what is waited for, for the message of a time-out
     * @throws ClientException as the future failed with, on time-out, or when the thread is interrupted (which stays so)
     */
    static <T> T await(CompletableFuture<T> future, Duration timeout, String what) {
        try {
            return future.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClientException("Interrupted while waiting for " + what, e);
        } catch (TimeoutException e) {
            throw new TimedOutException("Waited " + timeout.toMillis() + " ms for " + what, e);
        } catch (ExecutionException e) {
            throw surfaced(cause(e.getCause()), what);
        }
    }

    private static ClientException surfaced(Throwable failure, String what) {
        return failure instanceof ClientException known
                ? known
                : new ClientException("No " + what + ": " + failure.getMessage(), failure);
    }

    /** Begins something; if it throws instead of returning a future, the future returned has failed. */
    static <T> CompletableFuture<T> begin(Supplier<CompletableFuture<T>> something) {
        try {
            return something.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Completes on {@code loop} as {@code future} does, so that what is chained runs there. Fails if the loop is closed. */
    static <T> CompletableFuture<T> on(Loop loop, CompletableFuture<T> future) {
        CompletableFuture<T> moved = new CompletableFuture<>();
        then(future, (result, failure) -> {
            try {
                loop.execute(() -> settle(moved, result, failure));
            } catch (RejectedExecutionException closed) {
                moved.completeExceptionally(new ClientException("The client is closed", closed));
            }
        });
        return moved;
    }

    /** Does something at the end, whatever it is; nothing more is chained. The failure comes without wrappers. */
    static <T> void then(CompletableFuture<T> future, BiConsumer<? super T, Throwable> done) {
        var unused =
                future.whenComplete((result, failure) -> done.accept(result, failure == null ? null : cause(failure)));
    }

    private static <T> void settle(CompletableFuture<T> future, T result, Throwable failure) {
        if (failure != null) {
            future.completeExceptionally(cause(failure));
        } else {
            future.complete(result);
        }
    }
}
