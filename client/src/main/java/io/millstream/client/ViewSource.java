package io.millstream.client;

import io.millstream.core.TopicName;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Where a cluster's view is learned from. Called on the client's loop. */
interface ViewSource extends AutoCloseable {

    /**
     * Reads all brokers and some topics. One call at a time.
     *
     * @param topics those to read; empty for all there are. Those that do not exist are missing in the result
     * @param known what is known so far
     */
    CompletableFuture<ClusterView> load(Optional<Set<TopicName>> topics, ClusterView known);

    @Override
    void close();
}
