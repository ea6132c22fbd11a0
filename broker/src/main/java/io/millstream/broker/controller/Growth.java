package io.millstream.broker.controller;

import io.millstream.broker.controller.Refusal.Reason;
import io.millstream.coordination.Document;
import io.millstream.coordination.Paths;
import io.millstream.coordination.TopicAssignment;
import io.millstream.coordination.Write;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How a topic gets more partitions. Pure.
 *
 * <p>Each multi makes a whole topic that is larger than before, so where many partitions need several, clients may see some
 * before the others, and what is cut off by a crash leaves nothing to clear up.
 */
final class Growth {

    /** Partitions made in one multi, which carries the topic's whole assignment besides. */
    static final int PARTITIONS_IN_ONE = Decision.STEPS / 2 - 1;

    private Growth() {}

    /**
     * Where the replicas of the new partitions go, by their numbers.
     *
     * @param start where among the brokers to begin, if the topic itself does not tell
     */
    static Outcome<SortedMap<Integer, List<Integer>>> placement(ClusterState cluster, NewPartitions wanted, int start) {
        ClusterState.Topic topic = cluster.topics().get(wanted.topic());
        if (topic == null) {
            return Outcome.refused(Reason.UNKNOWN_TOPIC, "There is no topic " + wanted.topic());
        }
        int present = topic.assignment().value().partitions().size();
        if (wanted.count() <= present || wanted.count() > Placement.MAX_PARTITIONS) {
            return Outcome.refused(
                    Reason.INVALID_PARTITIONS,
                    "Topic " + wanted.topic() + " has " + present + " partitions and cannot be made to have "
                            + wanted.count() + "; allowed: " + (present + 1) + " to " + Placement.MAX_PARTITIONS);
        }
        if (topic.isMoving()) {
            return Outcome.refused(
                    Reason.REASSIGNMENT_IN_PROGRESS,
                    "A partition reassignment is in progress for the topic '" + wanted.topic() + "'.");
        }
        return wanted.assignments().isPresent()
                ? manual(cluster, topic, wanted.count(), wanted.assignments().get())
                : spread(cluster, topic, wanted, start);
    }

    /** Goes on where the placement of the partitions that exist left off. */
    private static Outcome<SortedMap<Integer, List<Integer>>> spread(
            ClusterState cluster, ClusterState.Topic topic, NewPartitions wanted, int start) {
        Outcome<Spread> over = Spread.over(cluster);
        if (over.isRefused()) {
            return new Outcome<>(null, over.refusal());
        }
        Spread spread = over.value();
        int replicas = topic.replicas(0).size();
        if (replicas > spread.size()) {
            return Outcome.refused(
                    Reason.INVALID_REPLICATION_FACTOR,
                    "Partitions of topic " + wanted.topic() + " have " + replicas + " replicas; " + spread.size()
                            + " brokers live");
        }
        int first = spread.place(topic.replicas(0).get(0));
        SortedMap<Integer, List<Integer>> added = new TreeMap<>();
        for (int partition = topic.states().size(); partition < wanted.count(); partition++) {
            added.put(partition, spread.row(replicas, first < 0 ? start : first, partition));
        }
        return Outcome.of(added);
    }

    private static Outcome<SortedMap<Integer, List<Integer>>> manual(
            ClusterState cluster, ClusterState.Topic topic, int count, List<List<Integer>> assignments) {
        int present = topic.states().size();
        if (assignments.size() != count - present) {
            return invalid(assignments.size() + " partitions are placed, " + (count - present) + " are new");
        }
        int replicas = topic.replicas(0).size();
        SortedMap<Integer, List<Integer>> added = new TreeMap<>();
        for (List<Integer> brokers : assignments) {
            int partition = present + added.size();
            Set<Integer> distinct = new HashSet<>(brokers);
            if (distinct.size() < brokers.size()) {
                return invalid("partition " + partition + " names a broker twice");
            }
            if (brokers.size() != replicas) {
                return invalid("partition " + partition + " has " + brokers.size() + " replicas; those that exist have "
                        + replicas);
            }
            if (!cluster.brokers().keySet().containsAll(distinct)) {
                return invalid("partition " + partition + " names a broker that does not live");
            }
            added.put(partition, List.copyOf(brokers));
        }
        return Outcome.of(added);
    }

    private static Outcome<SortedMap<Integer, List<Integer>>> invalid(String objection) {
        return Outcome.refused(Reason.INVALID_ASSIGNMENT, "Replica assignment: " + objection);
    }

    /** How to add partitions with their replicas at {@code added}. */
    static Decision grow(ClusterState cluster, TopicName name, SortedMap<Integer, List<Integer>> added) {
        ClusterState.Topic topic = cluster.topics().get(name);
        SortedMap<Integer, List<Integer>> assignment =
                new TreeMap<>(topic.assignment().value().partitions());
        int version = topic.assignment().version();
        List<List<Write>> multis = new ArrayList<>();
        List<Write> made = new ArrayList<>();
        for (Map.Entry<Integer, List<Integer>> partition : added.entrySet()) {
            assignment.put(partition.getKey(), partition.getValue());
            made.addAll(Topics.partition(new TopicPartition(name, partition.getKey()), partition.getValue(), cluster));
            if (made.size() == 2 * PARTITIONS_IN_ONE || partition.getKey().equals(added.lastKey())) {
                byte[] document = Document.write(new TopicAssignment(topic.id(), new TreeMap<>(assignment)));
                made.add(new Write.Update(Paths.topic(name), document, version++));
                multis.add(List.copyOf(made));
                made.clear();
            }
        }
        return new Decision(
                "give topic " + name + " " + added.size() + " more partitions", multis, List.of(new Part.Topic(name)));
    }
}
