package io.millstream.broker.server.handler;

import io.millstream.broker.config.BrokerSettings;
import io.millstream.broker.controller.ClusterState;
import io.millstream.broker.controller.NewTopic;
import io.millstream.broker.replica.Partitions;
import io.millstream.broker.server.Handler;
import io.millstream.broker.server.RequestContext;
import io.millstream.core.TopicName;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.message.Metadata;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers Metadata: who the brokers are, who leads what; and makes missing topics where that is allowed. That there is no such
 * topic is said only once ZooKeeper was asked.
 */
public final class MetadataHandler implements Handler<Metadata.Request> {

    /** How long an answer waits for topics that are new. A client that gets "no leader yet" asks again soon. */
    private static final long NEW_TOPIC_MILLIS = 1_000;

    private static final Logger log = LoggerFactory.getLogger(MetadataHandler.class);

    private final ServedCluster served;
    private final Partitions partitions;
    private final TopicCreation creation;
    private final UnseenTopics unseen;

    /** @param creation of topics that clients ask for */
    public MetadataHandler(ServedCluster served, Partitions partitions, TopicCreation creation, UnseenTopics unseen) {
        this.served = served;
        this.partitions = partitions;
        this.creation = creation;
        this.unseen = unseen;
    }

    @Override
    public CompletionStage<? extends ResponseBody> handle(RequestContext context, Metadata.Request request) {
        return served.known(context).thenCompose(cluster -> handle(context, request, cluster));
    }

    private CompletableFuture<Metadata.Response> handle(
            RequestContext context, Metadata.Request request, ClusterState cluster) {
        if (request.topics() == null) {
            ClusterDescription description = new ClusterDescription(served, partitions, context, cluster);
            return CompletableFuture.completedFuture(response(cluster, description, description.allTopics()));
        }
        Set<String> names = new LinkedHashSet<>();
        List<Metadata.Topic> unknownIds = new ArrayList<>();
        for (Metadata.Wanted wanted : request.topics()) {
            name(cluster, wanted).ifPresentOrElse(names::add, () -> unknownIds.add(unknown(wanted.topicId())));
        }
        List<TopicName> missing = missing(cluster, names);
        if (missing.isEmpty()) {
            return CompletableFuture.completedFuture(describe(context, names, Map.of(), unknownIds));
        }
        boolean create = request.createMissing() && served.config().get(BrokerSettings.AUTO_CREATE_TOPICS_ENABLE);
        return (create ? create(context, missing) : lookFor(context, missing))
                .thenApply(refusals -> describe(context, names, refusals, unknownIds));
    }

    private static Optional<String> name(ClusterState cluster, Metadata.Wanted wanted) {
        if (wanted.name() != null) {
            return Optional.of(wanted.name());
        }
        return cluster.topics().entrySet().stream()
                .filter(topic -> topic.getValue().id().equals(wanted.topicId()))
                .map(topic -> topic.getKey().value())
                .findFirst();
    }

    private static Metadata.Topic unknown(UUID id) {
        return new Metadata.Topic(ErrorCode.UNKNOWN_TOPIC_ID, "", id, false, List.of(), Metadata.NO_OPERATIONS);
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
        Deadline deadline = new Deadline(context, NEW_TOPIC_MILLIS);
        List<CompletableFuture<Void>> creations = new ArrayList<>();
        for (TopicName name : missing) {
            refusals.put(name.value(), ErrorCode.LEADER_NOT_AVAILABLE);
            CompletableFuture<Void> created = creation.create(defaultTopic(name))
                    .thenCompose(error -> switch (error) {
                        case NONE, TOPIC_ALREADY_EXISTS -> served(name, deadline);
                        case NOT_CONTROLLER, REQUEST_TIMED_OUT -> CompletableFuture.completedFuture(null);
                        default -> {
                            refusals.put(name.value(), error);
                            yield CompletableFuture.completedFuture(null);
                        }
                    });
            creations.add(deadline.within(created, () -> null));
        }
        return Deadline.all(creations).thenApply(done -> refusals);
    }

    /** Waits a little for topics that are new to this broker; the result says what to answer for those not there then. */
    private CompletableFuture<Map<String, ErrorCode>> lookFor(RequestContext context, List<TopicName> missing) {
        Map<String, ErrorCode> refusals = new ConcurrentHashMap<>();
        Deadline deadline = new Deadline(context, NEW_TOPIC_MILLIS);
        CompletableFuture<Set<TopicName>> existing = unseen.existing(missing).exceptionally(failure -> {
            log.debug("Whether there are topics {} is not known: {}", missing, failure.toString());
            return Set.of();
        });
        return deadline.within(existing, Set::of)
                .thenCompose(found -> {
                    found.forEach(name -> refusals.put(name.value(), ErrorCode.LEADER_NOT_AVAILABLE));
                    return Deadline.all(
                            found.stream().map(name -> served(name, deadline)).toList());
                })
                .thenApplyAsync(done -> refusals, context.loop());
    }

    private CompletableFuture<Void> served(TopicName name, Deadline deadline) {
        return deadline.within(served.view().await(cluster -> cluster.topics().containsKey(name)), () -> null)
                .thenAccept(there -> {});
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

    private Metadata.Response describe(
            RequestContext context,
            Set<String> names,
            Map<String, ErrorCode> refusals,
            List<Metadata.Topic> unknownIds) {
        ClusterState cluster = served.view().state();
        ClusterDescription description = new ClusterDescription(served, partitions, context, cluster);
        List<Metadata.Topic> topics = new ArrayList<>(unknownIds);
        for (String name : names) {
            if (TopicName.objection(name).isPresent()) {
                topics.add(Metadata.Topic.failed(ErrorCode.INVALID_TOPIC_EXCEPTION, name));
                continue;
            }
            ClusterState.Topic topic = cluster.topics().get(new TopicName(name));
            topics.add(
                    topic == null
                            ? Metadata.Topic.failed(
                                    refusals.getOrDefault(name, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION), name)
                            : description.topic(new TopicName(name), topic));
        }
        return response(cluster, description, topics);
    }

    private Metadata.Response response(
            ClusterState cluster, ClusterDescription description, List<Metadata.Topic> topics) {
        return new Metadata.Response(
                0, description.brokers(), served.clusterId(), cluster.controllerId(), topics, Metadata.NO_OPERATIONS);
    }
}
