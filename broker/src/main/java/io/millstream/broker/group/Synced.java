package io.millstream.broker.group;

import io.millstream.wire.ErrorCode;

/**
 * The answer to a {@link Sync}.
 *
 * @param protocolType of the group; null on an error
 * @param protocol that all members follow; null on an error
 * @param assignment the member's share; empty on an error
 */
public record Synced(ErrorCode error, String protocolType, String protocol, byte[] assignment) {

    /** A refusal. */
    public static Synced refused(ErrorCode error) {
        return new Synced(error, null, null, Member.NOTHING);
    }
}
