package io.millstream.client;

import io.millstream.wire.ErrorCode;
import java.util.EnumSet;
import java.util.Set;

/** What a broker's error means for the one who asked. */
final class Outcome {

    /** Leadership moved, a broker starts or stops, a replica catches up: learn anew and ask again. */
    private static final Set<ErrorCode> PASSING = EnumSet.of(
            ErrorCode.UNKNOWN_SERVER_ERROR,
            ErrorCode.CORRUPT_MESSAGE,
            ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
            ErrorCode.LEADER_NOT_AVAILABLE,
            ErrorCode.NOT_LEADER_OR_FOLLOWER,
            ErrorCode.REQUEST_TIMED_OUT,
            ErrorCode.BROKER_NOT_AVAILABLE,
            ErrorCode.REPLICA_NOT_AVAILABLE,
            ErrorCode.NETWORK_EXCEPTION,
            ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
            ErrorCode.COORDINATOR_NOT_AVAILABLE,
            ErrorCode.NOT_COORDINATOR,
            ErrorCode.NOT_ENOUGH_REPLICAS,
            ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND,
            ErrorCode.NOT_CONTROLLER,
            ErrorCode.KAFKA_STORAGE_ERROR,
            ErrorCode.FENCED_LEADER_EPOCH,
            ErrorCode.UNKNOWN_LEADER_EPOCH,
            ErrorCode.OFFSET_NOT_AVAILABLE,
            ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE,
            ErrorCode.ELIGIBLE_LEADERS_NOT_AVAILABLE,
            ErrorCode.THROTTLING_QUOTA_EXCEEDED);

    /**
     * Passing errors that can only come before the append. All others may come after it, {@code NOT_LEADER_OR_FOLLOWER} too:
     * a leader says so when it loses its place while the batch waits for the other replicas, of which one may have it.
     */
    private static final Set<ErrorCode> SURELY_NOT_STORED =
            EnumSet.of(ErrorCode.NOT_ENOUGH_REPLICAS, ErrorCode.CORRUPT_MESSAGE);

    /** The sequence or the identity is not what the broker has: going on could lose or repeat records. */
    private static final Set<ErrorCode> FATAL = EnumSet.of(
            ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
            ErrorCode.INVALID_PRODUCER_EPOCH,
            ErrorCode.UNKNOWN_PRODUCER_ID,
            ErrorCode.INVALID_PRODUCER_ID_MAPPING,
            ErrorCode.PRODUCER_FENCED,
            ErrorCode.INVALID_TXN_STATE);

    private Outcome() {}

    /** Whether the same question may get another answer soon. */
    static boolean passes(ErrorCode error) {
        return PASSING.contains(error);
    }

    /** Whether a batch that got this passing error is not in the log, and will not be by this try. */
    static boolean surelyNotStored(ErrorCode error) {
        return SURELY_NOT_STORED.contains(error);
    }

    /** Whether a producer that got this error must not go on. */
    static boolean endsProducer(ErrorCode error) {
        return FATAL.contains(error);
    }

    /** An error as an exception: one that is tried again, or not. */
    static RuntimeException failure(String where, ErrorCode error) {
        String message = where + ": " + error.description() + " (" + error + ")";
        return passes(error) ? new TryAgain(message) : new ClientException(message);
    }
}
