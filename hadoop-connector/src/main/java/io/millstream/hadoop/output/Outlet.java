package io.millstream.hadoop.output;

import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** What a publication needs of the cluster. Fails as the client does. Safe for use by several threads. */
interface Outlet {

    /** As {@link io.millstream.client.SequencedSender#send}. */
    CompletableFuture<Long> send(TopicPartition partition, byte[] batch);

    /** As {@link io.millstream.client.SequencedSender#lastSequence}. */
    OptionalInt lastSequence(TopicPartition partition, long producerId);

    /**
     * What a partition's records tell of a producer.
     *
     * @param last sequence of its last record there
     * @param to where looking ended, exclusive
     */
    record Traced(OptionalInt last, long to) {}

    /** As {@link io.millstream.client.ProducerTrace#lastSequence}, up to the partition's end. */
    Traced trace(TopicPartition partition, long producerId, long from);

    /** The offset after the last that may be read, of each partition. */
    Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions);

    /** What leaders take for a topic now. Waits for one that nobody knows. */
    TopicRules rules(TopicName topic);

    /** The id that a topic has now, asked anew; empty if there is no such topic. */
    Optional<UUID> topicId(TopicName topic);
}
