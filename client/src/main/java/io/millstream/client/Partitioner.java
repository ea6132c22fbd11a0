package io.millstream.client;

import io.millstream.core.Entropy;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Which partition a record goes to: the one given, else the one its key decides as in Kafka's clients, else one that
 * stays the same for a batch's worth of records, so that batches fill. Safe for use by several threads.
 */
final class Partitioner {

    private static final class Sticky {
        private int partition = -1;
        private long bytes;
    }

    private final Entropy entropy;
    private final int stickyBytes;
    private final ConcurrentMap<TopicName, Sticky> sticky = new ConcurrentHashMap<>();

    Partitioner(Entropy entropy, int stickyBytes) {
        this.entropy = entropy;
        this.stickyBytes = stickyBytes;
    }

    /** @throws ClientException if the topic is gone, or has no such partition */
    TopicPartition choose(Outgoing record, ClusterView view, int size) {
        ClusterView.Topic topic = view.topics().get(record.topic());
        if (topic == null || topic.partitions().isEmpty()) {
            throw new ClientException("Topic " + record.topic() + " does not exist");
        }
        int partitions = topic.partitions().size();
        if (record.partition().isPresent()) {
            int given = record.partition().getAsInt();
            if (given < 0 || given >= partitions) {
                throw new ClientException("Topic " + record.topic() + " has partitions 0 to " + (partitions - 1)
                        + "; there is no partition " + given);
            }
            return new TopicPartition(record.topic(), given);
        }
        int chosen = record.key() != null
                ? Murmur2.partition(record.key(), partitions)
                : stick(record.topic(), view, partitions, size);
        return new TopicPartition(record.topic(), chosen);
    }

    private int stick(TopicName topic, ClusterView view, int partitions, int size) {
        Sticky state = sticky.computeIfAbsent(topic, each -> new Sticky());
        synchronized (state) {
            if (state.partition < 0 || state.bytes >= stickyBytes) {
                state.partition = another(topic, view, partitions);
                state.bytes = 0;
            }
            state.bytes += size;
            return state.partition;
        }
    }

    private int another(TopicName topic, ClusterView view, int partitions) {
        List<Integer> led = new ArrayList<>();
        for (int i = 0; i < partitions; i++) {
            if (view.leader(new TopicPartition(topic, i)).isPresent()) {
                led.add(i);
            }
        }
        return led.isEmpty() ? entropy.nextInt(partitions) : led.get(entropy.nextInt(led.size()));
    }
}
