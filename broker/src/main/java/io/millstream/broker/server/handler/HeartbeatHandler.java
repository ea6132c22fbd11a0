package io.millstream.broker.server.handler;

import io.millstream.broker.group.Caller;
import io.millstream.broker.group.Groups;
import io.millstream.broker.server.Handler;
import io.millstream.broker.server.RequestContext;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.message.Heartbeat;
import java.util.concurrent.CompletionStage;

/** Answers Heartbeat. */
public final class HeartbeatHandler implements Handler<Heartbeat.Request> {

    private final Groups groups;

    public HeartbeatHandler(Groups groups) {
        this.groups = groups;
    }

    @Override
    public CompletionStage<? extends ResponseBody> handle(RequestContext context, Heartbeat.Request request) {
        Caller caller = new Caller(request.memberId(), request.instanceId(), request.generation());
        return groups.heartbeat(request.groupId(), caller).thenApply(error -> new Heartbeat.Response(0, error));
    }
}
