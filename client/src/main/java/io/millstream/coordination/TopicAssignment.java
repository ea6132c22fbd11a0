package io.millstream.coordination;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * {@code /brokers/topics/<topic>}: a topic and where its replicas are.
 *
 * @param topicId another one each time a topic of this name is created
 * @param partitions partition to broker ids, the preferred leader first; while a partition is moving, those that come and
 *     those that go are among them
 * @param adding partition to the ids of the brokers that are to hold it and do not yet; only partitions that are moving
 *     (KIP-455)
 * @param removing partition to the ids of the brokers that hold it and are to do so no more once the others are in sync
 */
public record TopicAssignment(
        UUID topicId,
        SortedMap<Integer, List<Integer>> partitions,
        SortedMap<Integer, List<Integer>> adding,
        SortedMap<Integer, List<Integer>> removing) {

    public TopicAssignment {
        adding = Collections.unmodifiableSortedMap(adding == null ? new TreeMap<>() : new TreeMap<>(adding));
        removing = Collections.unmodifiableSortedMap(removing == null ? new TreeMap<>() : new TreeMap<>(removing));
    }

    /** A topic of which nothing is moving. */
    public TopicAssignment(UUID topicId, SortedMap<Integer, List<Integer>> partitions) {
        this(topicId, partitions, null, null);
    }

    /** Whether the partition is moving to other brokers. */
    public boolean isMoving(int partition) {
        return adding.containsKey(partition) || removing.containsKey(partition);
    }
}
