package io.millstream.broker;

import io.millstream.core.Loop;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;

/**
 * A few loops for work that waits for the disk: done side by side, many small forced writes share what the disk has to do
 * for each of them.
 */
final class Workers {

    private final List<Loop> loops;

    /** @param loops belong to the caller */
    Workers(List<Loop> loops) {
        this.loops = List.copyOf(loops);
    }

    /** Runs all tasks; completes on a worker when the last is done. Fails if one failed, or the workers are closed. */
    CompletableFuture<Void> all(List<Runnable> tasks) {
        try {
            return CompletableFuture.allOf(IntStream.range(0, tasks.size())
                    .mapToObj(i -> CompletableFuture.runAsync(tasks.get(i), loops.get(i % loops.size())))
                    .toArray(CompletableFuture[]::new));
        } catch (RejectedExecutionException closed) {
            return CompletableFuture.failedFuture(closed);
        }
    }
}
