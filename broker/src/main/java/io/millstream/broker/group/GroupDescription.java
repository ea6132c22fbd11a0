package io.millstream.broker.group;

import io.millstream.wire.ErrorCode;
import java.util.List;

/**
 * A group as it is shown to administrators.
 *
 * @param error why it cannot be shown; the rest is empty then
 * @param groupId its name
 * @param state Kafka's name of it
 * @param protocolType empty if it never had members
 * @param protocol that the members follow; empty outside of a generation
 * @param members by order of joining
 */
public record GroupDescription(
        ErrorCode error, String groupId, String state, String protocolType, String protocol, List<Entry> members) {

    /**
     * A member.
     *
     * @param memberId its id
     * @param instanceId of a static member; null for a dynamic one
     * @param client who is behind it
     * @param metadata for the protocol followed; empty while the group rebalances
     * @param assignment its share of the work; empty while the group rebalances
     */
    public record Entry(String memberId, String instanceId, Join.Client client, byte[] metadata, byte[] assignment) {}

    /** A group that is known by its offsets only, or not at all. */
    static GroupDescription withoutMembers(String groupId, String state) {
        return new GroupDescription(ErrorCode.NONE, groupId, state, "", "", List.of());
    }

    /** A group that this broker cannot show. */
    static GroupDescription refused(String groupId, ErrorCode error) {
        return new GroupDescription(error, groupId, "", "", "", List.of());
    }
}
