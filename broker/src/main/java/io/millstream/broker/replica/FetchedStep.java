package io.millstream.broker.replica;

import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.Fetch;

/** What a leader's answer asks of a follower. */
enum FetchedStep {
    /** There are records. */
    APPEND,
    /** There are none, but perhaps another high watermark or log start. */
    LEARN,
    /** The logs have parted: what the leader has not must go first. */
    TRUNCATE,
    /** The leader has deleted what comes next: the follower begins where the leader does. */
    RESTART,
    /** Something is wrong, and may pass. */
    PAUSE;

    /** @param asked what {@code data} answers */
    static FetchedStep of(Fetch.Query asked, Fetch.Data data) {
        if (data.error() == ErrorCode.NONE) {
            if (!data.diverging().equals(Fetch.Diverging.NONE)) {
                return TRUNCATE;
            }
            return data.records() != null && data.records().sizeInBytes() > 0 ? APPEND : LEARN;
        }
        boolean below = asked.offset() < data.logStartOffset();
        boolean empty = asked.lastFetchedEpoch() == Fetch.NO_EPOCH; // then no epoch tells where the logs part
        return data.error() == ErrorCode.OFFSET_OUT_OF_RANGE
                        && data.logStartOffset() != Fetch.NO_OFFSET
                        && (below || empty)
                ? RESTART
                : PAUSE;
    }

    /** Whether an error is what brokers answer each other while one of them is yet to hear of a change of roles. */
    static boolean isUsual(ErrorCode error) {
        return switch (error) {
            case FENCED_LEADER_EPOCH,
                    UNKNOWN_LEADER_EPOCH,
                    NOT_LEADER_OR_FOLLOWER,
                    UNKNOWN_TOPIC_OR_PARTITION,
                    STALE_BROKER_EPOCH,
                    UNKNOWN_TOPIC_ID,
                    CLUSTER_AUTHORIZATION_FAILED -> true;
            default -> false;
        };
    }
}
