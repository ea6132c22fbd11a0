package io.millstream.client;

import io.millstream.core.BrokerEndpoint;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is known of a cluster at one moment. Immutable.
 *
 * @param brokers those alive, by id
 * @param topics those known, which need not be all there are
 */
public record ClusterView(SortedMap<Integer, Broker> brokers, SortedMap<TopicName, Topic> topics) {

    /** Nothing is known. */
    static final ClusterView EMPTY = new ClusterView(new TreeMap<>(), new TreeMap<>());

    /** @param rack where it stands; empty if it does not say */
    public record Broker(int id, BrokerEndpoint endpoint, Optional<String> rack) {}

    /**
     * @param id another one each time a topic of this name is created; empty where the source does not say
     * @param partitions by number
     * @param internal whether it is the brokers' own (Apache Kafka's offsets and transactions)
     */
    public record Topic(Optional<UUID> id, SortedMap<Integer, Partition> partitions, boolean internal) {

        /** One that people made. */
        public Topic(Optional<UUID> id, SortedMap<Integer, Partition> partitions) {
            this(id, partitions, false);
        }

        public Topic {
            partitions = Collections.unmodifiableSortedMap(new TreeMap<>(partitions));
        }
    }

    /**
     * @param leader broker id; negative while there is none
     * @param leaderEpoch -1 where the source does not say
     * @param replicas broker ids, the preferred leader first
     */
    public record Partition(int leader, int leaderEpoch, List<Integer> replicas) {

        public Partition {
            replicas = List.copyOf(replicas);
        }
    }

    /** A partition's leader as last heard of. */
    public record Leader(Broker broker, int epoch) {}

    public ClusterView {
        brokers = Collections.unmodifiableSortedMap(new TreeMap<>(brokers));
        topics = Collections.unmodifiableSortedMap(new TreeMap<>(topics));
    }

    /** The partition as known; empty if it is not. */
    public Optional<Partition> partition(TopicPartition partition) {
        return Optional.ofNullable(topics.get(partition.topic()))
                .map(topic -> topic.partitions().get(partition.partition()));
    }

    /** Who leads the partition; empty if it is not known, or nobody alive does. */
    public Optional<Leader> leader(TopicPartition partition) {
        return partition(partition).flatMap(known -> Optional.ofNullable(brokers.get(known.leader()))
                .map(broker -> new Leader(broker, known.leaderEpoch())));
    }

    /** Hosts of the live brokers that hold the partition, its leader first. */
    List<String> hosts(TopicPartition partition) {
        Partition known = partition(partition).orElse(null);
        if (known == null) {
            return List.of();
        }
        return Stream.concat(Stream.of(known.leader()), known.replicas().stream())
                .map(id -> brokers.get(id))
                .filter(Objects::nonNull)
                .map(broker -> broker.endpoint().host())
                .distinct()
                .collect(Collectors.toUnmodifiableList());
    }

    /**
     * This view with what was learned.
     *
     * @param asked what {@code learned} speaks for, besides all brokers; empty if for everything
     * @param untold topics of them that it does not speak for
     */
    ClusterView learning(Optional<Set<TopicName>> asked, ClusterView learned, Set<TopicName> untold) {
        SortedMap<TopicName, Topic> merged = new TreeMap<>(topics);
        merged.keySet()
                .removeIf(topic -> !untold.contains(topic)
                        && (asked.isEmpty() || asked.get().contains(topic)));
        merged.putAll(learned.topics);
        return new ClusterView(learned.brokers, merged);
    }
}
