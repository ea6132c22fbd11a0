package io.millstream.broker.server.handler;

import io.millstream.broker.config.BrokerSettings;
import io.millstream.broker.controller.Outcome;
import io.millstream.broker.server.Handler;
import io.millstream.broker.server.RequestContext;
import io.millstream.core.TopicName;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.message.DeleteTopics;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Answers DeleteTopics. A topic is gone when this broker serves it no more; its files follow. */
public final class DeleteTopicsHandler implements Handler<DeleteTopics.Request> {

    private final ServedCluster served;

    public DeleteTopicsHandler(ServedCluster served) {
        this.served = served;
    }

    @Override
    public CompletionStage<? extends ResponseBody> handle(RequestContext context, DeleteTopics.Request request) {
        Deadline deadline = new Deadline(context, request.timeoutMillis());
        List<CompletableFuture<DeleteTopics.Deleted>> deletions = new ArrayList<>();
        for (String name : new LinkedHashSet<>(request.topics())) {
            deletions.add(deadline.within(
                    delete(name, deadline), () -> new DeleteTopics.Deleted(name, ErrorCode.REQUEST_TIMED_OUT)));
        }
        return Deadline.all(deletions).thenApply(deleted -> new DeleteTopics.Response(0, deleted));
    }

    private CompletableFuture<DeleteTopics.Deleted> delete(String name, Deadline deadline) {
        if (!served.config().get(BrokerSettings.DELETE_TOPIC_ENABLE)) {
            return answer(name, ErrorCode.TOPIC_DELETION_DISABLED);
        }
        if (!served.controller().isActive()) {
            return answer(name, ErrorCode.NOT_CONTROLLER);
        }
        if (TopicName.objection(name).isPresent()) {
            return answer(name, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        }
        TopicName topic = new TopicName(name);
        return served.controller().delete(topic).thenCompose(outcome -> gone(topic, outcome, deadline));
    }

    private CompletableFuture<DeleteTopics.Deleted> gone(TopicName topic, Outcome<UUID> outcome, Deadline deadline) {
        if (outcome.isRefused()) {
            return answer(topic.value(), ServedCluster.errorOf(outcome.refusal()));
        }
        return deadline.within(served.view().await(cluster -> !cluster.has(topic, outcome.value())), () -> null)
                .thenApply(gone -> new DeleteTopics.Deleted(
                        topic.value(), gone == null ? ErrorCode.REQUEST_TIMED_OUT : ErrorCode.NONE));
    }

    private static CompletableFuture<DeleteTopics.Deleted> answer(String name, ErrorCode error) {
        return CompletableFuture.completedFuture(new DeleteTopics.Deleted(name, error));
    }
}
