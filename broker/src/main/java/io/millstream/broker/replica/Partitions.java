package io.millstream.broker.replica;

import io.millstream.core.TopicPartition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The partitions that this broker has. Safe for use by several threads. */
public final class Partitions {

    private final Map<String, Map<Integer, Partition>> byTopic = new ConcurrentHashMap<>();

    /**
     * The partition that a peer names.
     *
     * @param topic as it came over the wire: need not be a legal name
     * @param partition as it came over the wire: may be negative
     */
    public Optional<Partition> find(String topic, int partition) {
        Map<Integer, Partition> ofTopic = byTopic.get(topic);
        return ofTopic == null ? Optional.empty() : Optional.ofNullable(ofTopic.get(partition));
    }

    public Optional<Partition> find(TopicPartition id) {
        return find(id.topic().value(), id.partition());
    }

    /** All of them, as of now; a copy. */
    public Collection<Partition> all() {
        List<Partition> all = new ArrayList<>();
        byTopic.values().forEach(ofTopic -> all.addAll(ofTopic.values()));
        return all;
    }

    /** @throws IllegalStateException if it is there already */
    public void add(Partition partition) {
        TopicPartition id = partition.id();
        byTopic.compute(id.topic().value(), (topic, known) -> {
            Map<Integer, Partition> ofTopic = known == null ? new ConcurrentHashMap<>() : known;
            if (ofTopic.putIfAbsent(id.partition(), partition) != null) {
                throw new IllegalStateException("Partition " + id + " is there already");
            }
            return ofTopic;
        });
    }

    /** Takes a partition out; does nothing if it is not there. */
    public void remove(TopicPartition id) {
        byTopic.computeIfPresent(id.topic().value(), (topic, ofTopic) -> {
            ofTopic.remove(id.partition());
            return ofTopic.isEmpty() ? null : ofTopic;
        });
    }
}
