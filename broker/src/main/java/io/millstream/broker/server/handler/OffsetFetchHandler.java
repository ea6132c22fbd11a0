package io.millstream.broker.server.handler;

import io.millstream.broker.group.FetchedOffsets;
import io.millstream.broker.group.Groups;
import io.millstream.broker.server.Handler;
import io.millstream.broker.server.RequestContext;
import io.millstream.coordination.CommittedOffset;
import io.millstream.wire.ByTopic;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.message.OffsetFetch;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Answers OffsetFetch. There are no transactions, so every offset is stable. */
public final class OffsetFetchHandler implements Handler<OffsetFetch.Request> {

    private final Groups groups;

    public OffsetFetchHandler(Groups groups) {
        this.groups = groups;
    }

    @Override
    public CompletionStage<? extends ResponseBody> handle(RequestContext context, OffsetFetch.Request request) {
        List<CompletableFuture<OffsetFetch.Fetched>> fetched =
                request.groups().stream().map(this::fetch).toList();
        return Deadline.all(fetched).thenApply(all -> new OffsetFetch.Response(0, all));
    }

    private CompletableFuture<OffsetFetch.Fetched> fetch(OffsetFetch.Group asked) {
        return groups.offsets(
                        asked.groupId(), Optional.ofNullable(asked.topics()).map(NamedPartitions::of))
                .thenApply(found -> new OffsetFetch.Fetched(asked.groupId(), topics(asked, found), found.error()));
    }

    private static List<ByTopic<OffsetFetch.Offset>> topics(OffsetFetch.Group asked, FetchedOffsets found) {
        if (asked.topics() == null) {
            return NamedPartitions.byTopic(
                    found.offsets(), (partition, offset) -> offset(partition, offset, ErrorCode.NONE));
        }
        return PerPartition.answer(
                asked.topics(),
                (topic, partition) -> offset(
                        partition,
                        NamedPartitions.of(topic, partition)
                                .map(found.offsets()::get)
                                .orElse(null),
                        found.error()));
    }

    private static OffsetFetch.Offset offset(int partition, CommittedOffset committed, ErrorCode error) {
        if (committed == null) {
            return new OffsetFetch.Offset(partition, OffsetFetch.NO_OFFSET, OffsetFetch.NO_EPOCH, "", error);
        }
        return committed.metadata() == null
                ? new OffsetFetch.Offset(partition, committed.offset(), OffsetFetch.NO_EPOCH, "", error)
                : new OffsetFetch.Offset(
                        partition,
                        committed.offset(),
                        committed.metadata().leaderEpoch(),
                        committed.metadata().metadata(),
                        error);
    }
}
