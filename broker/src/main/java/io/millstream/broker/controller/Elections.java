package io.millstream.broker.controller;

import io.millstream.coordination.Document;
import io.millstream.coordination.PartitionState;
import io.millstream.coordination.Paths;
import io.millstream.coordination.Versioned;
import io.millstream.coordination.Write;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who leads a partition. Pure. */
final class Elections {

    private Elections() {}

    /**
     * What the state of a partition should become; empty if it is right as it stands.
     *
     * <p>Only members of the ISR may lead. A leader that registered anew begins a new term, and stands behind the other
     * members: it may have lost what it had not written to disk. Nobody leads while no member lives; the ISR is kept, so
     * that the first member to come back leads again.
     *
     * @param replicas broker ids, the preferred leader first
     * @param current the state as it stands
     * @param registrations live brokers' ids to the {@link Versioned#createdZxid} of their registrations
     */
    static Optional<PartitionState> next(
            List<Integer> replicas, PartitionState current, Map<Integer, Long> registrations) {
        Long registration = registrations.get(current.leader());
        if (registration != null && registration == current.leaderRegistration()) {
            return Optional.empty();
        }
        Optional<Integer> elected = replicas.stream()
                .filter(current.isr()::contains)
                .filter(registrations::containsKey)
                .min((a, b) -> Boolean.compare(a == current.leader(), b == current.leader()));
        if (elected.isPresent()) {
            return Optional.of(newTerm(current, elected.get(), registrations));
        }
        if (current.leader() == PartitionState.NO_LEADER) {
            return Optional.empty();
        }
        return Optional.of(new PartitionState(
                PartitionState.NO_LEADER,
                current.leaderEpoch() + 1,
                PartitionState.NO_REGISTRATION,
                current.isr(),
                current.eligible()));
    }

    private static PartitionState newTerm(PartitionState current, int leader, Map<Integer, Long> registrations) {
        List<Integer> isr = current.isr().stream()
                .filter(member -> member == leader || member != current.leader())
                .filter(registrations::containsKey)
                .toList();
        return new PartitionState(
                leader, current.leaderEpoch() + 1, registrations.get(leader), isr, current.eligible());
    }

    /** The elections that are due, as many as fit one multi; empty if every partition's state is right. */
    static Optional<Decision> due(ClusterState cluster) {
        Map<Integer, Long> registrations = registrations(cluster);
        List<Write> steps = new ArrayList<>();
        List<Part> touched = new ArrayList<>();
        for (Map.Entry<TopicName, ClusterState.Topic> topic : cluster.topics().entrySet()) {
            for (Map.Entry<Integer, Versioned<PartitionState>> state :
                    topic.getValue().states().entrySet()) {
                TopicPartition partition = new TopicPartition(topic.getKey(), state.getKey());
                next(topic.getValue().replicas(state.getKey()), state.getValue().value(), registrations)
                        .ifPresent(next -> {
                            steps.add(new Write.Update(
                                    Paths.partitionState(partition),
                                    Document.write(next),
                                    state.getValue().version()));
                            touched.add(new Part.Partition(partition));
                        });
                if (steps.size() >= Decision.STEPS - 1) { // one is left for the fence
                    return Optional.of(decision(steps, touched));
                }
            }
        }
        return steps.isEmpty() ? Optional.empty() : Optional.of(decision(steps, touched));
    }

    private static Decision decision(List<Write> steps, List<Part> touched) {
        return Decision.of("elect leaders of " + steps.size() + " partitions", steps, touched);
    }

    static Map<Integer, Long> registrations(ClusterState cluster) {
        Map<Integer, Long> registrations = new java.util.HashMap<>();
        cluster.brokers().forEach((id, registration) -> registrations.put(id, registration.createdZxid()));
        return registrations;
    }
}
