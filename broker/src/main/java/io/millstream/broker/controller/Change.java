package io.millstream.broker.controller;

import io.millstream.broker.controller.Refusal.Reason;
import io.millstream.core.TopicName;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.UUID;

/**
 * Something asked of the controller. Asked anew with a fresh state after a try that failed or whose outcome is unknown, so
 * it knows its own work when it sees it.
 *
 * @param <T> what the one who asked is told
 */
interface Change<T> {

    /** The answer if {@code cluster} has the change already; empty otherwise. */
    Optional<T> done(ClusterState cluster);

    /** How to get there from {@code cluster}. */
    Outcome<Decision> decide(ClusterState cluster);

    /**
     * Makes a topic.
     *
     * @param start where among the brokers its placement begins
     */
    record Creation(NewTopic topic, int start) implements Change<ClusterState.Topic> {

        @Override
        public Optional<ClusterState.Topic> done(ClusterState cluster) {
            return cluster.topics().values().stream()
                    .filter(made -> made.id().equals(topic.id()))
                    .findFirst();
        }

        @Override
        public Outcome<Decision> decide(ClusterState cluster) {
            Outcome<SortedMap<Integer, List<Integer>>> placement = Placement.of(cluster, topic, start);
            return placement.isRefused()
                    ? new Outcome<>(null, placement.refusal())
                    : Outcome.of(Topics.create(cluster, new TopicName(topic.name()), topic, placement.value()));
        }
    }

    /** Gives a topic more partitions: the one that has the name when this is first decided, and no later one. */
    final class Expansion implements Change<ClusterState.Topic> {

        private final NewPartitions wanted;
        private final int start;
        private UUID id;

        /** @param start where among the brokers its placement begins, if the topic itself does not tell */
        Expansion(NewPartitions wanted, int start) {
            this.wanted = wanted;
            this.start = start;
        }

        @Override
        public Optional<ClusterState.Topic> done(ClusterState cluster) {
            return id == null || !cluster.has(wanted.topic(), id)
                    ? Optional.empty()
                    : Optional.of(cluster.topics().get(wanted.topic()))
                            .filter(topic -> topic.states().size() >= wanted.count());
        }

        @Override
        public Outcome<Decision> decide(ClusterState cluster) {
            if (id != null && !cluster.has(wanted.topic(), id)) {
                return Outcome.refused(Reason.UNKNOWN_TOPIC, "Topic " + wanted.topic() + " has been deleted");
            }
            Outcome<SortedMap<Integer, List<Integer>>> placement = Growth.placement(cluster, wanted, start);
            if (placement.isRefused()) {
                return new Outcome<>(null, placement.refusal());
            }
            id = cluster.topics().get(wanted.topic()).id();
            return Outcome.of(Growth.grow(cluster, wanted.topic(), placement.value()));
        }
    }

    /** Removes a topic: the one that has the name when this is first decided, and no later one. */
    final class Removal implements Change<UUID> {

        private final TopicName name;
        private UUID id;

        Removal(TopicName name) {
            this.name = name;
        }

        @Override
        public Optional<UUID> done(ClusterState cluster) {
            return id == null || cluster.has(name, id) ? Optional.empty() : Optional.of(id);
        }

        @Override
        public Outcome<Decision> decide(ClusterState cluster) {
            ClusterState.Topic topic = cluster.topics().get(name);
            if (topic == null) {
                return Outcome.refused(Reason.UNKNOWN_TOPIC, "There is no topic " + name);
            }
            id = topic.id();
            return Outcome.of(Topics.delete(cluster, name, topic));
        }
    }
}
