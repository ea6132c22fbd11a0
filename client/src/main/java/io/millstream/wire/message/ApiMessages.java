package io.millstream.wire.message;

import io.millstream.wire.ApiKey;
import io.millstream.wire.Reader;
import io.millstream.wire.RequestBody;
import io.millstream.wire.RequestHeader;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.ResponseHeader;
import io.millstream.wire.WireException;
import io.millstream.wire.Writer;

/**
 * Which record reads which API: the one place that knows all messages. The compiler insists that every {@link ApiKey} is
 * here.
 */
public final class ApiMessages {

    private ApiMessages() {}

    /**
     * Reads a request's body to its end.
     *
     * @param in behind the header, as {@link RequestHeader#body} returns it
     * @throws WireException if the bytes are not such a request, or some are left over
     */
    public static RequestBody readRequest(ApiKey key, Reader in) {
        try {
            RequestBody body = request(key, in);
            in.end();
            return body;
        } catch (WireException e) {
            throw new WireException(key + " request of version " + in.version() + ": " + e.getMessage(), e);
        }
    }

    /**
     * Reads a response's body to its end.
     *
     * @param in behind the header, as {@link ResponseHeader#body} returns it
     * @throws WireException if the bytes are not such a response, or some are left over
     */
    public static ResponseBody readResponse(ApiKey key, Reader in) {
        try {
            ResponseBody body = response(key, in);
            in.end();
            return body;
        } catch (WireException e) {
            throw new WireException(key + " response of version " + in.version() + ": " + e.getMessage(), e);
        }
    }

    private static RequestBody request(ApiKey key, Reader in) {
        return switch (key) {
            case PRODUCE -> Produce.Request.read(in);
            case FETCH -> Fetch.Request.read(in);
            case LIST_OFFSETS -> ListOffsets.Request.read(in);
            case METADATA -> Metadata.Request.read(in);
            case OFFSET_COMMIT -> OffsetCommit.Request.read(in);
            case OFFSET_FETCH -> OffsetFetch.Request.read(in);
            case FIND_COORDINATOR -> FindCoordinator.Request.read(in);
            case JOIN_GROUP -> JoinGroup.Request.read(in);
            case HEARTBEAT -> Heartbeat.Request.read(in);
            case LEAVE_GROUP -> LeaveGroup.Request.read(in);
            case SYNC_GROUP -> SyncGroup.Request.read(in);
            case DESCRIBE_GROUPS -> DescribeGroups.Request.read(in);
            case LIST_GROUPS -> ListGroups.Request.read(in);
            case API_VERSIONS -> ApiVersions.Request.read(in);
            case CREATE_TOPICS -> CreateTopics.Request.read(in);
            case DELETE_TOPICS -> DeleteTopics.Request.read(in);
            case DELETE_RECORDS -> DeleteRecords.Request.read(in);
            case INIT_PRODUCER_ID -> InitProducerId.Request.read(in);
            case OFFSET_FOR_LEADER_EPOCH -> OffsetForLeaderEpoch.Request.read(in);
            case DESCRIBE_CONFIGS -> DescribeConfigs.Request.read(in);
            case ALTER_CONFIGS -> AlterConfigs.Request.read(in);
            case DESCRIBE_LOG_DIRS -> DescribeLogDirs.Request.read(in);
            case CREATE_PARTITIONS -> CreatePartitions.Request.read(in);
            case DELETE_GROUPS -> DeleteGroups.Request.read(in);
            case ELECT_LEADERS -> ElectLeaders.Request.read(in);
            case INCREMENTAL_ALTER_CONFIGS -> IncrementalAlterConfigs.Request.read(in);
            case ALTER_PARTITION_REASSIGNMENTS -> AlterPartitionReassignments.Request.read(in);
            case LIST_PARTITION_REASSIGNMENTS -> ListPartitionReassignments.Request.read(in);
            case OFFSET_DELETE -> OffsetDelete.Request.read(in);
            case DESCRIBE_CLUSTER -> DescribeCluster.Request.read(in);
            case DESCRIBE_PRODUCERS -> DescribeProducers.Request.read(in);
            case DESCRIBE_RANGES -> DescribeRanges.Request.read(in);
        };
    }

    private static ResponseBody response(ApiKey key, Reader in) {
        return switch (key) {
            case PRODUCE -> Produce.Response.read(in);
            case FETCH -> Fetch.Response.read(in);
            case LIST_OFFSETS -> ListOffsets.Response.read(in);
            case METADATA -> Metadata.Response.read(in);
            case OFFSET_COMMIT -> OffsetCommit.Response.read(in);
            case OFFSET_FETCH -> OffsetFetch.Response.read(in);
            case FIND_COORDINATOR -> FindCoordinator.Response.read(in);
            case JOIN_GROUP -> JoinGroup.Response.read(in);
            case HEARTBEAT -> Heartbeat.Response.read(in);
            case LEAVE_GROUP -> LeaveGroup.Response.read(in);
            case SYNC_GROUP -> SyncGroup.Response.read(in);
            case DESCRIBE_GROUPS -> DescribeGroups.Response.read(in);
            case LIST_GROUPS -> ListGroups.Response.read(in);
            case API_VERSIONS -> ApiVersions.Response.read(in);
            case CREATE_TOPICS -> CreateTopics.Response.read(in);
            case DELETE_TOPICS -> DeleteTopics.Response.read(in);
            case DELETE_RECORDS -> DeleteRecords.Response.read(in);
            case INIT_PRODUCER_ID -> InitProducerId.Response.read(in);
            case OFFSET_FOR_LEADER_EPOCH -> OffsetForLeaderEpoch.Response.read(in);
            case DESCRIBE_CONFIGS -> DescribeConfigs.Response.read(in);
            case ALTER_CONFIGS -> AlterConfigs.Response.read(in);
            case DESCRIBE_LOG_DIRS -> DescribeLogDirs.Response.read(in);
            case CREATE_PARTITIONS -> CreatePartitions.Response.read(in);
            case DELETE_GROUPS -> DeleteGroups.Response.read(in);
            case ELECT_LEADERS -> ElectLeaders.Response.read(in);
            case INCREMENTAL_ALTER_CONFIGS -> IncrementalAlterConfigs.Response.read(in);
            case ALTER_PARTITION_REASSIGNMENTS -> AlterPartitionReassignments.Response.read(in);
            case LIST_PARTITION_REASSIGNMENTS -> ListPartitionReassignments.Response.read(in);
            case OFFSET_DELETE -> OffsetDelete.Response.read(in);
            case DESCRIBE_CLUSTER -> DescribeCluster.Response.read(in);
            case DESCRIBE_PRODUCERS -> DescribeProducers.Response.read(in);
            case DESCRIBE_RANGES -> DescribeRanges.Response.read(in);
        };
    }

    /**
     * Writes a whole request, header and end included; the frame's length is left to the caller.
     *
     * @param out of the whole frame; its version does not matter
     * @throws IllegalArgumentException if the body holds what its version cannot say
     */
    public static void writeRequest(Writer out, RequestHeader header, RequestBody body) {
        Writer behindHeader = header.write(out, body.api());
        body.write(behindHeader);
        behindHeader.end();
    }

    /**
     * Writes a response's body to its end.
     *
     * @param out behind the header, as {@link ResponseHeader#write} returns it
     * @throws IllegalArgumentException if the body holds what its version cannot say
     */
    public static void writeResponse(Writer out, ResponseBody body) {
        body.write(out);
        out.end();
    }
}
