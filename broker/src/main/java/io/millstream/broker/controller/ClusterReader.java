package io.millstream.broker.controller;

import io.millstream.broker.controller.ClusterDraft.Change;
import io.millstream.coordination.BrokerOverrides;
import io.millstream.coordination.BrokerRegistration;
import io.millstream.coordination.ControllerTerm;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.Document;
import io.millstream.coordination.PartitionState;
import io.millstream.coordination.Paths;
import io.millstream.coordination.TopicAssignment;
import io.millstream.coordination.TopicDeletion;
import io.millstream.coordination.TopicSettings;
import io.millstream.coordination.Versioned;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads parts of the cluster's state. Never blocks. A document that cannot be read counts as absent, with an error in the
 * log: one damaged znode must not stop the others.
 */
final class ClusterReader {

    private static final Logger log = LoggerFactory.getLogger(ClusterReader.class);

    private final Coordination coordination;

    ClusterReader(Coordination coordination) {
        this.coordination = coordination;
    }

    /** Reads one part. */
    CompletableFuture<Change> read(Part part) {
        if (part instanceof Part.Broker broker) {
            return document(Paths.broker(broker.id()), BrokerRegistration.class)
                    .thenApply(read -> draft -> draft.broker(broker.id(), read));
        }
        if (part instanceof Part.Topic topic) {
            return wholeTopic(topic.name());
        }
        if (part instanceof Part.Partition partition) {
            return document(Paths.partitionState(partition.partition()), PartitionState.class)
                    .thenApply(read -> draft -> draft.partition(partition.partition(), read));
        }
        if (part instanceof Part.Config config) {
            return config(config.topic());
        }
        if (part instanceof Part.Deletion deletion) {
            return deletion(deletion.topic());
        }
        if (part instanceof Part.Overrides overrides) {
            return overrides(overrides);
        }
        if (part instanceof Part.Controlling) {
            return document(Paths.CONTROLLER, ControllerTerm.class).thenApply(read -> draft -> draft.controller(read));
        }
        return everything();
    }

    /** Up to date, not only consistent: what was missed while the connection was lost is seen. */
    private CompletableFuture<Change> everything() {
        return coordination.sync().thenCompose(done -> everythingKnownHere());
    }

    private CompletableFuture<Change> everythingKnownHere() {
        CompletableFuture<Change> brokers =
                eachChild(Paths.BROKER_IDS, id -> read(new Part.Broker(Integer.parseInt(id))));
        CompletableFuture<Change> topics = eachChild(Paths.TOPICS, name -> topic(new TopicName(name)));
        CompletableFuture<Change> configs =
                topics.thenCompose(after -> eachChild(Paths.TOPIC_CONFIGS, name -> config(new TopicName(name))));
        CompletableFuture<Change> deletions =
                topics.thenCompose(after -> eachChild(Paths.DELETED_TOPICS, name -> deletion(new TopicName(name))));
        CompletableFuture<Change> overrides = eachChild(Paths.BROKER_CONFIGS, name -> overrides(Part.overrides(name)));
        return all(List.of(brokers, topics, configs, deletions, overrides, read(new Part.Controlling())))
                .thenApply(changes -> draft -> {
                    draft.clear();
                    changes.forEach(change -> change.applyTo(draft));
                });
    }

    private CompletableFuture<Change> eachChild(String parent, Function<String, CompletableFuture<Change>> read) {
        return coordination.children(parent).thenCompose(names -> {
            List<CompletableFuture<Change>> reads = new ArrayList<>();
            for (String name : names) {
                try {
                    reads.add(read.apply(name));
                } catch (IllegalArgumentException e) {
                    log.warn("{}/{} is not of Millstream's making: {}", parent, name, e.getMessage());
                }
            }
            return all(reads).thenApply(changes -> draft -> changes.forEach(change -> change.applyTo(draft)));
        });
    }

    /**
     * The topic first: ZooKeeper answers in order, so if the topic is there then its settings, written in the same multi or
     * before, are seen, and no log is made with others. If it is gone then its deletion is seen: the other way round a log
     * could seem to belong to a topic that nobody knows.
     */
    private CompletableFuture<Change> wholeTopic(TopicName name) {
        return all(List.of(topic(name), config(name), deletion(name)))
                .thenApply(changes -> draft -> changes.forEach(change -> change.applyTo(draft)));
    }

    private CompletableFuture<Change> config(TopicName name) {
        return document(Paths.topicConfig(name), TopicSettings.class)
                .thenApply(read -> draft -> draft.config(name, read));
    }

    private CompletableFuture<Change> overrides(Part.Overrides of) {
        String path = of.broker().isEmpty()
                ? Paths.DEFAULT_BROKER_CONFIG
                : Paths.brokerConfig(of.broker().getAsInt());
        return document(path, BrokerOverrides.class).thenApply(read -> draft -> draft.overrides(of.broker(), read));
    }

