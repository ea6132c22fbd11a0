package io.millstream.broker.server.handler;

import io.millstream.broker.group.DeletedOffsets;
import io.millstream.broker.group.Groups;
import io.millstream.broker.server.Handler;
import io.millstream.broker.server.RequestContext;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.message.OffsetDelete;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Answers OffsetDelete. */
public final class OffsetDeleteHandler implements Handler<OffsetDelete.Request> {

    private final Groups groups;

    public OffsetDeleteHandler(Groups groups) {
        this.groups = groups;
    }

    @Override
    public CompletionStage<? extends ResponseBody> handle(RequestContext context, OffsetDelete.Request request) {
        return groups.deleteOffsets(request.groupId(), NamedPartitions.of(request.topics()))
                .thenApply(deleted -> response(request, deleted));
    }

    private static OffsetDelete.Response response(OffsetDelete.Request request, DeletedOffsets deleted) {
        if (deleted.error() != ErrorCode.NONE) {
            return new OffsetDelete.Response(deleted.error(), 0, List.of());
        }
        return new OffsetDelete.Response(
                ErrorCode.NONE,
                0,
                PerPartition.answer(
                        request.topics(),
                        (topic, partition) -> new OffsetDelete.Deleted(
                                partition,
                                NamedPartitions.of(topic, partition)
                                        .map(deleted.partitions()::get)
                                        .orElse(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION))));
    }
}
