package io.millstream.broker.controller;

import io.millstream.broker.controller.Elections.Move;
import io.millstream.broker.controller.Refusal.Reason;
import io.millstream.core.TopicPartition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Elections that somebody asked for (KIP-183, KIP-460): of preferred leaders, or of any replica where nobody leads. What
 * became of each partition is found one after the other, as states show it.
 */
final class LeaderElection implements Change<SortedMap<TopicPartition, Optional<Refusal>>> {

    /** What is wanted. */
    enum Kind {
        PREFERRED,
        UNCLEAN
    }

    private final Kind kind;
    private final ElectionRules.Source rules;
    private final SortedMap<TopicPartition, Optional<Refusal>> verdicts = new TreeMap<>();
    private final Set<TopicPartition> pending;
    private final Set<TopicPartition> attempted = new HashSet<>();

    LeaderElection(Kind kind, Collection<TopicPartition> partitions, ElectionRules.Source rules) {
        this.kind = kind;
        this.pending = new TreeSet<>(partitions);
        this.rules = kind == Kind.PREFERRED
                ? rules
                : (cluster, topic) -> new ElectionRules(rules.of(cluster, topic).minInSync(), true);
    }

    /** Gives every partition that is not pending its verdict. */
    @Override
    public Optional<SortedMap<TopicPartition, Optional<Refusal>>> done(ClusterState cluster) {
        for (TopicPartition partition : List.copyOf(pending)) {
            verdict(cluster, partition).ifPresent(verdict -> {
                pending.remove(partition);
                boolean elected = attempted.contains(partition) && verdict.reason() == Reason.ELECTION_NOT_NEEDED;
                verdicts.put(partition, elected ? Optional.empty() : Optional.of(verdict));
            });
        }
        return pending.isEmpty() ? Optional.of(verdicts) : Optional.empty();
    }

    /** Why there is nothing to be done; empty if there is something. */
    private Optional<Refusal> verdict(ClusterState cluster, TopicPartition partition) {
        Optional<Ballot> found = Elections.ballot(cluster, rules, partition);
        if (found.isEmpty()) {
            return refused(Reason.UNKNOWN_TOPIC, "There is no partition " + partition);
        }
        Ballot ballot = found.get();
        if (isAsWanted(ballot)) {
            return refused(Reason.ELECTION_NOT_NEEDED, "Leader election not needed for topic partition.");
        }
        if (election(ballot).isPresent()) {
            return Optional.empty();
        }
        return kind == Kind.PREFERRED
                ? refused(
                        Reason.PREFERRED_LEADER_NOT_AVAILABLE,
                        "The preferred leader " + ballot.replicas().get(0) + " of " + partition
                                + " does not live or is not in sync")
                : refused(Reason.ELIGIBLE_LEADERS_NOT_AVAILABLE, "No replica of " + partition + " lives");
    }

    private boolean isAsWanted(Ballot ballot) {
        int leader = ballot.state().leader();
        return ballot.isLed()
                && (kind == Kind.UNCLEAN
                        ? ballot.serves(leader)
                        : leader == ballot.replicas().get(0));
    }

    private Optional<Election> election(Ballot ballot) {
        return kind == Kind.PREFERRED
                ? Election.preferred(ballot)
                : Election.next(ballot).filter(next -> next.kind() != Election.Kind.NOBODY);
    }

    private static Optional<Refusal> refused(Reason reason, String message) {
        return Optional.of(new Refusal(reason, message));
    }

    @Override
    public Outcome<Decision> decide(ClusterState cluster) {
        List<Move> moves = new ArrayList<>();
        for (TopicPartition partition : pending) {
            Ballot ballot = Elections.ballot(cluster, rules, partition).orElseThrow();
            int version = cluster.topics()
                    .get(partition.topic())
                    .states()
                    .get(partition.partition())
                    .version();
            election(ballot).ifPresent(next -> moves.add(new Move(partition, next, version)));
            attempted.add(partition);
        }
        return Outcome.of(Elections.decision("elect leaders as asked (" + kind + ")", moves));
    }
}
