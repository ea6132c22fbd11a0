package io.millstream.client;

import io.millstream.coordination.BrokerRegistration;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.CoordinationException.Reason;
import io.millstream.coordination.Document;
import io.millstream.coordination.PartitionState;
import io.millstream.coordination.Paths;
import io.millstream.coordination.TopicAssignment;
import io.millstream.coordination.Versioned;
import io.millstream.core.Loop;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads brokers, topics and partition states from ZooKeeper. One recursive watch on {@code /brokers} says what to read
 * again; after a reconnection everything is, because changes may have been missed.
 */
final class ZooKeeperSource implements ViewSource {

    private static final Logger log = LoggerFactory.getLogger(ZooKeeperSource.class);

    private final Coordination coordination;
    private final Loop loop;

    // Both belong to the loop once told.
    private CompletableFuture<Coordination.Registration> watch;
    private Coordination.Registration sessions = () -> {};
    private Cluster cluster;

    ZooKeeperSource(Coordination coordination, Loop loop) {
        this.coordination = coordination;
        this.loop = loop;
    }

    /** Whom to tell of changes. Called once, before anything else. */
    void tell(Cluster listener) {
        cluster = listener;
        sessions = coordination.onSession(new Coordination.SessionListener() {
            @Override
            public void suspended() {
                // what is known stays the best guess
            }

            @Override
            public void resumed() {
                learn(Optional.empty());
            }

            @Override
            public void expired() {
                learn(Optional.empty());
            }
        });
    }

    private void changed(String path) {
        if (path.startsWith(Paths.BROKER_IDS)) {
            learn(Optional.of(Set.of()));
        } else if (path.startsWith(Paths.TOPICS + "/")) {
            String rest = path.substring(Paths.TOPICS.length() + 1);
            topicNamed(rest.split("/", 2)[0]).ifPresent(topic -> learn(Optional.of(Set.of(topic))));
        }
    }

    private void learn(Optional<Set<TopicName>> topics) {
        CompletableFuture<ClusterView> learned = topics.map(cluster::learn).orElseGet(cluster::learnAll);
        Async.then(learned, (view, failure) -> {
            if (failure != null) {
                log.warn("Could not read a change of the cluster from ZooKeeper: {}", failure.getMessage());
            }
        });
    }

    @Override
    public CompletableFuture<Loaded> load(Optional<Set<TopicName>> topics, ClusterView known) {
        return Async.on(loop, watching())
                .thenCompose(watching -> Async.on(loop, brokers()))
                .thenCompose(brokers -> {
                    Map<TopicName, RuntimeException> failures = new ConcurrentHashMap<>();
                    return Async.on(loop, topics(topics, failures))
                            .thenApply(loaded -> new Loaded(new ClusterView(brokers, loaded), failures));
                });
    }

    /** The watch stands before the first read, so that no change falls between. */
    private CompletableFuture<Coordination.Registration> watching() {
        if (watch == null || watch.isCompletedExceptionally()) {
            watch = coordination.watch(Paths.BROKERS, this::changed);
        }
        return watch;
    }

    private CompletableFuture<SortedMap<Integer, ClusterView.Broker>> brokers() {
        return Async.on(loop, coordination.children(Paths.BROKER_IDS)).thenCompose(ids -> {
            List<CompletableFuture<Optional<ClusterView.Broker>>> reads = new ArrayList<>();
            for (String id : ids) {
                numbered(id).ifPresent(number -> reads.add(broker(number)));
            }
            return Async.on(loop, Async.all(reads)).thenApply(found -> {
                SortedMap<Integer, ClusterView.Broker> brokers = new TreeMap<>();
                found.forEach(each -> each.ifPresent(broker -> brokers.put(broker.id(), broker)));
                return brokers;
            });
        });
    }

    private CompletableFuture<Optional<ClusterView.Broker>> broker(int id) {
        return document(Paths.broker(id), BrokerRegistration.class)
                .thenApply(found -> found.map(
                        broker -> new ClusterView.Broker(id, broker.endpoint(), Optional.ofNullable(broker.rack()))))
                .exceptionally(failure -> {
                    log.error("Broker {} is left out: {}", id, refusal(failure).getMessage());
                    return Optional.empty();
                });
    }

