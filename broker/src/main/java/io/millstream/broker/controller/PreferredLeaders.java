package io.millstream.broker.controller;

import io.millstream.broker.controller.Elections.Move;
import io.millstream.core.TopicPartition;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Gives brokers back what they should lead, where they lead too little of it. Pure. */
final class PreferredLeaders {

    private static final int PERCENT = 100;

    private PreferredLeaders() {}

    /**
     * The elections of preferred leaders that are due.
     *
     * @param percentage of the partitions that a broker should lead, how many may be led by others
     */
    static Optional<Decision> due(ClusterState cluster, ElectionRules.Source rules, int percentage) {
        Set<Integer> behind = behind(cluster, percentage);
        if (behind.isEmpty()) {
            return Optional.empty();
        }
        List<Move> moves = Elections.moves(
                cluster,
                rules,
                ballot -> isStill(cluster, ballot.partition())
                                && behind.contains(ballot.replicas().get(0))
                        ? Election.preferred(ballot)
                        : Optional.empty());
        return moves.isEmpty()
                ? Optional.empty()
                : Optional.of(Elections.decision("give leaders back to preferred replicas", moves));
    }

    /** The brokers that lead too few of the partitions that they should. */
    private static Set<Integer> behind(ClusterState cluster, int percentage) {
        Map<Integer, Integer> preferred = new HashMap<>();
        Map<Integer, Integer> elsewhere = new HashMap<>();
        cluster.topics().values().forEach(topic -> topic.states().forEach((number, state) -> {
            int first = topic.replicas(number).get(0);
            preferred.merge(first, 1, Integer::sum);
            elsewhere.merge(first, state.value().leader() == first ? 0 : 1, Integer::sum);
        }));
        Set<Integer> brokers = new HashSet<>();
        preferred.forEach((broker, all) -> {
            if (cluster.stays(broker) && (long) elsewhere.get(broker) * PERCENT > (long) all * percentage) {
                brokers.add(broker);
            }
        });
        return brokers;
    }

    /** A partition that is moving has its leader moved when it is there. */
    private static boolean isStill(ClusterState cluster, TopicPartition partition) {
        return !cluster.topics().get(partition.topic()).assignment().value().isMoving(partition.partition());
    }
}
