package io.millstream.coordination;

import java.util.List;

/**
 * {@code /brokers/topics/<topic>/partitions/<p>/state}: changed by compare-and-set only.
 *
 * @param leader broker id; {@link #NO_LEADER} while nobody may lead
 * @param leaderEpoch raised with every change of leader, from 0
 * @param isr ids of the replicas in sync
 * @param eligible ids of replicas that left the ISR below min.insync.replicas and still hold everything acknowledged
 *     (KIP-966)
 */
public record PartitionState(int leader, int leaderEpoch, List<Integer> isr, List<Integer> eligible) {

    /** Nobody leads. */
    public static final int NO_LEADER = -1;
}
