package io.millstream.core;

import java.util.Comparator;

/**
 * One partition of a topic.
 *
 * @param topic the topic; never null
 * @param partition from 0
 */
public record TopicPartition(TopicName topic, int partition) implements Comparable<TopicPartition> {

    private static final Comparator<TopicPartition> ORDER =
            Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

    /** @throws IllegalArgumentException if the partition is negative */
    public TopicPartition {
        if (partition < 0) {
            throw new IllegalArgumentException("Partition " + partition + " of topic " + topic + " is negative");
        }
    }

    /** @throws IllegalArgumentException if the name is not legal or the partition is negative */
    public TopicPartition(String topic, int partition) {
        this(new TopicName(topic), partition);
    }

    @Override
    public int compareTo(TopicPartition other) {
        return ORDER.compare(this, other);
    }

    /** {@code topic-partition}: what users read in messages, and the directory's name on disk. */
    @Override
    public String toString() {
        return topic + "-" + partition;
    }
}
