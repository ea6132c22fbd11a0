package io.millstream.broker.server.handler;

import io.millstream.broker.replica.Partition;
import io.millstream.broker.replica.Role;
import io.millstream.wire.ErrorCode;

/**
 * Records that the leader has and waits to see committed.
 *
 * @param term the role in which they were appended
 * @param nextOffset the high watermark at which they are committed
 */
record UncommittedAppend(Partition partition, Role term, long nextOffset) {

    /** Whether they are committed, in the term they were appended in. */
    boolean committed() {
        return partition.highWatermark() >= nextOffset && !lost();
    }

    /** What a producer is told of them when they are {@link #lost}. */
    ErrorCode loss() {
        boolean diskFailed = partition.role() instanceof Role.Offline now && now.why() == ErrorCode.KAFKA_STORAGE_ERROR;
        return diskFailed ? ErrorCode.KAFKA_STORAGE_ERROR : ErrorCode.NOT_LEADER_OR_FOLLOWER;
    }

    /** Whether so few replicas are in sync that the records cannot be committed for now; they may be later. */
    boolean starved() {
        return partition.role() instanceof Role.Leader leader && !leader.isr().meetsMinimum();
    }

    /** Whether the term has ended, so that nothing can be said of them. */
    boolean lost() {
        return !(term instanceof Role.Leader then
                && partition.role() instanceof Role.Leader now
                && then.epoch() == now.epoch());
    }
}
