package io.millstream.broker.server.handler;

import io.millstream.broker.server.RequestContext;
import io.millstream.core.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** How long a request waits for work that is done elsewhere. */
final class Deadline {

    private final RequestContext context;
    private final long millis;

    /** @param millis from now; zero or less is now */
    Deadline(RequestContext context, long millis) {
        this.context = context;
        this.millis = Math.max(0, millis);
    }

    /**
     * {@code result}, completed with {@code late} if it does not come in time. What is late may still happen; only who
     * waits for it does so no longer.
     */
    <T> CompletableFuture<T> within(CompletableFuture<T> result, Supplier<T> late) {
        if (result.isDone()) {
            return result;
        }
        Loop.Timer timer = context.loop().schedule(() -> result.complete(late.get()), millis, TimeUnit.MILLISECONDS);
        return result.whenComplete((done, failure) -> timer.cancel());
    }

    /** All results, in order, once all are there. */
    static <T> CompletableFuture<List<T>> all(List<CompletableFuture<T>> results) {
        return CompletableFuture.allOf(results.toArray(CompletableFuture[]::new))
                .thenApply(done -> {
                    List<T> all = new ArrayList<>(results.size());
                    results.forEach(result -> all.add(result.join()));
                    return all;
                });
    }
}
