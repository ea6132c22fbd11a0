package io.millstream.broker.controller;

import io.millstream.coordination.Document;
import io.millstream.coordination.PartitionState;
import io.millstream.coordination.Paths;
import io.millstream.coordination.Versioned;
import io.millstream.coordination.Write;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The elections of a whole cluster. Pure. */
final class Elections {

    /** Partitions that are handed over at a time. */
    static final int HANDOVERS = 50;

    /** How many partitions a line of the log names. */
    private static final int NAMED = 10;

    private Elections() {}

    /** One partition's next state, to be written over the one that was read. */
    record Move(TopicPartition partition, Election election, int version) {

        boolean changesLeader() {
            return election.kind() != Election.Kind.TIDIED;
        }

        Write.Update write() {
            return new Write.Update(Paths.partitionState(partition), Document.write(election.state()), version);
        }
    }

    /**
     * The elections that are due, the most urgent ones; empty if every partition's state is right. Where a leader is gone
     * they are all due at once. Where one still serves they are not: while the old leader lets go and the new one takes hold
     * nobody writes, which is the shorter the fewer they are at a time.
     */
    static Optional<Decision> due(ClusterState cluster, ElectionRules.Source rules) {
        Map<Boolean, List<Move>> byHaste = moves(cluster, rules, Election::next).stream()
                .collect(Collectors.partitioningBy(move -> move.election().kind() == Election.Kind.HANDED_OVER));
        List<Move> handovers = byHaste.get(true);
        List<Move> others = byHaste.get(false);
        boolean urgent = others.stream().anyMatch(Move::changesLeader);
        if (!urgent && !handovers.isEmpty()) {
            List<Move> some = handovers.subList(0, Math.min(HANDOVERS, handovers.size()));
            return Optional.of(decision("hand over leadership", some));
        }
        return others.isEmpty() ? Optional.empty() : Optional.of(decision("elect leaders", others));
    }

    /** What {@code election} gives for every partition. */
    static List<Move> moves(
            ClusterState cluster, ElectionRules.Source rules, Function<Ballot, Optional<Election>> election) {
        List<Move> leaders = new ArrayList<>();
        List<Move> others = new ArrayList<>();
        for (Map.Entry<TopicName, ClusterState.Topic> topic : cluster.topics().entrySet()) {
            Supplier<ElectionRules> once = once(cluster, rules, topic.getKey());
            topic.getValue().states().forEach((number, state) -> {
                TopicPartition partition = new TopicPartition(topic.getKey(), number);
                Ballot ballot = new Ballot(
                        partition, topic.getValue().replicas(number), state.value(), cluster.brokers(), () -> once.get()
                                .among(topic.getValue().settled(number)));
                election.apply(ballot)
                        .map(next -> new Move(partition, next, state.version()))
                        .ifPresent(move -> (move.changesLeader() ? leaders : others).add(move));
            });
        }
        leaders.addAll(others);
        return leaders;
    }

    /** One partition's ballot; empty if it does not exist. */
    static Optional<Ballot> ballot(ClusterState cluster, ElectionRules.Source rules, TopicPartition partition) {
        ClusterState.Topic topic = cluster.topics().get(partition.topic());
        if (topic == null || !topic.states().containsKey(partition.partition())) {
            return Optional.empty();
        }
        Versioned<PartitionState> state = topic.states().get(partition.partition());
        return Optional.of(new Ballot(
                partition, topic.replicas(partition.partition()), state.value(), cluster.brokers(), () -> rules.of(
                                cluster, partition.topic())
                        .among(topic.settled(partition.partition()))));
    }

    /** Reading a topic's settings takes longer than deciding about a partition. */
    private static Supplier<ElectionRules> once(ClusterState cluster, ElectionRules.Source rules, TopicName topic) {
        Map<TopicName, ElectionRules> known = new HashMap<>();
        return () -> known.computeIfAbsent(topic, name -> rules.of(cluster, name));
    }

    /**
     * How to make {@code moves}, each for itself.
     *
     * @param what as in {@link Decision#what}
     */
    static Decision decision(String what, List<Move> moves) {
        List<List<Write>> multis = new ArrayList<>();
        List<Write> leaders = new ArrayList<>();
        List<Write> isrs = new ArrayList<>();
        List<Part> touched = new ArrayList<>();
        for (Move move : moves) {
            (move.changesLeader() ? leaders : isrs).add(move.write());
            touched.add(new Part.Partition(move.partition()));
        }
        multis.addAll(Decision.cut(leaders));
        multis.addAll(Decision.cut(isrs));
        String counted = what + ": " + leaders.size() + " partitions change hands, " + isrs.size() + " only their ISR";
        return Decision.independent(counted, multis, touched).withWarnings(warnings(moves));
    }

    private static List<String> warnings(List<Move> moves) {
        List<String> warnings = new ArrayList<>();
        warn(moves, Election.Kind.UNCLEAN, "are led by a replica that was not in sync: records may be lost", warnings);
        warn(
                moves,
                Election.Kind.AFTER_LOSS,
                "have no replica left that lost nothing when its machine went down: the end of their logs may be lost",
                warnings);
        warn(moves, Election.Kind.NOBODY, "have no leader: no replica that may lead is there", warnings);
        return warnings;
    }

    private static void warn(List<Move> moves, Election.Kind kind, String what, List<String> warnings) {
        List<TopicPartition> those = moves.stream()
                .filter(move -> move.election().kind() == kind)
                .map(Move::partition)
                .toList();
        if (!those.isEmpty()) {
            String more = those.size() > NAMED ? " and others" : "";
            warnings.add(those.size() + " partitions " + what + ": " + those.subList(0, Math.min(NAMED, those.size()))
                    + more);
        }
    }
}
