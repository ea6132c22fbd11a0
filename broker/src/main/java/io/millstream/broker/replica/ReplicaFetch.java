package io.millstream.broker.replica;

import io.millstream.broker.log.TermEnd;
import io.millstream.wire.ErrorCode;

/** What a leader tells a follower that fetches. */
public sealed interface ReplicaFetch {

    /**
     * Nothing is served.
     *
     * @param why what the follower is told
     */
    record Refused(ErrorCode why) implements ReplicaFetch {}

    /**
     * What the follower has is not what the leader has (KIP-595): it must truncate before it gets any record.
     *
     * @param end the last term up to the follower's that the leader's log has, and where it ended there
     */
    record Diverged(TermEnd end) implements ReplicaFetch {}

    /**
     * The follower may have what comes from its offset on.
     *
     * @param role of the leader, to wait in; see {@link Partition#awaitEnd}
     * @param endOffset exclusive: up to here, committed or not
     */
    record Served(Role.Leader role, long endOffset) implements ReplicaFetch {}
}
