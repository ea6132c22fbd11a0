package io.millstream.broker.server.handler;

import io.millstream.broker.config.BrokerSettings;
import io.millstream.broker.controller.ClusterState;
import io.millstream.broker.controller.NewTopic;
import io.millstream.broker.controller.Outcome;
import io.millstream.broker.controller.Refusal;
import io.millstream.broker.replica.Partitions;
import io.millstream.broker.server.Handler;
import io.millstream.broker.server.RequestContext;
import io.millstream.coordination.PartitionState;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.message.Metadata;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** Answers Metadata: who the brokers are, who leads what; and makes missing topics where that is allowed. */
public final class MetadataHandler implements Handler<Metadata.Request> {

    /** How long an answer waits for topics it creates. A client that gets "no leader yet" asks again soon. */
    private static final long CREATION_MILLIS = 1_000;

    private final ServedCluster served;
    private final Partitions partitions;

    public MetadataHandler(ServedCluster served, Partitions partitions) {
        this.served = served;
        this.partitions = partitions;
    }

    @Override
    public CompletionStage<? extends ResponseBody> handle(RequestContext context, Metadata.Request request) {
        ClusterState cluster = served.view().state();
        if (request.topics() == null) {
            List<Metadata.Topic> all = new ArrayList<>();
            cluster.topics().forEach((name, topic) -> all.add(describe(cluster, name, topic)));
            return CompletableFuture.completedFuture(response(cluster, all));
        }
        Set<String> names = new LinkedHashSet<>(request.topics());
        boolean create = request.createMissing() && served.config().get(BrokerSettings.AUTO_CREATE_TOPICS_ENABLE);
        List<TopicName> missing = create ? missing(cluster, names) : List.of();
        if (missing.isEmpty()) {
            return CompletableFuture.completedFuture(response(cluster, describe(cluster, names, Map.of())));
        }
        return create(context, missing).thenApply(refusals -> {
            ClusterState now = served.view().state();
            return response(now, describe(now, names, refusals));
        });
    }

    private static List<TopicName> missing(ClusterState cluster, Set<String> names) {
        return names.stream()
                .filter(name -> TopicName.objection(name).isEmpty())
                .map(TopicName::new)
                .filter(name -> !cluster.topics().containsKey(name))
                .toList();
    }

    /** Creates topics and waits for them a little; the result says what to answer for those that are not there then. */
    private CompletableFuture<Map<String, ErrorCode>> create(RequestContext context, List<TopicName> missing) {
        Map<String, ErrorCode> refusals = new ConcurrentHashMap<>();
        Deadline deadline = new Deadline(context, CREATION_MILLIS);
        List<CompletableFuture<Void>> creations = new ArrayList<>();
        for (TopicName name : missing) {
            refusals.put(name.value(), ErrorCode.LEADER_NOT_AVAILABLE);
            CompletableFuture<Void> creation = served.controller()
                    .create(defaultTopic(name))
                    .thenCompose(
                            outcome -> outcome.isRefused() && outcome.refusal().reason() != Refusal.Reason.TOPIC_EXISTS
                                    ? refused(refusals, name, outcome)
                                    : deadline.within(
                                                    served.view().await(cluster -> cluster.topics()
                                                            .containsKey(name)),
                                                    () -> null)
                                            .thenAccept(there -> {}));
            creations.add(deadline.within(creation, () -> null));
        }
        return Deadline.all(creations).thenApply(done -> refusals);
    }

    private static CompletableFuture<Void> refused(
            Map<String, ErrorCode> refusals, TopicName name, Outcome<?> outcome) {
        ErrorCode error = ServedCluster.errorOf(outcome.refusal());
        boolean later = error == ErrorCode.NOT_CONTROLLER || error == ErrorCode.REQUEST_TIMED_OUT;
        refusals.put(name.value(), later ? ErrorCode.LEADER_NOT_AVAILABLE : error);
        return CompletableFuture.completedFuture(null);
    }

    private NewTopic defaultTopic(TopicName name) {
        return new NewTopic(
                name.value(),
                served.entropy().uuid(),
                served.config().get(BrokerSettings.NUM_PARTITIONS),
                served.config().get(BrokerSettings.DEFAULT_REPLICATION_FACTOR),
                new TreeMap<>(),
                new TreeMap<>());
    }

    private Metadata.Response response(ClusterState cluster, List<Metadata.Topic> topics) {
        List<Metadata.Broker> brokers = new ArrayList<>();
        cluster.brokers()
                .forEach((id, registration) -> brokers.add(new Metadata.Broker(
                        id,
                        registration.value().host(),
                        registration.value().port(),
                        registration.value().rack())));
        return new Metadata.Response(
                0, brokers, served.clusterId(), cluster.controllerId(), topics, Metadata.NO_OPERATIONS);
    }

    private List<Metadata.Topic> describe(ClusterState cluster, Set<String> names, Map<String, ErrorCode> refusals) {
        List<Metadata.Topic> described = new ArrayList<>();
        for (String name : names) {
            if (TopicName.objection(name).isPresent()) {
                described.add(error(name, ErrorCode.INVALID_TOPIC_EXCEPTION));
                continue;
            }
            ClusterState.Topic topic = cluster.topics().get(new TopicName(name));
            described.add(
                    topic == null
                            ? error(name, refusals.getOrDefault(name, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION))
                            : describe(cluster, new TopicName(name), topic));
        }
        return described;
    }

    private static Metadata.Topic error(String name, ErrorCode error) {
        return new Metadata.Topic(error, name, false, List.of(), Metadata.NO_OPERATIONS);
    }

    private Metadata.Topic describe(ClusterState cluster, TopicName name, ClusterState.Topic topic) {
        List<Metadata.Partition> described = new ArrayList<>();
        topic.states()
                .forEach((partition, state) ->
                        described.add(describe(cluster, new TopicPartition(name, partition), topic, state.value())));
        return new Metadata.Topic(ErrorCode.NONE, name.value(), false, described, Metadata.NO_OPERATIONS);
    }

    /**
     * A leader that is gone, or registered anew and has not been given its next term, is none; nor is this broker, if its
     * disk has failed.
     */
    private Metadata.Partition describe(
            ClusterState cluster, TopicPartition id, ClusterState.Topic topic, PartitionState state) {
        List<Integer> replicas = topic.replicas(id.partition());
        boolean failed = partitions.isOffline(id);
        boolean led = cluster.registration(state.leader())
                .filter(registration -> registration == state.leaderRegistration())
                .isPresent();
        List<Integer> offline = replicas.stream()
                .filter(replica -> !cluster.lives(replica) || (failed && replica == served.brokerId()))
                .toList();
        if (led && failed && state.leader() == served.brokerId()) {
            return new Metadata.Partition(
                    ErrorCode.KAFKA_STORAGE_ERROR,
                    id.partition(),
                    Metadata.NO_BROKER,
                    state.leaderEpoch(),
                    replicas,
                    state.isr(),
                    offline);
        }
        return new Metadata.Partition(
                led ? ErrorCode.NONE : ErrorCode.LEADER_NOT_AVAILABLE,
                id.partition(),
                led ? state.leader() : Metadata.NO_BROKER,
                state.leaderEpoch(),
                replicas,
                state.isr(),
                offline);
    }
}
