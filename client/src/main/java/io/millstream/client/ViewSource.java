package io.millstream.client;

import io.millstream.core.TopicName;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Where a cluster's view is learned from. Called on the client's loop. */
interface ViewSource extends AutoCloseable {

    /**
     * What was read.
     *
     * @param view all brokers, and the topics that could be read
     * @param failures why others could not: which says nothing of the rest
     */
    record Loaded(ClusterView view, Map<TopicName, RuntimeException> failures) {

        public Loaded {
            failures = Map.copyOf(failures);
        }
    }

    /**
     * Reads all brokers and some topics. One call at a time.
     *
     * @param topics those to read; empty for all there are. Those that do not exist are missing in the result
     * @param known what is known so far
     */
    CompletableFuture<Loaded> load(Optional<Set<TopicName>> topics, ClusterView known);

    @Override
    void close();
}
