package io.millstream.broker.server.handler;

import io.millstream.broker.group.Groups;
import io.millstream.broker.server.Handler;
import io.millstream.broker.server.RequestContext;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.message.DeleteGroups;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Answers DeleteGroups. */
public final class DeleteGroupsHandler implements Handler<DeleteGroups.Request> {

    private final Groups groups;

    public DeleteGroupsHandler(Groups groups) {
        this.groups = groups;
    }

    @Override
    public CompletionStage<? extends ResponseBody> handle(RequestContext context, DeleteGroups.Request request) {
        List<CompletableFuture<DeleteGroups.Deleted>> deleted = new LinkedHashSet<>(request.groups())
                .stream()
                        .map(group -> groups.delete(group).thenApply(error -> new DeleteGroups.Deleted(group, error)))
                        .toList();
        return Deadline.all(deleted).thenApply(all -> new DeleteGroups.Response(0, all));
    }
}
