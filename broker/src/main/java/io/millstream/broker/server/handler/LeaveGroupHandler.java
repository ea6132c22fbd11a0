package io.millstream.broker.server.handler;

import io.millstream.broker.group.Groups;
import io.millstream.broker.group.Leaving;
import io.millstream.broker.group.Left;
import io.millstream.broker.server.Handler;
import io.millstream.broker.server.RequestContext;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.message.LeaveGroup;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Answers LeaveGroup. */
public final class LeaveGroupHandler implements Handler<LeaveGroup.Request> {

    private static final int SEVERAL_MEMBERS = 3;

    private final Groups groups;

    public LeaveGroupHandler(Groups groups) {
        this.groups = groups;
    }

    @Override
    public CompletionStage<? extends ResponseBody> handle(RequestContext context, LeaveGroup.Request request) {
        List<Leaving> leaving = request.members().stream()
                .map(member -> new Leaving(member.memberId(), member.instanceId()))
                .toList();
        return groups.leave(request.groupId(), leaving).thenApply(left -> response(context.version(), left));
    }

    private static LeaveGroup.Response response(short version, Left left) {
        if (version < SEVERAL_MEMBERS) {
            ErrorCode error = left.members().isEmpty()
                    ? left.error()
                    : left.members().get(0).error();
            return new LeaveGroup.Response(0, error, List.of());
        }
        return new LeaveGroup.Response(
                0,
                left.error(),
                left.members().stream()
                        .map(each -> new LeaveGroup.Left(
                                each.member().memberId(), each.member().instanceId(), each.error()))
                        .toList());
    }
}
