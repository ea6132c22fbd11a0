package io.millstream.coordination;

import java.util.List;
import java.util.SortedMap;
import java.util.UUID;

/**
 * {@code /brokers/topics/<topic>}: a topic and where its replicas are.
 *
 * @param topicId another one each time a topic of this name is created
 * @param partitions partition to broker ids, the preferred leader first
 */
public record TopicAssignment(UUID topicId, SortedMap<Integer, List<Integer>> partitions) {}
