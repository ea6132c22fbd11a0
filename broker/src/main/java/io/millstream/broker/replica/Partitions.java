package io.millstream.broker.replica;

import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.wire.ErrorCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** The partitions that this broker has. Safe for use by several threads. */
public final class Partitions {

    private final Map<String, Map<Integer, Partition>> byTopic = new ConcurrentHashMap<>();
    private final Set<TopicPartition> lost = ConcurrentHashMap.newKeySet();
    private final List<PartitionListener> listeners = new CopyOnWriteArrayList<>();
    private final PartitionListener all = new PartitionListener() {
        @Override
        public void roleChanged(Partition partition) {
            listeners.forEach(each -> each.roleChanged(partition));
        }

        @Override
        public void isrDue(Partition partition) {
            listeners.forEach(each -> each.isrDue(partition));
        }

        @Override
        public void suspected(Partition partition, long offset, int bytes) {
            listeners.forEach(each -> each.suspected(partition, offset, bytes));
        }
    };

    /** Tells {@code listener} of all partitions from now on; one that is taken out is {@link Role.Offline} before. */
    public void listen(PartitionListener listener) {
        listeners.add(listener);
    }

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

    /**
     * What a peer is told about a partition that {@link #find} does not find: there is none, or its log cannot be used.
     *
     * @param topic as it came over the wire
     * @param partition as it came over the wire
     */
    public ErrorCode absence(String topic, int partition) {
        boolean known = partition >= 0
                && TopicName.objection(topic).isEmpty()
                && lost.contains(new TopicPartition(topic, partition));
        return known ? ErrorCode.KAFKA_STORAGE_ERROR : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    }

    /** Whether a partition that this broker should have cannot be used because of its disk. */
    public boolean isOffline(TopicPartition id) {
        return find(id).map(partition -> partition.role().equals(new Role.Offline(ErrorCode.KAFKA_STORAGE_ERROR)))
                .orElseGet(() -> lost.contains(id));
    }

    /** Remembers that a partition is this broker's, but that its log is not to be had. */
    public void lose(TopicPartition id) {
        lost.add(id);
    }

    /** Those that are remembered so, as of now; a copy. */
    public Collection<TopicPartition> lost() {
        return List.copyOf(lost);
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
        partition.listen(all);
        byTopic.compute(id.topic().value(), (topic, known) -> {
            Map<Integer, Partition> ofTopic = known == null ? new ConcurrentHashMap<>() : known;
            if (ofTopic.putIfAbsent(id.partition(), partition) != null) {
                throw new IllegalStateException("Partition " + id + " is there already");
            }
            return ofTopic;
        });
        lost.remove(id);
    }

    /** Takes a partition out, lost or not; does nothing if it is not there. */
    public void remove(TopicPartition id) {
        lost.remove(id);
        byTopic.computeIfPresent(id.topic().value(), (topic, ofTopic) -> {
            ofTopic.remove(id.partition());
            return ofTopic.isEmpty() ? null : ofTopic;
        });
    }
}
