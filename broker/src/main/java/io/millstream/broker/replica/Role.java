package io.millstream.broker.replica;

import io.millstream.wire.ErrorCode;

/** The part that this broker plays in a partition. */
public sealed interface Role {

    /**
     * It takes appends and answers fetches.
     *
     * @param epoch of the term, from the partition's state
     * @param isr as known to the leader
     */
    record Leader(int epoch, Isr isr) implements Role {}

    /**
     * It does neither.
     *
     * @param why what a client is told
     */
    record Offline(ErrorCode why) implements Role {}
}
