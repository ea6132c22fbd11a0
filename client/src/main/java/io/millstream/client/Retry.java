package io.millstream.client;

import io.millstream.coordination.CoordinationException;
import io.millstream.net.ConnectionException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Tries until it works, the trouble is of a kind that does not pass, or time is over. Runs on the client's loop. */
final class Retry<T> {

    private final Environment environment;
    private final Backoff backoff;
    private final Duration timeout;
    private final long deadline;
    private final String what;
    private final Supplier<CompletableFuture<T>> attempt;
    private final CompletableFuture<T> result = new CompletableFuture<>();

    private Retry(Cluster cluster, Duration timeout, String what, Supplier<CompletableFuture<T>> attempt) {
        this.environment = cluster.environment();
        this.backoff = new Backoff(cluster.settings(), environment.entropy());
        this.timeout = timeout;
        this.deadline = environment.clock().nanos() + timeout.toNanos();
        this.what = what;
        this.attempt = attempt;
    }

    /**
     * Starts.
     *
     * @param what is tried to be had, for the message of a time-out
     * @param attempt called on the loop
     */
    static <T> CompletableFuture<T> until(
            Cluster cluster, Duration timeout, String what, Supplier<CompletableFuture<T>> attempt) {
        Retry<T> retry = new Retry<>(cluster, timeout, what, attempt);
        cluster.environment().loop().execute(retry::run);
        return retry.result;
    }

    /** Whether this trouble may pass by itself. */
    static boolean passes(Throwable failure) {
        if (failure instanceof ConnectionException lost) {
            return lost.reason() != ConnectionException.Reason.UNSUPPORTED;
        }
        if (failure instanceof CoordinationException lost) {
            return lost.reason() != CoordinationException.Reason.REFUSED;
        }
        return failure instanceof TryAgain;
    }

    private void run() {
        Async.then(Async.on(environment.loop(), Async.begin(attempt)), this::tried);
    }

    private void tried(T value, Throwable failure) {
        if (failure == null) {
            result.complete(value);
            return;
        }
        if (!passes(failure)) {
            result.completeExceptionally(failure);
            return;
        }
        long pause = backoff.nextNanos();
        if (environment.clock().nanos() + pause - deadline >= 0) {
            result.completeExceptionally(new TimedOutException(
                    "No " + what + " within " + timeout.toMillis() + " ms: " + failure.getMessage(), failure));
            return;
        }
        environment.loop().schedule(this::run, pause, TimeUnit.NANOSECONDS);
    }
}