    private CompletableFuture<Change> deletion(TopicName name) {
        return document(Paths.deletedTopic(name), TopicDeletion.class)
                .thenApply(read -> draft -> draft.deletion(name, read));
    }

    private CompletableFuture<Change> topic(TopicName name) {
        return coordination.read(Paths.topic(name)).thenCompose(read -> {
            if (read.isEmpty()) {
                return CompletableFuture.completedFuture(absent(name, Optional.empty()));
            }
            if (read.get().value().length == 0) {
                return unfinished(name, read.get().version());
            }
            return parse(Paths.topic(name), read.get(), TopicAssignment.class)
                    .map(assignment -> complete(name, assignment))
                    .orElseGet(() -> CompletableFuture.completedFuture(absent(name, Optional.empty())));
        });
    }

    private CompletableFuture<Change> complete(TopicName name, Versioned<TopicAssignment> assignment) {
        Collection<Integer> partitions = assignment.value().partitions().keySet();
        return states(name, partitions).thenApply(states -> {
            // A state that is missing was deleted after the assignment was read, and so was the topic; or cannot be
            // read.
            boolean whole = states.size() == partitions.size();
            Optional<ClusterState.Topic> topic =
                    whole ? Optional.of(new ClusterState.Topic(assignment, states)) : Optional.empty();
            return draft -> draft.topic(name, topic, Optional.empty());
        });
    }

    private CompletableFuture<SortedMap<Integer, Versioned<PartitionState>>> states(
            TopicName topic, Collection<Integer> partitions) {
        Map<Integer, CompletableFuture<Optional<Versioned<PartitionState>>>> reads = new HashMap<>();
        partitions.forEach(partition -> reads.put(
                partition, document(Paths.partitionState(new TopicPartition(topic, partition)), PartitionState.class)));
        return all(List.copyOf(reads.values())).thenApply(done -> {
            SortedMap<Integer, Versioned<PartitionState>> states = new TreeMap<>();
            reads.forEach((partition, read) -> read.join().ifPresent(state -> states.put(partition, state)));
            return states;
        });
    }

    private CompletableFuture<Change> unfinished(TopicName name, int version) {
        CompletableFuture<Boolean> hasNode =
                coordination.read(Paths.partitions(name)).thenApply(Optional::isPresent);
        return coordination.children(Paths.partitions(name)).thenCompose(children -> numbers(name, children)
                .map(partitions -> versions(name, partitions).thenCombine(hasNode, (versions, node) -> {
                    ClusterState.Unfinished rest = new ClusterState.Unfinished(version, node, versions);
                    return absent(name, Optional.of(rest));
                }))
                .orElseGet(() -> CompletableFuture.completedFuture(absent(name, Optional.empty()))));
    }

    private static Change absent(TopicName name, Optional<ClusterState.Unfinished> rest) {
        return draft -> draft.topic(name, Optional.empty(), rest);
    }

    /** Versions of the partitions' states; -1 where there is none. */
    private CompletableFuture<SortedMap<Integer, Integer>> versions(TopicName topic, List<Integer> partitions) {
        return states(topic, partitions).thenApply(states -> {
            SortedMap<Integer, Integer> versions = new TreeMap<>();
            partitions.forEach(partition -> versions.put(
                    partition,
                    states.containsKey(partition) ? states.get(partition).version() : -1));
            return versions;
        });
    }

    /** Empty if something else is there: the topic cannot be removed then, which is to stop nothing else. */
    private static Optional<List<Integer>> numbers(TopicName topic, List<String> children) {
        try {
            return Optional.of(children.stream().map(Integer::parseInt).toList());
        } catch (NumberFormatException e) {
            log.error(
                    "The rest of topic {} is not removed: {} holds {}, which are not all partitions: delete what is not",
                    topic,
                    Paths.partitions(topic),
                    children,
                    e);
            return Optional.empty();
        }
    }

    private <T> CompletableFuture<Optional<Versioned<T>>> document(String path, Class<T> type) {
        return coordination.read(path).thenApply(read -> read.flatMap(raw -> parse(path, raw, type)));
    }

    private static <T> Optional<Versioned<T>> parse(String path, Versioned<byte[]> raw, Class<T> type) {
        try {
            return Optional.of(raw.with(Document.read(raw.value(), type, path)));
        } catch (CoordinationException e) {
            log.error("Ignored a znode: {}", e.getMessage());
            return Optional.empty();
        }
    }

    /** The results of {@code futures}, in order, once all are there. */
    private static <T> CompletableFuture<List<T>> all(List<CompletableFuture<T>> futures) {
        return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new))
                .thenApply(done -> futures.stream().map(CompletableFuture::join).toList());
    }
}
