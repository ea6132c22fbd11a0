package io.millstream.broker.group;

import io.millstream.wire.ErrorCode;
import java.util.List;

/**
 * The answer to a {@link Join}.
 *
 * @param error of which only {@link ErrorCode#MEMBER_ID_REQUIRED} comes with something else: the id
 * @param generation that the member is in; -1 on an error
 * @param protocolType of the group; null on an error
 * @param protocol that all members follow; null on an error
 * @param leader the member that shares out the work; empty on an error
 * @param skipAssignment the leader shall leave the assignment as it is
 * @param memberId the member's
 * @param members for the leader: everybody; empty for others
 */
public record Joined(
        ErrorCode error,
        int generation,
        String protocolType,
        String protocol,
        String leader,
        boolean skipAssignment,
        String memberId,
        List<Entry> members) {

    /**
     * A member as its leader sees it.
     *
     * @param memberId its id
     * @param instanceId of a static member; null for a dynamic one
     * @param metadata for the protocol that was chosen
     */
    public record Entry(String memberId, String instanceId, byte[] metadata) {}

    /** A refusal. */
    public static Joined refused(ErrorCode error, String memberId) {
        return new Joined(error, GroupId.NO_GENERATION, null, null, "", false, memberId, List.of());
    }
}
