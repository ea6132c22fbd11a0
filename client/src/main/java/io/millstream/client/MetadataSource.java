package io.millstream.client;

import io.millstream.core.BrokerEndpoint;
import io.millstream.core.Entropy;
import io.millstream.core.TopicName;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.WireException;
import io.millstream.wire.message.Metadata;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** Asks brokers: those known so far in random order, then the bootstrap servers, until one answers. */
final class MetadataSource implements ViewSource {

    private final List<BrokerEndpoint> bootstrap;
    private final BrokerPool pool;
    private final Entropy entropy;

    /** @throws IllegalArgumentException if there is no server */
    MetadataSource(List<BrokerEndpoint> bootstrap, BrokerPool pool, Entropy entropy) {
        if (bootstrap.isEmpty()) {
            throw new IllegalArgumentException("No bootstrap server given");
        }
        this.bootstrap = List.copyOf(bootstrap);
        this.pool = pool;
        this.entropy = entropy;
    }

    @Override
    public CompletableFuture<Loaded> load(Optional<Set<TopicName>> topics, ClusterView known) {
        List<String> names = topics.map(
                        asked -> asked.stream().map(TopicName::value).sorted().toList())
                .orElse(null);
        return ask(Metadata.Request.of(names), candidates(known));
    }

    private Deque<BrokerEndpoint> candidates(ClusterView known) {
        List<BrokerEndpoint> brokers = new ArrayList<>();
        known.brokers().values().forEach(broker -> brokers.add(broker.endpoint()));
        Set<BrokerEndpoint> order = new LinkedHashSet<>();
        while (!brokers.isEmpty()) {
            order.add(brokers.remove(entropy.nextInt(brokers.size())));
        }
        order.addAll(bootstrap);
        return new ArrayDeque<>(order);
    }

    private CompletableFuture<Loaded> ask(Metadata.Request request, Deque<BrokerEndpoint> candidates) {
        CompletableFuture<Loaded> answer = pool.to(candidates.remove())
                .thenCompose(connection -> connection.send(request, Metadata.Response.class))
                .thenApply(MetadataSource::loaded);
        if (candidates.isEmpty()) {
            return answer;
        }
        return answer.exceptionallyCompose(failure -> ask(request, candidates));
    }

    private static Loaded loaded(Metadata.Response response) {
        if (response.brokers().isEmpty()) { // not even itself: nor does it know yet which topics there are
            throw new TryAgain("The broker that was asked does not know the cluster yet");
        }
        SortedMap<Integer, ClusterView.Broker> brokers = new TreeMap<>();
        for (Metadata.Broker each : response.brokers()) {
            brokers.put(each.id(), broker(each));
        }
        SortedMap<TopicName, ClusterView.Topic> topics = new TreeMap<>();
        Map<TopicName, RuntimeException> failures = new HashMap<>();
        for (Metadata.Topic each : response.topics()) {
            if (each.error() == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
                    || TopicName.objection(each.name()).isPresent()) {
                continue;
            }
            TopicName name = new TopicName(each.name());
            if (each.error() == ErrorCode.NONE) {
                topics.put(name, topic(each));
            } else {
                failures.put(name, failure(each));
            }
        }
        return new Loaded(new ClusterView(brokers, topics), failures);
    }

    private static ClusterView.Broker broker(Metadata.Broker each) {
        try {
            BrokerEndpoint endpoint = new BrokerEndpoint(each.host(), each.port());
            return new ClusterView.Broker(each.id(), endpoint, Optional.ofNullable(each.rack()));
        } catch (IllegalArgumentException e) {
            throw new WireException(
                    "Broker " + each.id() + " is said to listen where nothing can: " + e.getMessage(), e);
        }
    }

    private static RuntimeException failure(Metadata.Topic topic) {
        String message = "Topic " + topic.name() + ": " + topic.error().description();
        return topic.error() == ErrorCode.TOPIC_AUTHORIZATION_FAILED
                ? new ClientException(message)
                : new TryAgain(message);
    }

    private static ClusterView.Topic topic(Metadata.Topic topic) {
        SortedMap<Integer, ClusterView.Partition> partitions = new TreeMap<>();
        for (Metadata.Partition each : topic.partitions()) {
            partitions.put(
                    each.partition(), new ClusterView.Partition(each.leader(), each.leaderEpoch(), each.replicas()));
        }
        Optional<UUID> id = Optional.of(topic.topicId()).filter(known -> !known.equals(Metadata.NO_ID));
        return new ClusterView.Topic(id, partitions, topic.internal());
    }

    @Override
    public void close() {
        // connections belong to the environment
    }
}
