package io.millstream.coordination;

import java.util.List;

/**
 * {@code /brokers/topics/<topic>/partitions/<p>/state}: changed by compare-and-set only.
 *
 * @param leader broker id; {@link #NO_LEADER} while nobody may lead
 * @param leaderEpoch raised with every change of leader and whenever the leader registered anew, from 0
 * @param leaderRegistration {@link Versioned#createdZxid} of the leader's registration that this term began with
 *     ({@link #NO_REGISTRATION} while nobody leads): a broker leads only under the registration it was elected with, so one
 *     that restarted or lost its session waits for its new term
 * @param isr ids of the replicas in sync
 * @param eligible ids of replicas that left the ISR below min.insync.replicas and still hold everything acknowledged
 *     (KIP-966)
 */
public record PartitionState(
        int leader, int leaderEpoch, long leaderRegistration, List<Integer> isr, List<Integer> eligible) {

    /** Nobody leads. */
    public static final int NO_LEADER = -1;

    /** No registration, because nobody leads. */
    public static final long NO_REGISTRATION = -1;
}
