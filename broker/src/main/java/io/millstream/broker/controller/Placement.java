package io.millstream.broker.controller;

import io.millstream.broker.controller.Refusal.Reason;
import io.millstream.core.TopicName;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Which broker holds which partition of a new topic, and whether the topic can be made at all. Pure. */
final class Placement {

    /** More partitions than this in one topic would make its znode too large. */
    static final int MAX_PARTITIONS = 20_000;

    private Placement() {}

    /**
     * Where the replicas of {@code topic} go.
     *
     * @param start where among the brokers to begin; spreads the first partitions of many topics
     */
    static Outcome<SortedMap<Integer, List<Integer>>> of(ClusterState cluster, NewTopic topic, int start) {
        Optional<String> objection = TopicName.objection(topic.name());
        if (objection.isPresent()) {
            return Outcome.refused(Reason.INVALID_NAME, objection.get());
        }
        TopicName name = new TopicName(topic.name());
        if (cluster.topics().containsKey(name)) {
            return Outcome.refused(Reason.TOPIC_EXISTS, "Topic '" + name + "' already exists.");
        }
        Optional<TopicName> colliding = colliding(cluster, name);
        if (colliding.isPresent()) {
            return Outcome.refused(
                    Reason.INVALID_NAME,
                    "Topic " + name + " collides with " + colliding.get() + ": '.' and '_' count as the same letter");
        }
        return topic.assignment().isEmpty() ? spread(cluster, topic, start) : manual(cluster, topic.assignment());
    }

    /** Metrics name topics with '_' for '.', so two names that differ only there cannot both exist. */
    private static Optional<TopicName> colliding(ClusterState cluster, TopicName name) {
        String metric = name.value().replace('.', '_');
        if (metric.indexOf('_') < 0) {
            return Optional.empty();
        }
        return cluster.topics().keySet().stream()
                .filter(other -> other.value().replace('.', '_').equals(metric))
                .findFirst();
    }

    private static Outcome<SortedMap<Integer, List<Integer>>> spread(ClusterState cluster, NewTopic topic, int start) {
        if (topic.partitions() < 1 || topic.partitions() > MAX_PARTITIONS) {
            return Outcome.refused(
                    Reason.INVALID_PARTITIONS,
                    "Topic " + topic.name() + " cannot have " + topic.partitions() + " partitions; allowed: 1 to "
                            + MAX_PARTITIONS);
        }
        Outcome<Spread> spread = Spread.over(cluster);
        if (spread.isRefused()) {
            return new Outcome<>(null, spread.refusal());
        }
        int replicas = topic.replicationFactor();
        int brokers = spread.value().size();
        if (replicas < 1 || replicas > brokers) {
            return Outcome.refused(
                    Reason.INVALID_REPLICATION_FACTOR,
                    "Topic " + topic.name() + " cannot have " + replicas + " replicas; " + brokers + " brokers live");
        }
        SortedMap<Integer, List<Integer>> assignment = new TreeMap<>();
        for (int partition = 0; partition < topic.partitions(); partition++) {
            assignment.put(partition, spread.value().row(replicas, start, partition));
        }
        return Outcome.of(assignment);
    }

    private static Outcome<SortedMap<Integer, List<Integer>>> manual(
            ClusterState cluster, SortedMap<Integer, List<Integer>> assignment) {
        int replicas = assignment.get(assignment.firstKey()).size();
        for (Map.Entry<Integer, List<Integer>> partition : assignment.entrySet()) {
            Set<Integer> distinct = new HashSet<>(partition.getValue());
            String objection = null;
            if (assignment.firstKey() != 0 || assignment.lastKey() != assignment.size() - 1) {
                objection = "partitions must be numbered from 0 without gaps";
            } else if (distinct.isEmpty()
                    || distinct.size() < partition.getValue().size()) {
                objection = "partition " + partition.getKey() + " names no broker, or one twice";
            } else if (partition.getValue().size() != replicas) {
                objection = "partitions have different numbers of replicas";
            } else if (!cluster.brokers().keySet().containsAll(distinct)) {
                objection = "partition " + partition.getKey() + " names a broker that does not live";
            }
            if (objection != null) {
                return Outcome.refused(Reason.INVALID_ASSIGNMENT, "Replica assignment: " + objection);
            }
        }
        if (assignment.size() > MAX_PARTITIONS) {
            return Outcome.refused(Reason.INVALID_PARTITIONS, "More than " + MAX_PARTITIONS + " partitions");
        }
        return Outcome.of(assignment);
    }
}
