package io.millstream.broker.server.handler;

import io.millstream.broker.replica.LeadCheck;
import io.millstream.broker.replica.Partition;
import io.millstream.broker.replica.Role;
import io.millstream.broker.server.RequestContext;
import io.millstream.core.TopicPartition;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.Produce;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Batches of a request that were refused because others are missing before them. A producer gives up when it hears that, as
 * records that were acknowledged are lost. A leader that has not heard yet that it leads no more misses what its successor got:
 * so it asks first, and unless it leads for sure the producer is sent to look for the leader.
 */
final class SequenceGaps {

    private static final int LEAST_PATIENCE_MILLIS = 1_000;

    private final LeadCheck check;
    private final Map<TopicPartition, CompletableFuture<Boolean>> leads = new HashMap<>();

    SequenceGaps(LeadCheck check) {
        this.check = check;
    }

    /** @param term the role in which the batch was refused */
    void add(Partition partition, Role term) {
        leads.put(
                partition.id(),
                term instanceof Role.Leader leader
                        ? check.stillLeads(partition, leader.epoch())
                        : CompletableFuture.completedFuture(false));
    }

    boolean isEmpty() {
        return leads.isEmpty();
    }

    /** {@code response} with what the producer is to hear of the gaps, once that is known or {@code timeoutMillis} are over. */
    CompletableFuture<Produce.Response> settle(
            RequestContext context, CompletableFuture<Produce.Response> response, int timeoutMillis) {
        Deadline deadline = new Deadline(context, Math.max(LEAST_PATIENCE_MILLIS, timeoutMillis));
        CompletableFuture<?>[] known = leads.values().stream()
                .map(each -> deadline.within(each, () -> false))
                .toArray(CompletableFuture[]::new);
        return response.thenCombine(CompletableFuture.allOf(known), (answer, done) -> settled(answer));
    }

    private Produce.Response settled(Produce.Response response) {
        return new Produce.Response(
                PerPartition.answer(response.topics(), (topic, result) -> {
                    boolean doubtful = result.error() == ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER
                            && !leads.get(new TopicPartition(topic, result.partition()))
                                    .join();
                    return doubtful
                            ? Produce.Result.failed(result.partition(), ErrorCode.NOT_LEADER_OR_FOLLOWER, null)
                            : result;
                }),
                response.throttleMillis());
    }
}
