package io.millstream.broker.controller;

import io.millstream.broker.controller.Refusal.Reason;
import io.millstream.coordination.TopicAssignment;
import io.millstream.coordination.Write;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reassignments that somebody asked for: each partition's new replicas, or none to stop its move. Done when the moves have
 * begun; they end by themselves ({@link Reassignments#due}).
 */
final class Reassignment implements Change<SortedMap<TopicPartition, Optional<Refusal>>> {

    private final SortedMap<TopicPartition, Optional<List<Integer>>> wanted;
    private final ElectionRules.Source rules;
    private final SortedMap<TopicPartition, Optional<Refusal>> verdicts = new TreeMap<>();
    private final Set<TopicPartition> attempted = new HashSet<>();

    /** @param wanted broker ids, the preferred leader first; empty to stop a move */
    Reassignment(SortedMap<TopicPartition, Optional<List<Integer>>> wanted, ElectionRules.Source rules) {
        this.wanted = new TreeMap<>(wanted);
        this.rules = rules;
    }

    @Override
    public Optional<SortedMap<TopicPartition, Optional<Refusal>>> done(ClusterState cluster) {
        wanted.forEach((partition, replicas) -> {
            if (!verdicts.containsKey(partition)) {
                Optional<Refusal> objection = objection(cluster, partition, replicas);
                if (objection.isPresent() || isAsWanted(cluster, partition, replicas)) {
                    verdicts.put(partition, objection);
                }
            }
        });
        return verdicts.size() == wanted.size() ? Optional.of(verdicts) : Optional.empty();
    }

    private Optional<Refusal> objection(
            ClusterState cluster, TopicPartition partition, Optional<List<Integer>> replicas) {
        ClusterState.Topic topic = cluster.topics().get(partition.topic());
        if (topic == null || !topic.states().containsKey(partition.partition())) {
            return refused(Reason.UNKNOWN_TOPIC, "The partition does not exist.");
        }
        TopicAssignment assignment = topic.assignment().value();
        if (replicas.isPresent()) {
            List<Integer> origin = Reassignments.origin(assignment, partition.partition());
            Optional<Refusal> misfit = misfit(cluster, origin, replicas.get());
            return misfit.isPresent() ? misfit : stranded(cluster, topic, partition, replicas);
        }
        if (!assignment.isMoving(partition.partition()) && !attempted.contains(partition)) {
            return refused(Reason.NO_REASSIGNMENT_IN_PROGRESS, "No partition reassignment is in progress.");
        }
        return stranded(cluster, topic, partition, replicas);
    }

    /** Whether replicas that were coming are the only ones in sync, and would not come any more. */
    private Optional<Refusal> stranded(
            ClusterState cluster,
            ClusterState.Topic topic,
            TopicPartition partition,
            Optional<List<Integer>> replicas) {
        TopicAssignment after = next(topic.assignment().value(), partition, replicas);
        return drops(topic, partition, after)
                        && confined(cluster, partition, after).isEmpty()
                ? refused(
                        Reason.INVALID_ASSIGNMENT,
                        "None of the replicas " + after.partitions().get(partition.partition())
                                + " that would be left is alive and in sync")
                : Optional.empty();
    }

    /** Why replicas cannot be there. */
    private static Optional<Refusal> misfit(ClusterState cluster, List<Integer> origin, List<Integer> replicas) {
        Set<Integer> distinct = new HashSet<>(replicas);
        Set<Integer> coming = new HashSet<>(distinct);
        origin.forEach(coming::remove);
        String objection = null;
        if (replicas.isEmpty()) {
            objection = "Empty replica list specified in partition reassignment.";
        } else if (distinct.size() < replicas.size()) {
            objection = "Duplicate replica ids in partition reassignment replica list: " + replicas;
        } else if (replicas.stream().anyMatch(broker -> broker < 0)) {
            objection = "Invalid broker id in replica list: " + replicas;
        } else if (!cluster.brokers().keySet().containsAll(coming)) {
            objection = "Replica assignment has brokers that are not alive. Replica list: " + replicas
                    + ", live broker list: " + cluster.brokers().keySet();
        }
        return objection == null ? Optional.empty() : refused(Reason.INVALID_ASSIGNMENT, objection);
    }

    private static Optional<Refusal> refused(Reason reason, String message) {
        return Optional.of(new Refusal(reason, message));
    }

    private static boolean isAsWanted(
            ClusterState cluster, TopicPartition partition, Optional<List<Integer>> replicas) {
        TopicAssignment assignment =
                cluster.topics().get(partition.topic()).assignment().value();
        return replicas.map(target ->
                        Reassignments.target(assignment, partition.partition()).equals(target))
                .orElseGet(() -> !assignment.isMoving(partition.partition()));
    }

    @Override
    public Outcome<Decision> decide(ClusterState cluster) {
        SortedMap<TopicName, List<TopicPartition>> byTopic = new TreeMap<>();
        for (TopicPartition partition : wanted.keySet()) {
            if (!verdicts.containsKey(partition)) {
                byTopic.computeIfAbsent(partition.topic(), name -> new ArrayList<>())
                        .add(partition);
            }
        }
        List<List<Write>> multis = new ArrayList<>();
        List<Part> touched = new ArrayList<>();
        byTopic.forEach((name, partitions) -> {
            multis.add(begin(cluster, name, partitions));
            touched.add(new Part.Topic(name));
        });
        return Outcome.of(new Decision("reassign partitions of " + byTopic.keySet(), multis, touched));
    }

    /** As many of a topic's partitions as fit one multi; the others follow at the next try. */
    private List<Write> begin(ClusterState cluster, TopicName name, List<TopicPartition> partitions) {
        ClusterState.Topic topic = cluster.topics().get(name);
        TopicAssignment after = topic.assignment().value();
        List<Write> states = new ArrayList<>();
        for (TopicPartition partition : partitions) {
            if (states.size() == Reassignments.PARTITIONS_IN_ONE) {
                break;
            }
            after = next(after, partition, wanted.get(partition));
            if (drops(topic, partition, after)) {
                states.add(confined(cluster, partition, after).orElseThrow()); // else refused before
            }
            attempted.add(partition);
        }
        return Reassignments.change(cluster, name, after, states);
    }

    private static TopicAssignment next(
            TopicAssignment assignment, TopicPartition partition, Optional<List<Integer>> replicas) {
        int number = partition.partition();
        return replicas.map(target -> Reassignments.moving(assignment, number, target))
                .orElseGet(() -> Reassignments.settled(assignment, number, Reassignments.origin(assignment, number)));
    }

    /** Whether replicas that were coming are not any more. */
    private static boolean drops(ClusterState.Topic topic, TopicPartition partition, TopicAssignment after) {
        int number = partition.partition();
        return !after.partitions().get(number).containsAll(topic.replicas(number));
    }

    private Optional<Write> confined(ClusterState cluster, TopicPartition partition, TopicAssignment after) {
        return Reassignments.confined(
                cluster, rules, partition, after.partitions().get(partition.partition()));
    }
}
