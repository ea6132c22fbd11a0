package io.millstream.hadoop.ingest.document;

import io.millstream.core.TopicPartition;

/**
 * The offsets of one partition that a run takes.
 *
 * @param topic the topic's name
 * @param partition its partition
 * @param start first offset: the committed one, or where the first run begins
 * @param end offset after the last, as observed when the run was planned
 */
public record PartitionPlan(String topic, int partition, long start, long end) {

    /** How many offsets there are to read. */
    public long offsets() {
        return end - start;
    }

    public TopicPartition topicPartition() {
        return new TopicPartition(topic, partition);
    }
}
