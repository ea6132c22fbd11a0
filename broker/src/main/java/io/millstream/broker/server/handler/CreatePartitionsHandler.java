package io.millstream.broker.server.handler;

import io.millstream.broker.controller.ClusterState;
import io.millstream.broker.controller.NewPartitions;
import io.millstream.broker.controller.Outcome;
import io.millstream.broker.controller.Refusal;
import io.millstream.broker.server.Handler;
import io.millstream.broker.server.RequestContext;
import io.millstream.core.TopicName;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.message.CreatePartitions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Answers CreatePartitions, when this broker serves the new partitions or the client's patience ends. */
public final class CreatePartitionsHandler implements Handler<CreatePartitions.Request> {

    private final ServedCluster served;

    public CreatePartitionsHandler(ServedCluster served) {
        this.served = served;
    }

    @Override
    public CompletionStage<? extends ResponseBody> handle(RequestContext context, CreatePartitions.Request request) {
        Deadline deadline = new Deadline(context, request.timeoutMillis());
        Set<String> seen = new HashSet<>();
        Set<String> twice = new HashSet<>();
        request.topics().stream()
                .map(CreatePartitions.Topic::name)
                .filter(name -> !seen.add(name))
                .forEach(twice::add);
        List<CompletableFuture<CreatePartitions.Created>> creations = new ArrayList<>();
        for (CreatePartitions.Topic topic : request.topics()) {
            creations.add(deadline.within(
                    twice.contains(topic.name())
                            ? answer(topic, ErrorCode.INVALID_REQUEST, "The request names the topic twice")
                            : create(topic, request.validateOnly(), deadline),
                    () -> late(topic)));
        }
        return Deadline.all(creations).thenApply(created -> new CreatePartitions.Response(0, created));
    }

    private CompletableFuture<CreatePartitions.Created> create(
            CreatePartitions.Topic topic, boolean validateOnly, Deadline deadline) {
        if (!served.controller().isActive()) {
            return answer(topic, ErrorCode.NOT_CONTROLLER, null);
        }
        if (TopicName.objection(topic.name()).isPresent()) {
            return answer(topic, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, null);
        }
        Optional<List<List<Integer>>> assignments = Optional.ofNullable(topic.assignments())
                .map(given ->
                        given.stream().map(CreatePartitions.Assignment::brokers).toList());
        NewPartitions wanted = new NewPartitions(new TopicName(topic.name()), topic.count(), assignments);
        if (validateOnly) {
            Outcome<?> outcome = served.controller().check(wanted);
            return outcome.isRefused() ? refused(topic, outcome.refusal()) : answer(topic, ErrorCode.NONE, null);
        }
        return served.controller()
                .create(wanted)
                .thenCompose(outcome -> outcome.isRefused()
                        ? refused(topic, outcome.refusal())
                        : served(topic, wanted, outcome.value(), deadline));
    }

    private CompletableFuture<CreatePartitions.Created> served(
            CreatePartitions.Topic topic, NewPartitions wanted, ClusterState.Topic grown, Deadline deadline) {
        return deadline.within(served.view().await(cluster -> serves(cluster, wanted, grown)), () -> null)
                .thenCompose(there -> there == null
                        ? CompletableFuture.completedFuture(late(topic))
                        : answer(topic, ErrorCode.NONE, null));
    }

    private static boolean serves(ClusterState cluster, NewPartitions wanted, ClusterState.Topic grown) {
        return cluster.has(wanted.topic(), grown.id())
                && cluster.topics().get(wanted.topic()).states().size() >= wanted.count();
    }

    private static CompletableFuture<CreatePartitions.Created> refused(CreatePartitions.Topic topic, Refusal refusal) {
        return answer(topic, ServedCluster.errorOf(refusal), refusal.message());
    }

    private static CreatePartitions.Created late(CreatePartitions.Topic topic) {
        return new CreatePartitions.Created(
                topic.name(), ErrorCode.REQUEST_TIMED_OUT, "The new partitions are not served yet");
    }

    private static CompletableFuture<CreatePartitions.Created> answer(
            CreatePartitions.Topic topic, ErrorCode error, String message) {
        String said = message == null && error != ErrorCode.NONE ? error.description() : message;
        return CompletableFuture.completedFuture(new CreatePartitions.Created(topic.name(), error, said));
    }
}
