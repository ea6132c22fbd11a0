package io.millstream.hadoop.output;

import io.millstream.core.TopicPartition;
import java.util.UUID;

/**
 * A batch as a task has staged it.
 *
 * @param topicId of the topic that it was made for
 * @param records how many are in it
 * @param bytes the batch, without a producer's numbers
 */
record StagedBatch(TopicPartition partition, UUID topicId, int records, byte[] bytes) {}
