package io.millstream.broker.controller;

import io.millstream.coordination.BrokerOverrides;
import io.millstream.coordination.BrokerRegistration;
import io.millstream.coordination.ControllerTerm;
import io.millstream.coordination.PartitionState;
import io.millstream.coordination.TopicAssignment;
import io.millstream.coordination.TopicDeletion;
import io.millstream.coordination.TopicSettings;
import io.millstream.coordination.Versioned;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What stands in ZooKeeper about brokers and topics, as it was read. Immutable. Its parts may have been read at slightly
 * different moments; writes are conditional on the versions kept here, so a stale part makes a write fail, not go wrong.
 *
 * @param controller {@code /controller}; empty while there is none
 * @param brokers the live brokers by id
 * @param topics the topics that exist, each complete
 * @param unfinished topics whose creation or deletion broke off: to clients they do not exist
 * @param configs what was set for topics
 * @param deletions by name, topics of which brokers may hold logs that should be gone: deleted ones, and such that have
 *     moved away from these brokers
 * @param overrides what was set at run time for brokers
 */
public record ClusterState(
        Optional<Versioned<ControllerTerm>> controller,
        SortedMap<Integer, Versioned<BrokerRegistration>> brokers,
        SortedMap<TopicName, Topic> topics,
        SortedMap<TopicName, Unfinished> unfinished,
        SortedMap<TopicName, Versioned<TopicSettings>> configs,
        SortedMap<TopicName, Versioned<TopicDeletion>> deletions,
        Overrides overrides) {

    /** Nothing at all. */
    public static final ClusterState EMPTY = new ClusterState(
            Optional.empty(),
            new TreeMap<>(),
            new TreeMap<>(),
            new TreeMap<>(),
            new TreeMap<>(),
            new TreeMap<>(),
            Overrides.NONE);

    public ClusterState {
        brokers = Collections.unmodifiableSortedMap(brokers);
        topics = Collections.unmodifiableSortedMap(topics);
        unfinished = Collections.unmodifiableSortedMap(unfinished);
        configs = Collections.unmodifiableSortedMap(configs);
        deletions = Collections.unmodifiableSortedMap(deletions);
    }

    /**
     * A topic that exists.
     *
     * @param assignment its id and replicas
     * @param states every partition's state
     */
    public record Topic(Versioned<TopicAssignment> assignment, SortedMap<Integer, Versioned<PartitionState>> states) {

        public Topic {
            states = Collections.unmodifiableSortedMap(states);
        }

        /** Differs from the id of any other topic that ever had this name. */
        public UUID id() {
            return assignment.value().topicId();
        }

        /** Broker ids that hold a partition, the preferred leader first. */
        public List<Integer> replicas(int partition) {
            return assignment.value().partitions().get(partition);
        }

        /**
         * How many replicas of a partition can be expected to be in sync: those still to come cannot, and until they are
         * there a partition takes what it took before.
         */
        public int settled(int partition) {
            List<Integer> coming = assignment.value().adding().getOrDefault(partition, List.of());
            return Math.max(1, replicas(partition).size() - coming.size());
        }

        /** Whether one of its partitions is moving to other brokers. */
        public boolean isMoving() {
            return !assignment.value().adding().isEmpty()
                    || !assignment.value().removing().isEmpty();
        }
    }

    /**
     * What is left of a topic that is half made or half removed.
     *
     * @param version of the topic's znode
     * @param partitionsNode whether {@code partitions} exists below it
     * @param stateVersions each partition that has a znode, to the version of its state; -1 where it has none
     */
    public record Unfinished(int version, boolean partitionsNode, SortedMap<Integer, Integer> stateVersions) {

        public Unfinished {
            stateVersions = Collections.unmodifiableSortedMap(stateVersions);
        }
    }

    /**
     * What was set at run time for brokers.
     *
     * @param own for single ones, by id
     * @param ofAll for all of them
     */
    public record Overrides(
            SortedMap<Integer, Versioned<BrokerOverrides>> own, Optional<Versioned<BrokerOverrides>> ofAll) {

        /** Nothing was ever set. */
        public static final Overrides NONE = new Overrides(new TreeMap<>(), Optional.empty());

        public Overrides {
            own = Collections.unmodifiableSortedMap(own);
        }

        /** What was set for a broker, or for all if {@code broker} is empty; empty if nothing ever was. */
        public Optional<Versioned<BrokerOverrides>> of(OptionalInt broker) {
            return broker.isEmpty() ? ofAll : Optional.ofNullable(own.get(broker.getAsInt()));
        }

        /** The settings of {@link #of}. */
        public SortedMap<String, String> config(OptionalInt broker) {
            return of(broker).map(set -> set.value().config()).orElseGet(Collections::emptySortedMap);
        }
    }

    /** What was set for {@code topic}; empty if nothing was. */
    public SortedMap<String, String> config(TopicName topic) {
        Versioned<TopicSettings> settings = configs.get(topic);
        return settings == null
                ? Collections.emptySortedMap()
                : settings.value().config();
    }

    /** State of a partition, if it exists. */
    public Optional<PartitionState> state(TopicPartition partition) {
        return Optional.ofNullable(topics.get(partition.topic()))
                .map(topic -> topic.states().get(partition.partition()))
                .map(Versioned::value);
    }

    /** Whether the topic with this very id exists. */
    public boolean has(TopicName name, UUID id) {
        Topic topic = topics.get(name);
        return topic != null && topic.id().equals(id);
    }

    /** Id of the controller's broker; -1 while there is none. */
    public int controllerId() {
        return controller.map(term -> term.value().broker()).orElse(-1);
    }

    /** Whether {@code broker} is registered. */
    public boolean lives(int broker) {
        return brokers.containsKey(broker);
    }

    /** Whether {@code broker} is registered and not about to stop. */
    public boolean stays(int broker) {
        Versioned<BrokerRegistration> registered = brokers.get(broker);
        return registered != null && !registered.value().draining();
    }

    /** Under which registration {@code broker} lives; empty if it does not. */
    public Optional<Long> registration(int broker) {
        return Optional.ofNullable(brokers.get(broker)).map(Versioned::createdZxid);
    }
}
