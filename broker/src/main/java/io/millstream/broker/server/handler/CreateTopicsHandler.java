package io.millstream.broker.server.handler;

import io.millstream.broker.config.BrokerSettings;
import io.millstream.broker.config.InvalidConfigException;
import io.millstream.broker.config.TopicConfig;
import io.millstream.broker.controller.ClusterState;
import io.millstream.broker.controller.NewTopic;
import io.millstream.broker.controller.Outcome;
import io.millstream.broker.controller.Refusal;
import io.millstream.broker.server.Handler;
import io.millstream.broker.server.RequestContext;
import io.millstream.core.TopicName;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.message.CreateTopics;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Answers CreateTopics, when this broker serves the new topics or the client's patience ends. */
public final class CreateTopicsHandler implements Handler<CreateTopics.Request> {

    private static final String CONTRADICTION =
            "A topic has either assignments, each partition's once, or numbers of partitions and replicas";
    private static final String NOT_YET = "The topic is not served yet";

    private final ServedCluster served;

    public CreateTopicsHandler(ServedCluster served) {
        this.served = served;
    }

    @Override
    public CompletionStage<? extends ResponseBody> handle(RequestContext context, CreateTopics.Request request) {
        Set<String> twice = namedTwice(request.topics());
        Deadline deadline = new Deadline(context, request.timeoutMillis());
        List<CompletableFuture<CreateTopics.Created>> creations = new ArrayList<>();
        for (CreateTopics.Topic topic : request.topics()) {
            String name = topic.name();
            CompletableFuture<CreateTopics.Created> creation;
            if (!served.controller().isActive()) {
                creation = answer(failed(name, ErrorCode.NOT_CONTROLLER, null));
            } else if (twice.contains(name)) {
                creation = answer(failed(name, ErrorCode.INVALID_REQUEST, "The request names the topic twice"));
            } else {
                creation = request.validateOnly() ? check(topic) : create(topic, deadline);
            }
            creations.add(deadline.within(creation, () -> failed(name, ErrorCode.REQUEST_TIMED_OUT, NOT_YET)));
        }
        return Deadline.all(creations).thenApply(created -> new CreateTopics.Response(0, created));
    }

    private static Set<String> namedTwice(List<CreateTopics.Topic> topics) {
        Set<String> seen = new HashSet<>();
        return topics.stream()
                .map(CreateTopics.Topic::name)
                .filter(name -> !seen.add(name))
                .collect(Collectors.toSet());
    }

    private CompletableFuture<CreateTopics.Created> check(CreateTopics.Topic topic) {
        return wanted(topic, wanted -> {
            Outcome<SortedMap<Integer, List<Integer>>> outcome =
                    served.controller().check(wanted);
            return answer(
                    outcome.isRefused() ? failed(topic.name(), outcome.refusal()) : created(wanted, outcome.value()));
        });
    }

    private CompletableFuture<CreateTopics.Created> create(CreateTopics.Topic topic, Deadline deadline) {
        return wanted(topic, wanted -> served.controller()
                .create(wanted)
                .thenCompose(outcome -> outcome.isRefused()
                        ? answer(failed(topic.name(), outcome.refusal()))
                        : served(wanted, outcome.value(), deadline)));
    }

    /** Goes on with what is asked for, unless it cannot be. */
    private CompletableFuture<CreateTopics.Created> wanted(
            CreateTopics.Topic topic, Function<NewTopic, CompletableFuture<CreateTopics.Created>> next) {
        try {
            NewTopic wanted = wanted(topic);
            if (wanted == null) {
                return answer(failed(topic.name(), ErrorCode.INVALID_REQUEST, CONTRADICTION));
            }
            return next.apply(wanted);
        } catch (InvalidConfigException e) {
            return answer(failed(topic.name(), ErrorCode.INVALID_CONFIG, e.getMessage()));
        }
    }

    /**
     * What is asked for; null if the request contradicts itself. The broker's defaults may be asked for in any version, though
     * Kafka's own client does so only from v4 (KIP-464): Kafka's brokers answer it in all, and kafkajs relies on that.
     */
    private NewTopic wanted(CreateTopics.Topic topic) {
        SortedMap<Integer, List<Integer>> assignment = new TreeMap<>();
        topic.assignments().forEach(each -> assignment.put(each.partition(), each.brokers()));
        boolean numbers =
                topic.partitions() != CreateTopics.DEFAULT || topic.replicationFactor() != CreateTopics.DEFAULT;
        if (assignment.size() < topic.assignments().size() || (numbers && !assignment.isEmpty())) {
            return null;
        }
        SortedMap<String, String> config = new TreeMap<>();
        for (CreateTopics.Setting setting : topic.settings()) {
            TopicConfig.TABLE.check(setting.name(), setting.value());
            config.put(setting.name(), setting.value());
        }
        return new NewTopic(
                topic.name(),
                served.entropy().uuid(),
                topic.partitions() == CreateTopics.DEFAULT
                        ? served.config().get(BrokerSettings.NUM_PARTITIONS)
                        : topic.partitions(),
                topic.replicationFactor() == CreateTopics.DEFAULT
                        ? served.config().get(BrokerSettings.DEFAULT_REPLICATION_FACTOR)
                        : topic.replicationFactor(),
                assignment,
                config);
    }

    private CompletableFuture<CreateTopics.Created> served(
            NewTopic wanted, ClusterState.Topic topic, Deadline deadline) {
        TopicName name = new TopicName(wanted.name());
        return deadline.within(served.view().await(cluster -> cluster.has(name, topic.id())), () -> null)
                .thenApply(there -> there == null
                        ? failed(wanted.name(), ErrorCode.REQUEST_TIMED_OUT, NOT_YET)
                        : created(wanted, topic.assignment().value().partitions()));
    }

    private CreateTopics.Created created(NewTopic wanted, SortedMap<Integer, List<Integer>> assignment) {
        TopicConfig config = TopicConfig.of(wanted.config(), served.config());
        List<CreateTopics.Config> configs = TopicConfig.TABLE.all().stream()
                .map(setting -> new CreateTopics.Config(
                        setting.name(),
                        config.text(setting),
                        false,
                        ConfigEntries.source(config, served.config(), setting),
                        false))
                .toList();
        short replicas = (short) assignment.get(assignment.firstKey()).size();
        return new CreateTopics.Created(wanted.name(), ErrorCode.NONE, null, assignment.size(), replicas, configs);
    }

    private static CreateTopics.Created failed(String name, Refusal refusal) {
        return failed(name, ServedCluster.errorOf(refusal), refusal.message());
    }

    private static CreateTopics.Created failed(String name, ErrorCode error, String message) {
        return CreateTopics.Created.failed(name, error, message == null ? error.description() : message);
    }

    private static CompletableFuture<CreateTopics.Created> answer(CreateTopics.Created created) {
        return CompletableFuture.completedFuture(created);
    }
}
