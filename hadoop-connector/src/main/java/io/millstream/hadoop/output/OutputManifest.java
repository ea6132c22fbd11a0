package io.millstream.hadoop.output;

import io.millstream.core.TopicPartition;
import java.util.List;
import java.util.UUID;

/**
 * What a publication consists of: the staged files in the order in which they are sent, and the partitions they go to.
 *
 * @param files the tasks' files
 * @param targets sorted
 */
record OutputManifest(List<File> files, List<Target> targets) {

    /**
     * A task's file.
     *
     * @param path relative to the staging folder
     * @param bytes its length
     * @param crc32c of all of them, 8 hex digits
     */
    record File(String path, long bytes, String crc32c) {}

    /**
     * A partition that records go to.
     *
     * @param topicId of the topic that they were made for
     * @param records how many, below 2^31: each has a sequence of its own
     * @param from the partition's end before anything was decided: no record of ours lies below
     */
    record Target(String topic, UUID topicId, int partition, long records, long from) {

        TopicPartition topicPartition() {
            return new TopicPartition(topic, partition);
        }
    }
}
