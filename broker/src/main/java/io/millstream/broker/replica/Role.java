package io.millstream.broker.replica;

import io.millstream.wire.ErrorCode;

/** The part that this broker plays in a partition. */
public sealed interface Role {

    /** An epoch before the first. */
    int NO_EPOCH = -1;

    /** Of the term that it is played in; {@link #NO_EPOCH} outside any. */
    int epoch();

    /**
     * It takes appends and answers fetches.
     *
     * @param epoch of the term, from the partition's state
     * @param version of the partition's state that says so; a higher one of the same epoch is newer
     * @param isr as known to the leader
     */
    record Leader(int epoch, int version, Isr isr) implements Role {

        /** A leader by the first version of a state. */
        public Leader(int epoch, Isr isr) {
            this(epoch, 0, isr);
        }

        Leader with(Isr other) {
            return new Leader(epoch, version, other);
        }
    }

    /**
     * It copies what the leader has, and answers the fetches of consumers up to its high watermark (KIP-392).
     *
     * @param epoch of the term, from the partition's state
     * @param leader broker id; {@link #NO_LEADER} while nobody leads
     */
    record Follower(int epoch, int leader) implements Role {

        /** Nobody leads. */
        public static final int NO_LEADER = -1;
    }

    /**
     * It does neither.
     *
     * @param why what a client is told
     */
    record Offline(ErrorCode why) implements Role {

        @Override
        public int epoch() {
            return NO_EPOCH;
        }
    }

    /** Why a client cannot be served by the leader; as {@link #readRefusal}. Never {@link ErrorCode#NONE} but of a leader. */
    default ErrorCode refusal(int clientEpoch) {
        return this instanceof Follower ? ErrorCode.NOT_LEADER_OR_FOLLOWER : readRefusal(clientEpoch);
    }

    /**
     * Why a consumer cannot read, from the leader or a follower.
     *
     * @param clientEpoch of the leader, as the client knows it, or {@link #NO_EPOCH}
     * @return {@link ErrorCode#NONE} if it can
     */
    default ErrorCode readRefusal(int clientEpoch) {
        if (this instanceof Offline offline) {
            return offline.why();
        }
        if (clientEpoch == NO_EPOCH || clientEpoch == epoch()) {
            return ErrorCode.NONE;
        }
        return clientEpoch < epoch() ? ErrorCode.FENCED_LEADER_EPOCH : ErrorCode.UNKNOWN_LEADER_EPOCH;
    }

    /** Whether both are the same part in the same term, whatever became of the ISR meanwhile. */
    default boolean sameTerm(Role other) {
        return (this instanceof Leader mine && other instanceof Leader its)
                ? mine.epoch() == its.epoch()
                : equals(other);
    }
}
