package io.millstream.broker.controller;

import io.millstream.coordination.Document;
import io.millstream.coordination.PartitionState;
import io.millstream.coordination.Paths;
import io.millstream.coordination.TopicAssignment;
import io.millstream.coordination.Versioned;
import io.millstream.coordination.Write;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How partitions move to other brokers (KIP-455). Pure.
 *
 * <p>A partition that moves has both its old and its new replicas, the new ones in front. Once all new ones are in sync, one
 * multi takes the old ones out of the assignment and the ISR, and the lead from them. All of it stands in ZooKeeper, so any
 * controller goes on with it.
 */
final class Reassignments {

    /** Partitions whose replicas one multi changes, which carries the topic's whole assignment besides. */
    static final int PARTITIONS_IN_ONE = Decision.STEPS - 3;

    /** What does not make a replica lead that was not in sync. */
    private static final Set<Election.Kind> CONFINING =
            EnumSet.of(Election.Kind.TIDIED, Election.Kind.HANDED_OVER, Election.Kind.CLEAN);

    private Reassignments() {}

    /** Where the replicas of a partition were before it began to move, or are if it does not. */
    static List<Integer> origin(TopicAssignment assignment, int partition) {
        return without(assignment.partitions().get(partition), assignment.adding(), partition);
    }

    /** Where the replicas of a partition are going, or are if it does not move. */
    static List<Integer> target(TopicAssignment assignment, int partition) {
        return without(assignment.partitions().get(partition), assignment.removing(), partition);
    }

    private static List<Integer> without(
            List<Integer> replicas, SortedMap<Integer, List<Integer>> which, int partition) {
        List<Integer> left = new ArrayList<>(replicas);
        left.removeAll(which.getOrDefault(partition, List.of()));
        return List.copyOf(left);
    }

    /** {@code assignment}, with a partition on its way to {@code target}, which may be where it is. */
    static TopicAssignment moving(TopicAssignment assignment, int partition, List<Integer> target) {
        List<Integer> origin = origin(assignment, partition);
        Set<Integer> all = new LinkedHashSet<>(target);
        all.addAll(origin);
        List<Integer> adding = new ArrayList<>(all);
        adding.removeAll(origin);
        List<Integer> removing = new ArrayList<>(all);
        removing.removeAll(target);
        return with(assignment, partition, List.copyOf(all), adding, removing);
    }

    /** {@code assignment}, with a partition at {@code replicas} and not moving. */
    static TopicAssignment settled(TopicAssignment assignment, int partition, List<Integer> replicas) {
        return with(assignment, partition, replicas, List.of(), List.of());
    }

    private static TopicAssignment with(
            TopicAssignment assignment,
            int partition,
            List<Integer> replicas,
            List<Integer> adding,
            List<Integer> removing) {
        SortedMap<Integer, List<Integer>> partitions = new TreeMap<>(assignment.partitions());
        partitions.put(partition, replicas);
        return new TopicAssignment(
                assignment.topicId(),
                partitions,
                put(assignment.adding(), partition, adding),
                put(assignment.removing(), partition, removing));
    }

    private static SortedMap<Integer, List<Integer>> put(
            SortedMap<Integer, List<Integer>> map, int partition, List<Integer> brokers) {
        SortedMap<Integer, List<Integer>> changed = new TreeMap<>(map);
        if (brokers.isEmpty()) {
            changed.remove(partition);
        } else {
            changed.put(partition, List.copyOf(brokers));
        }
        return changed;
    }

