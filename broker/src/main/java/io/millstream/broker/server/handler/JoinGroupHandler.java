package io.millstream.broker.server.handler;

import io.millstream.broker.group.Groups;
import io.millstream.broker.group.Join;
import io.millstream.broker.group.Joined;
import io.millstream.broker.group.Protocol;
import io.millstream.broker.server.Handler;
import io.millstream.broker.server.RequestContext;
import io.millstream.core.Entropy;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.Opaque;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.message.JoinGroup;
import java.util.concurrent.CompletionStage;

/** Answers JoinGroup, when the next generation begins. */
public final class JoinGroupHandler implements Handler<JoinGroup.Request> {

    private static final int IDS_COME_FIRST = 4;
    private static final int LEADERS_KEEP_ASSIGNMENTS = 9;

    private final Groups groups;
    private final Entropy entropy;

    public JoinGroupHandler(Groups groups, Entropy entropy) {
        this.groups = groups;
        this.entropy = entropy;
    }

    @Override
    public CompletionStage<? extends ResponseBody> handle(RequestContext context, JoinGroup.Request request) {
        int rebalanceMillis = request.rebalanceTimeoutMillis() == JoinGroup.SAME_AS_SESSION
                ? request.sessionTimeoutMillis()
                : request.rebalanceTimeoutMillis();
        Join join = new Join(
                client(context),
                request.memberId(),
                request.instanceId(),
                request.sessionTimeoutMillis(),
                rebalanceMillis,
                request.protocolType(),
                request.protocols().stream()
                        .map(protocol -> new Protocol(protocol.name(), GroupBytes.of(protocol.metadata())))
                        .toList(),
                new Join.Abilities(context.version() >= IDS_COME_FIRST, context.version() >= LEADERS_KEEP_ASSIGNMENTS),
                entropy.uuid());
        return groups.join(request.groupId(), join).thenApply(JoinGroupHandler::response);
    }

    private static Join.Client client(RequestContext context) {
        String id = context.clientId() == null ? "" : context.clientId();
        return new Join.Client(id, "/" + context.peer().getAddress().getHostAddress());
    }

    private static JoinGroup.Response response(Joined joined) {
        if (joined.error() != ErrorCode.NONE) {
            return JoinGroup.Response.failed(joined.error(), joined.memberId());
        }
        return new JoinGroup.Response(
                0,
                ErrorCode.NONE,
                new JoinGroup.Agreed(joined.generation(), joined.protocolType(), joined.protocol()),
                joined.leader(),
                joined.skipAssignment(),
                joined.memberId(),
                joined.members().stream()
                        .map(member -> new JoinGroup.Member(
                                member.memberId(), member.instanceId(), Opaque.copyOf(member.metadata())))
                        .toList());
    }
}
