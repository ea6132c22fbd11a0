package io.millstream.broker.controller;

import io.millstream.coordination.BrokerOverrides;
import io.millstream.coordination.BrokerRegistration;
import io.millstream.coordination.ControllerTerm;
import io.millstream.coordination.PartitionState;
import io.millstream.coordination.TopicDeletion;
import io.millstream.coordination.TopicSettings;
import io.millstream.coordination.Versioned;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/** A {@link ClusterState} being put together. Confined to one loop. */
final class ClusterDraft {

    /** What was read, still to be put in: reads end on coordination threads, the draft belongs to a loop. */
    @FunctionalInterface
    interface Change {
        void applyTo(ClusterDraft draft);
    }

    private Optional<Versioned<ControllerTerm>> controller = Optional.empty();
    private final SortedMap<Integer, Versioned<BrokerRegistration>> brokers = new TreeMap<>();
    private final SortedMap<TopicName, ClusterState.Topic> topics = new TreeMap<>();
    private final SortedMap<TopicName, ClusterState.Unfinished> unfinished = new TreeMap<>();
    private final SortedMap<TopicName, Versioned<TopicSettings>> configs = new TreeMap<>();
    private final SortedMap<TopicName, Versioned<TopicDeletion>> deletions = new TreeMap<>();
    private final SortedMap<Integer, Versioned<BrokerOverrides>> overrides = new TreeMap<>();
    private Optional<Versioned<BrokerOverrides>> overridesOfAll = Optional.empty();

    void clear() {
        controller = Optional.empty();
        brokers.clear();
        topics.clear();
        unfinished.clear();
        configs.clear();
        deletions.clear();
        overrides.clear();
        overridesOfAll = Optional.empty();
    }

    void controller(Optional<Versioned<ControllerTerm>> term) {
        controller = term;
    }

    void broker(int id, Optional<Versioned<BrokerRegistration>> registration) {
        put(brokers, id, registration);
    }

    void topic(TopicName name, Optional<ClusterState.Topic> topic, Optional<ClusterState.Unfinished> rest) {
        put(topics, name, topic);
        put(unfinished, name, rest);
    }

    boolean hasTopic(TopicName name) {
        return topics.containsKey(name);
    }

    /** A state that is gone takes its topic with it: the topic is being deleted, which its own znode will tell. */
    void partition(TopicPartition partition, Optional<Versioned<PartitionState>> state) {
        topics.computeIfPresent(partition.topic(), (name, topic) -> {
            if (state.isEmpty() || !topic.states().containsKey(partition.partition())) {
                return state.isEmpty() ? null : topic;
            }
            SortedMap<Integer, Versioned<PartitionState>> states = new TreeMap<>(topic.states());
            states.put(partition.partition(), state.get());
            return new ClusterState.Topic(topic.assignment(), states);
        });
    }

    void config(TopicName topic, Optional<Versioned<TopicSettings>> settings) {
        put(configs, topic, settings);
    }

    void deletion(TopicName topic, Optional<Versioned<TopicDeletion>> deletion) {
        put(deletions, topic, deletion);
    }

    /** @param broker empty for all */
    void overrides(OptionalInt broker, Optional<Versioned<BrokerOverrides>> set) {
        if (broker.isPresent()) {
            put(overrides, broker.getAsInt(), set);
        } else {
            overridesOfAll = set;
        }
    }

    ClusterState publish() {
        return new ClusterState(
                controller,
                new TreeMap<>(brokers),
                new TreeMap<>(topics),
                new TreeMap<>(unfinished),
                new TreeMap<>(configs),
                new TreeMap<>(deletions),
                new ClusterState.Overrides(new TreeMap<>(overrides), overridesOfAll));
    }

    private static <K, V> void put(Map<K, V> map, K key, Optional<V> value) {
        value.ifPresentOrElse(present -> map.put(key, present), () -> map.remove(key));
    }
}
