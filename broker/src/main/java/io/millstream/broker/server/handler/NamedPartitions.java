package io.millstream.broker.server.handler;

import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.wire.ByTopic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;

/** Partitions as the wire names them, by topic, and as the domain does, one by one. */
final class NamedPartitions {

    private NamedPartitions() {}

    /** Empty if there cannot be such a partition. */
    static Optional<TopicPartition> of(String topic, int partition) {
        return partition < 0 || TopicName.objection(topic).isPresent()
                ? Optional.empty()
                : Optional.of(new TopicPartition(topic, partition));
    }

    /** Those that there can be, of {@code topics}. */
    static List<TopicPartition> of(List<ByTopic<Integer>> topics) {
        List<TopicPartition> all = new ArrayList<>();
        for (ByTopic<Integer> topic : topics) {
            topic.partitions().forEach(partition -> of(topic.topic(), partition).ifPresent(all::add));
        }
        return all;
    }

    /** {@code values} by topic. */
    static <V, R> List<ByTopic<R>> byTopic(Map<TopicPartition, V> values, BiFunction<Integer, V, R> answer) {
        SortedMap<String, List<R>> topics = new TreeMap<>();
        values.forEach(
                (partition, value) -> topics.computeIfAbsent(partition.topic().value(), topic -> new ArrayList<>())
                        .add(answer.apply(partition.partition(), value)));
        return topics.entrySet().stream()
                .map(topic -> new ByTopic<>(topic.getKey(), topic.getValue()))
                .toList();
    }
}
