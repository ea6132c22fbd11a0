package io.millstream.broker.server.handler;

import io.millstream.broker.log.TermEnd;
import io.millstream.broker.replica.Partition;
import io.millstream.broker.replica.Partitions;
import io.millstream.broker.server.Handler;
import io.millstream.broker.server.RequestContext;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.message.OffsetForLeaderEpoch;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * OffsetForLeaderEpoch: where a leader's term ended, so that whoever has read in that term learns whether what it read is
 * still so (KIP-101, KIP-279, KIP-320).
 */
public final class OffsetForLeaderEpochHandler implements Handler<OffsetForLeaderEpoch.Request> {

    private final Partitions partitions;

    public OffsetForLeaderEpochHandler(Partitions partitions) {
        this.partitions = partitions;
    }

    @Override
    public CompletionStage<? extends ResponseBody> handle(
            RequestContext context, OffsetForLeaderEpoch.Request request) {
        return CompletableFuture.completedFuture(
                new OffsetForLeaderEpoch.Response(0, PerPartition.answer(request.topics(), (topic, query) -> partitions
                        .find(topic, query.partition())
                        .map(partition -> end(partition, query))
                        .orElseGet(() -> nothing(query, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)))));
    }

    private static OffsetForLeaderEpoch.End end(Partition partition, OffsetForLeaderEpoch.Query query) {
        ErrorCode refusal = partition.refusal(query.currentLeaderEpoch());
        if (refusal != ErrorCode.NONE) {
            return nothing(query, refusal);
        }
        Optional<TermEnd> end = partition.log().endOfTerm(query.leaderEpoch());
        return end.map(known -> new OffsetForLeaderEpoch.End(
                        ErrorCode.NONE, query.partition(), known.epoch(), known.endOffset()))
                .orElseGet(() -> nothing(query, ErrorCode.NONE));
    }

    private static OffsetForLeaderEpoch.End nothing(OffsetForLeaderEpoch.Query query, ErrorCode error) {
        return new OffsetForLeaderEpoch.End(
                error, query.partition(), OffsetForLeaderEpoch.NO_EPOCH, OffsetForLeaderEpoch.NO_OFFSET);
    }
}
