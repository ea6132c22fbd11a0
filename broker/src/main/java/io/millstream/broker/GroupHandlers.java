package io.millstream.broker;

import io.millstream.broker.group.Groups;
import io.millstream.broker.server.Dispatcher;
import io.millstream.broker.server.handler.DeleteGroupsHandler;
import io.millstream.broker.server.handler.DescribeGroupsHandler;
import io.millstream.broker.server.handler.FindCoordinatorHandler;
import io.millstream.broker.server.handler.HeartbeatHandler;
import io.millstream.broker.server.handler.JoinGroupHandler;
import io.millstream.broker.server.handler.LeaveGroupHandler;
import io.millstream.broker.server.handler.ListGroupsHandler;
import io.millstream.broker.server.handler.OffsetCommitHandler;
import io.millstream.broker.server.handler.OffsetDeleteHandler;
import io.millstream.broker.server.handler.OffsetFetchHandler;
import io.millstream.broker.server.handler.ServedCluster;
import io.millstream.broker.server.handler.SyncGroupHandler;
import io.millstream.wire.ApiKey;
import io.millstream.wire.message.DeleteGroups;
import io.millstream.wire.message.DescribeGroups;
import io.millstream.wire.message.FindCoordinator;
import io.millstream.wire.message.Heartbeat;
import io.millstream.wire.message.JoinGroup;
import io.millstream.wire.message.LeaveGroup;
import io.millstream.wire.message.ListGroups;
import io.millstream.wire.message.OffsetCommit;
import io.millstream.wire.message.OffsetDelete;
import io.millstream.wire.message.OffsetFetch;
import io.millstream.wire.message.SyncGroup;

/** What a broker answers about consumer groups. */
final class GroupHandlers {

    private GroupHandlers() {}

    static Dispatcher.Builder all(ServedCluster served, Groups groups) {
        return Dispatcher.builder()
                .on(
                        ApiKey.FIND_COORDINATOR,
                        FindCoordinator.Request.class,
                        new FindCoordinatorHandler(groups, served.view()))
                .on(ApiKey.JOIN_GROUP, JoinGroup.Request.class, new JoinGroupHandler(groups, served.entropy()))
                .on(ApiKey.SYNC_GROUP, SyncGroup.Request.class, new SyncGroupHandler(groups))
                .on(ApiKey.HEARTBEAT, Heartbeat.Request.class, new HeartbeatHandler(groups))
                .on(ApiKey.LEAVE_GROUP, LeaveGroup.Request.class, new LeaveGroupHandler(groups))
                .on(ApiKey.OFFSET_COMMIT, OffsetCommit.Request.class, new OffsetCommitHandler(groups))
                .on(ApiKey.OFFSET_FETCH, OffsetFetch.Request.class, new OffsetFetchHandler(groups))
                .on(ApiKey.OFFSET_DELETE, OffsetDelete.Request.class, new OffsetDeleteHandler(groups))
                .on(ApiKey.DESCRIBE_GROUPS, DescribeGroups.Request.class, new DescribeGroupsHandler(groups))
                .on(ApiKey.LIST_GROUPS, ListGroups.Request.class, new ListGroupsHandler(groups))
                .on(ApiKey.DELETE_GROUPS, DeleteGroups.Request.class, new DeleteGroupsHandler(groups));
    }
}
