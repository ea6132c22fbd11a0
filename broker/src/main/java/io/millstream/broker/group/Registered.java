package io.millstream.broker.group;

import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * The brokers among which shards are shared out.
 *
 * @param all ids of those that are registered
 * @param staying those of them that are not about to stop
 */
public record Registered(Set<Integer> all, Set<Integer> staying) {

    public Registered {
        all = Set.copyOf(all);
        staying = Set.copyOf(staying);
    }

    /** Reads which brokers are registered, not before it is called: what they were before does not count. */
    @FunctionalInterface
    public interface Source {
        CompletableFuture<Registered> read();
    }
}
