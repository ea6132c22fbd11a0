package io.millstream.broker.group;

import java.util.concurrent.CompletableFuture;

/**
 * A request that waits for its answer. The group keeps it and hands it back with the answer; whoever runs the group
 * delivers it.
 *
 * @param <T> type of the answer
 */
final class Ticket<T> {

    private final CompletableFuture<T> answer = new CompletableFuture<>();

    /** Completes when the answer is delivered. */
    CompletableFuture<T> answer() {
        return answer;
    }
}
