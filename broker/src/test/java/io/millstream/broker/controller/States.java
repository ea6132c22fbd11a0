package io.millstream.broker.controller;

import io.millstream.coordination.BrokerRegistration;
import io.millstream.coordination.PartitionState;
import io.millstream.coordination.TopicAssignment;
import io.millstream.coordination.Versioned;
import io.millstream.core.TopicName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/** Cluster states for tests. */
final class States {

    static final UUID DIRECTORY = new UUID(1, 1);

    private States() {}

    static <T> Versioned<T> versioned(T value, long createdZxid) {
        return new Versioned<>(value, 0, createdZxid, 0, 0);
    }

    static BrokerRegistration registration(int id) {
        return new BrokerRegistration("host" + id, 9092, new TreeMap<>(), -1, null, "boot", DIRECTORY);
    }

    /** A cluster of these brokers (id to the zxid of its registration) without topics. */
    static ClusterState brokers(Map<Integer, Long> registrations) {
        SortedMap<Integer, Versioned<BrokerRegistration>> brokers = new TreeMap<>();
        registrations.forEach((id, zxid) -> brokers.put(id, versioned(registration(id), zxid)));
        return new ClusterState(
                Optional.empty(), brokers, new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
    }

    /** {@code cluster} with one more topic, every partition of which has {@code state}. */
    static ClusterState with(
            ClusterState cluster, String name, SortedMap<Integer, List<Integer>> assignment, PartitionState state) {
        SortedMap<Integer, Versioned<PartitionState>> states = new TreeMap<>();
        assignment.keySet().forEach(partition -> states.put(partition, versioned(state, 1)));
        SortedMap<TopicName, ClusterState.Topic> topics = new TreeMap<>(cluster.topics());
        topics.put(
                new TopicName(name),
                new ClusterState.Topic(versioned(new TopicAssignment(new UUID(7, 7), assignment), 1), states));
        return new ClusterState(
                cluster.controller(),
                cluster.brokers(),
                topics,
                cluster.unfinished(),
                cluster.configs(),
                cluster.deletions());
    }

    static SortedMap<Integer, List<Integer>> assignment(int partitions, Integer... replicas) {
        SortedMap<Integer, List<Integer>> assignment = new TreeMap<>();
        for (int i = 0; i < partitions; i++) {
            assignment.put(i, List.of(replicas));
        }
        return assignment;
    }

    static NewTopic wanted(String name, int partitions, int replicas) {
        return wanted(name, partitions, replicas, new UUID(3, 3));
    }

    static NewTopic wanted(String name, int partitions, int replicas, UUID id) {
        return new NewTopic(name, id, partitions, replicas, new TreeMap<>(), new TreeMap<>());
    }
}
