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

    /** Kafka's defaults. */
    static final ElectionRules RULES = new ElectionRules(1, false);

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
                Optional.empty(),
                brokers,
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeMap<>(),
                ClusterState.Overrides.NONE);
    }

    /** A cluster of brokers numbered from 0, each in its rack; null is none. */
    static ClusterState racks(List<String> racks) {
        SortedMap<Integer, Versioned<BrokerRegistration>> brokers = new TreeMap<>();
        for (String rack : racks) {
            int id = brokers.size();
            BrokerRegistration registration =
                    new BrokerRegistration("host" + id, 9092, new TreeMap<>(), -1, rack, "boot", DIRECTORY);
            brokers.put(id, versioned(registration, 10 + id));
        }
        return with(brokers(Map.of()), brokers);
    }

    /** {@code cluster}, in which a broker is about to stop. */
    static ClusterState draining(ClusterState cluster, int broker) {
        SortedMap<Integer, Versioned<BrokerRegistration>> brokers = new TreeMap<>(cluster.brokers());
        brokers.computeIfPresent(broker, (id, was) -> was.with(was.value().draining(true)));
        return with(cluster, brokers);
    }

    /** {@code cluster}, from which a broker is gone. */
    static ClusterState without(ClusterState cluster, int broker) {
        SortedMap<Integer, Versioned<BrokerRegistration>> brokers = new TreeMap<>(cluster.brokers());
        brokers.remove(broker);
        return with(cluster, brokers);
    }

    /** {@code cluster}, in which a broker is registered, too. */
    static ClusterState also(ClusterState cluster, int broker, long zxid) {
        SortedMap<Integer, Versioned<BrokerRegistration>> brokers = new TreeMap<>(cluster.brokers());
        brokers.put(broker, versioned(registration(broker), zxid));
        return with(cluster, brokers);
    }

    static ClusterState with(ClusterState cluster, SortedMap<Integer, Versioned<BrokerRegistration>> brokers) {
        return new ClusterState(
                cluster.controller(),
                brokers,
                cluster.topics(),
                cluster.unfinished(),
                cluster.configs(),
                cluster.deletions(),
                cluster.overrides());
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
                cluster.deletions(),
                cluster.overrides());
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
