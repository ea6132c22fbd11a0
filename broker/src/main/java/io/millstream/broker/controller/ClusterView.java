package io.millstream.broker.controller;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * The cluster as this broker serves it: a state appears here once the broker plays its part in it, so what clients are
 * told of this broker is true already. Safe for use by several threads.
 */
public final class ClusterView {

    private static final int MAX_WAITING = 100_000;

    private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();
    private volatile ClusterState state = ClusterState.EMPTY;

    private record Waiting(Predicate<ClusterState> condition, CompletableFuture<ClusterState> result) {}

    /** The state served now. */
    public ClusterState state() {
        return state;
    }

    /** Serves {@code next} from now on. Called by one thread. */
    public void publish(ClusterState next) {
        state = next;
        completeAll(next);
    }

    /**
     * Waits for a state.
     *
     * @return completes with the first state that meets {@code condition}, on the thread that publishes it; cancel it when
     *     it is not wanted any more. Fails at once with {@link IllegalStateException} if too many wait
     */
    public CompletableFuture<ClusterState> await(Predicate<ClusterState> condition) {
        if (count.get() >= MAX_WAITING) {
            return CompletableFuture.failedFuture(
                    new IllegalStateException("More than " + MAX_WAITING + " requests wait for the cluster"));
        }
        Waiting entry = new Waiting(condition, new CompletableFuture<>());
        count.incrementAndGet();
        waiting.add(entry);
        completeAll(state); // the state may have come before the entry
        return entry.result;
    }

    private void completeAll(ClusterState current) {
        waiting.removeIf(entry -> {
            boolean done = entry.result.isDone() || entry.condition.test(current);
            if (done) {
                count.decrementAndGet();
                entry.result.complete(current);
            }
            return done;
        });
    }
}
