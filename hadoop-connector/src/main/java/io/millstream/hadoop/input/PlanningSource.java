package io.millstream.hadoop.input;

import io.millstream.client.TimedOffset;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.UUID;

/** What planning asks of a cluster. Calls wait for brokers, and throw what the client throws. */
interface PlanningSource {

    /** All topics there are. */
    SortedSet<TopicName> topics();

    /** Whether this topic is the brokers' own, which nobody means who does not name it. */
    boolean internal(TopicName topic);

    /** The topic's partitions, in order. */
    SortedSet<TopicPartition> partitions(TopicName topic);

    /** The first retained offset of each. */
    Map<TopicPartition, Long> startOffsets(Set<TopicPartition> partitions);

    /** The offset after the last readable one of each. */
    Map<TopicPartition, Long> endOffsets(Set<TopicPartition> partitions);

    /** The first record of each that is at or after {@code millis}; empty where all are earlier. */
    Map<TopicPartition, Optional<TimedOffset>> offsetsAt(Set<TopicPartition> partitions, long millis);

    /**
     * Cuts each range at batch borders into chunks of about {@code targetBytes}.
     *
     * @return for each range, in the same order, the chunks that cover it; an empty list where its broker cannot tell
     */
    List<List<SizedRange>> chunks(Collection<OffsetRange> ranges, long targetBytes);

    /** Which topic has this name now; empty where brokers do not tell. */
    Optional<UUID> topicId(TopicName topic);

    /** Hosts that have the partition, its leader's first; may be empty. */
    List<String> hosts(TopicPartition partition);
}
