package io.millstream.broker.server.handler;

import io.millstream.broker.group.GroupDescription;
import io.millstream.broker.group.Groups;
import io.millstream.broker.server.Handler;
import io.millstream.broker.server.RequestContext;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.Opaque;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.message.DescribeGroups;
import io.millstream.wire.message.Metadata;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Answers DescribeGroups. */
public final class DescribeGroupsHandler implements Handler<DescribeGroups.Request> {

    private final Groups groups;

    public DescribeGroupsHandler(Groups groups) {
        this.groups = groups;
    }

    @Override
    public CompletionStage<? extends ResponseBody> handle(RequestContext context, DescribeGroups.Request request) {
        List<CompletableFuture<DescribeGroups.Described>> described = request.groups().stream()
                .map(group -> groups.describe(group).thenApply(DescribeGroupsHandler::described))
                .toList();
        return Deadline.all(described).thenApply(all -> new DescribeGroups.Response(0, all));
    }

    private static DescribeGroups.Described described(GroupDescription group) {
        if (group.error() != ErrorCode.NONE) {
            return DescribeGroups.Described.failed(group.groupId(), group.error());
        }
        return new DescribeGroups.Described(
                ErrorCode.NONE,
                group.groupId(),
                group.state(),
                group.protocolType(),
                group.protocol(),
                group.members().stream()
                        .map(member -> new DescribeGroups.Member(
                                member.memberId(),
                                member.instanceId(),
                                member.client().id(),
                                member.client().host(),
                                Opaque.copyOf(member.metadata()),
                                Opaque.copyOf(member.assignment())))
                        .toList(),
                Metadata.NO_OPERATIONS);
    }
}
