package io.millstream.hadoop.ingest.document;

import io.millstream.core.TopicPartition;

/**
 * What a committed run did with one partition.
 *
 * @param topic the topic's name
 * @param partition its partition
 * @param start first offset taken
 * @param end offset after the last: the new committed offset
 * @param delivered records in data files
 * @param quarantined records in quarantine files
 * @param tombstones records without a value, which are in no file
 * @param gaps offsets that hold no record
 */
public record PartitionTotals(
        String topic,
        int partition,
        long start,
        long end,
        long delivered,
        long quarantined,
        long tombstones,
        long gaps) {

    public TopicPartition topicPartition() {
        return new TopicPartition(topic, partition);
    }
}
