package io.millstream.broker.server.handler;

import io.millstream.broker.group.Caller;
import io.millstream.broker.group.Groups;
import io.millstream.broker.group.Sync;
import io.millstream.broker.server.Handler;
import io.millstream.broker.server.RequestContext;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.Opaque;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.message.SyncGroup;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Answers SyncGroup, when the leader has shared out the work. */
public final class SyncGroupHandler implements Handler<SyncGroup.Request> {

    private final Groups groups;

    public SyncGroupHandler(Groups groups) {
        this.groups = groups;
    }

    @Override
    public CompletionStage<? extends ResponseBody> handle(RequestContext context, SyncGroup.Request request) {
        Map<String, byte[]> assignments = new HashMap<>();
        request.assignments().forEach(each -> assignments.put(each.memberId(), GroupBytes.of(each.assignment())));
        Caller caller = new Caller(request.memberId(), request.instanceId(), request.generation());
        Sync sync = new Sync(caller, request.protocolType(), request.protocolName(), assignments);
        return groups.sync(request.groupId(), sync)
                .thenApply(synced -> synced.error() == ErrorCode.NONE
                        ? new SyncGroup.Response(
                                0,
                                ErrorCode.NONE,
                                synced.protocolType(),
                                synced.protocol(),
                                Opaque.copyOf(synced.assignment()))
                        : SyncGroup.Response.failed(synced.error()));
    }
}
