package io.millstream.broker.server.handler;

import io.millstream.broker.replica.Patience;
import io.millstream.broker.replica.Role;
import io.millstream.broker.server.RequestContext;
import io.millstream.core.Loop;
import io.millstream.core.TopicPartition;
import io.millstream.wire.ByTopic;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.Produce;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A produce request whose records wait for other replicas, or for the disk. Belongs to the connection's event loop. */
final class PendingProduce {

    private final RequestContext context;
    private final List<ByTopic<Produce.Result>> results;
    private final List<UncommittedAppend> uncommitted;
    private final Map<TopicPartition, ErrorCode> failures = new HashMap<>();
    private final CompletableFuture<Produce.Response> answer = new CompletableFuture<>();
    private Loop.Timer timer;
    private Patience patience;

    PendingProduce(RequestContext context, List<ByTopic<Produce.Result>> results, List<UncommittedAppend> uncommitted) {
        this.context = context;
        this.results = results;
        this.uncommitted = uncommitted;
    }

    CompletableFuture<Produce.Response> await(int timeoutMillis) {
        timer = context.loop().schedule(this::giveUp, Math.max(0, timeoutMillis), TimeUnit.MILLISECONDS);
        patience = new Patience(context.loop(), this::look);
        context.onAbandon(() -> {
            timer.cancel();
            patience.cancel();
        });
        look();
        return answer;
    }

    private void look() {
        // As they are now, not as they were at the append: the ISR may have changed since, within the term.
        Map<UncommittedAppend, Role> seen = new LinkedHashMap<>();
        uncommitted.removeIf(append -> {
            Role role = append.partition().role();
            if (append.lost()) {
                failures.put(append.partition().id(), append.loss());
                return true;
            }
            if (append.committed()) {
                return true;
            }
            if (append.starved()) { // who waited on would learn the same, when its time is up
                failures.put(append.partition().id(), ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND);
                return true;
            }
            seen.put(append, role);
            return false;
        });
        if (uncommitted.isEmpty()) {
            timer.cancel();
            answer.complete(response());
            return;
        }
        patience = new Patience(context.loop(), this::look);
        seen.forEach((append, role) ->
                patience.await(wake -> append.partition().await(role, append.nextOffset() - 1, wake)));
    }

    private void giveUp() {
        patience.cancel();
        uncommitted.forEach(append -> failures.put(append.partition().id(), ErrorCode.REQUEST_TIMED_OUT));
        answer.complete(response());
    }

    private Produce.Response response() {
        return new Produce.Response(
                PerPartition.answer(results, (topic, result) -> {
                    if (!appended(result.error())) {
                        return result;
                    }
                    ErrorCode failure = failures.get(new TopicPartition(topic, result.partition()));
                    return failure == null ? result : Produce.Result.failed(result.partition(), failure, null);
                }),
                0);
    }

    private static boolean appended(ErrorCode error) {
        return error == ErrorCode.NONE || error == ErrorCode.DUPLICATE_SEQUENCE_NUMBER;
    }
}