    /** What ends the moves of a topic's partitions that have arrived; empty if none has. */
    static Optional<Decision> due(ClusterState cluster, ElectionRules.Source rules) {
        for (Map.Entry<TopicName, ClusterState.Topic> topic : cluster.topics().entrySet()) {
            if (topic.getValue().isMoving()) {
                Optional<Decision> arrival = arrival(cluster, rules, topic.getKey(), topic.getValue());
                if (arrival.isPresent()) {
                    return arrival;
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<Decision> arrival(
            ClusterState cluster, ElectionRules.Source rules, TopicName name, ClusterState.Topic topic) {
        TopicAssignment before = topic.assignment().value();
        TopicAssignment after = before;
        List<Write> states = new ArrayList<>();
        for (int partition : movingPartitions(before)) {
            List<Integer> target = target(before, partition);
            Optional<Write> state = confined(cluster, rules, new TopicPartition(name, partition), target)
                    .filter(write -> hasArrived(cluster, name, topic, partition, target));
            if (state.isPresent() && states.size() < PARTITIONS_IN_ONE) {
                states.add(state.get());
                after = settled(after, partition, target);
            }
        }
        if (states.isEmpty()) {
            return Optional.empty();
        }
        String what = "complete the reassignment of " + states.size() + " partitions of topic " + name;
        return Optional.of(Decision.of(what, change(cluster, name, after, states), List.of(new Part.Topic(name))));
    }

    static Set<Integer> movingPartitions(TopicAssignment assignment) {
        Set<Integer> moving = new TreeSet<>(assignment.adding().keySet());
        moving.addAll(assignment.removing().keySet());
        moving.retainAll(assignment.partitions().keySet());
        return moving;
    }

    /** Whether all the target's replicas are in sync, and none of them is known to have lost something. */
    private static boolean hasArrived(
            ClusterState cluster, TopicName name, ClusterState.Topic topic, int partition, List<Integer> target) {
        PartitionState state = topic.states().get(partition).value();
        Ballot ballot = new Ballot(new TopicPartition(name, partition), target, state, cluster.brokers(), () -> {
            throw new AssertionError("nothing is decided here");
        });
        long inSync = ballot.isr().stream().filter(ballot::isSound).count();
        return !target.isEmpty() && inSync == target.size();
    }

    /**
     * What makes the state of a partition fit {@code replicas}: a write, or a check if it fits already. Empty if it cannot,
     * because none of them could lead. Where a replica leaves a new term begins, also under the same leader: what that knows
     * of a replica's progress must not outlive the replica's log, should it come back.
     */
    static Optional<Write> confined(
            ClusterState cluster, ElectionRules.Source rules, TopicPartition partition, List<Integer> replicas) {
        Versioned<PartitionState> state =
                cluster.topics().get(partition.topic()).states().get(partition.partition());
        Ballot ballot = new Ballot(
                partition, replicas, state.value(), cluster.brokers(), () -> rules.of(cluster, partition.topic()));
        if (replicas.containsAll(state.value().isr())
                && (state.value().leader() == PartitionState.NO_LEADER
                        || replicas.contains(state.value().leader()))) {
            return Optional.of(newTerm(cluster, partition, replicas, state.value()));
        }
        if (ballot.isr().stream().noneMatch(ballot::isSound)) {
            return Optional.empty();
        }
        Optional<Election> next = Election.next(ballot);
        if (next.isEmpty()) {
            return Optional.of(newTerm(cluster, partition, replicas, state.value()));
        }
        return next.filter(election -> CONFINING.contains(election.kind()))
                .map(election -> newTerm(cluster, partition, replicas, election.state()));
    }

    /** The write of a state, in a new term if one must begin; a check if that leaves all as it is. */
    private static Write newTerm(
            ClusterState cluster, TopicPartition partition, List<Integer> replicas, PartitionState next) {
        ClusterState.Topic topic = cluster.topics().get(partition.topic());
        Versioned<PartitionState> now = topic.states().get(partition.partition());
        boolean sameTerm = next.leaderEpoch() == now.value().leaderEpoch();
        boolean left = !replicas.containsAll(topic.replicas(partition.partition()));
        PartitionState state = sameTerm && left && next.leader() != PartitionState.NO_LEADER ? next.inNextTerm() : next;
        String path = Paths.partitionState(partition);
        return state.equals(now.value())
                ? new Write.Check(path, now.version())
                : new Write.Update(path, Document.write(state), now.version());
    }

    /** A topic's assignment with what goes along with it, for one multi. Who loses a replica is remembered. */
    static List<Write> change(ClusterState cluster, TopicName name, TopicAssignment after, List<Write> states) {
        ClusterState.Topic topic = cluster.topics().get(name);
        List<Write> steps = new ArrayList<>();
        steps.add(new Write.Update(
                Paths.topic(name), Document.write(after), topic.assignment().version()));
        steps.addAll(states);
        Set<Integer> leaving = new TreeSet<>();
        topic.assignment().value().partitions().forEach((partition, replicas) -> {
            Set<Integer> staying = Set.copyOf(after.partitions().get(partition));
            replicas.stream().filter(broker -> !staying.contains(broker)).forEach(leaving::add);
        });
        if (!leaving.isEmpty()) {
            steps.add(Leftovers.remember(cluster, name, after.topicId(), leaving));
        }
        return steps;
    }
}