    /** Why one znode cannot be read, which is no reason to do without the others. Any other failure goes on. */
    private static RuntimeException refusal(Throwable failure) {
        if (Async.cause(failure) instanceof CoordinationException refused && refused.reason() == Reason.REFUSED) {
            return refused;
        }
        throw new CompletionException(Async.cause(failure));
    }

    /** @param failures gets those that are there and cannot be read */
    private CompletableFuture<SortedMap<TopicName, ClusterView.Topic>> topics(
            Optional<Set<TopicName>> asked, Map<TopicName, RuntimeException> failures) {
        return asked.map(CompletableFuture::completedFuture)
                .orElseGet(this::allNames)
                .thenCompose(names -> {
                    List<TopicName> order = List.copyOf(names);
                    List<CompletableFuture<Optional<ClusterView.Topic>>> reads = new ArrayList<>();
                    order.forEach(name -> reads.add(topic(name).exceptionally(failure -> {
                        failures.put(name, refusal(failure));
                        return Optional.empty();
                    })));
                    return Async.on(loop, Async.all(reads)).thenApply(found -> {
                        SortedMap<TopicName, ClusterView.Topic> topics = new TreeMap<>();
                        for (int i = 0; i < order.size(); i++) {
                            TopicName name = order.get(i);
                            found.get(i).ifPresent(topic -> topics.put(name, topic));
                        }
                        return topics;
                    });
                });
    }

    private CompletableFuture<Set<TopicName>> allNames() {
        return Async.on(loop, coordination.children(Paths.TOPICS)).thenApply(children -> {
            Set<TopicName> names = new HashSet<>();
            children.forEach(child -> topicNamed(child).ifPresent(names::add));
            return names;
        });
    }

    private CompletableFuture<Optional<ClusterView.Topic>> topic(TopicName name) {
        return Async.on(loop, document(Paths.topic(name), TopicAssignment.class))
                .thenCompose(found -> {
                    if (found.isEmpty()) {
                        return CompletableFuture.completedFuture(Optional.empty());
                    }
                    TopicAssignment assignment = found.get();
                    List<CompletableFuture<Optional<PartitionState>>> reads = new ArrayList<>();
                    assignment
                            .partitions()
                            .keySet()
                            .forEach(number -> reads.add(document(
                                    Paths.partitionState(new TopicPartition(name, number)), PartitionState.class)));
                    return Async.on(loop, Async.all(reads)).thenApply(states -> Optional.of(topic(assignment, states)));
                });
    }

    private static ClusterView.Topic topic(TopicAssignment assignment, List<Optional<PartitionState>> states) {
        SortedMap<Integer, ClusterView.Partition> partitions = new TreeMap<>();
        int next = 0;
        for (Map.Entry<Integer, List<Integer>> each : assignment.partitions().entrySet()) {
            Optional<PartitionState> state = states.get(next++);
            partitions.put(
                    each.getKey(),
                    new ClusterView.Partition(
                            state.map(PartitionState::leader).orElse(PartitionState.NO_LEADER),
                            state.map(PartitionState::leaderEpoch).orElse(-1),
                            each.getValue()));
        }
        return new ClusterView.Topic(Optional.of(assignment.topicId()), partitions);
    }

    private <T> CompletableFuture<Optional<T>> document(String path, Class<T> type) {
        return coordination.read(path).thenApply(found -> found.map(Versioned::value)
                .filter(json -> json.length > 0) // a topic that is being made or deleted
                .map(json -> Document.read(json, type, path)));
    }

    private static Optional<Integer> numbered(String id) {
        try {
            return Optional.of(Integer.parseInt(id));
        } catch (NumberFormatException e) {
            log.debug("{}/{} is not a broker's", Paths.BROKER_IDS, id, e);
            return Optional.empty();
        }
    }

    private static Optional<TopicName> topicNamed(String name) {
        return TopicName.objection(name).isPresent() ? Optional.empty() : Optional.of(new TopicName(name));
    }

    @Override
    public void close() {
        sessions.close();
        loop.execute(() -> {
            if (watch != null) {
                Async.then(watch, (registration, failure) -> {
                    if (registration != null) {
                        registration.close();
                    }
                });
            }
        });
    }
}
