package io.millstream.hadoop.output;

import java.util.OptionalInt;

/**
 * Where a publisher is in one partition: which sequence comes next, and whether it is there already. Sequences count the records
 * from 0, the same for every publisher. Not for use by several threads.
 */
final class PartitionProgress {

    /** What is known of the records that are in the partition. */
    enum Certainty {
        /** They are on all in-sync replicas. */
        COMMITTED,
        /** They are on the leader: the last batch has to be acknowledged still, before anybody relies on it. */
        ON_LEADER
    }

    private static final int NONE = -1;

    private final int stored;
    private final Certainty certainty;
    private int next;

    /** @param stored sequence of the last record that is there */
    PartitionProgress(OptionalInt stored, Certainty certainty) {
        this.stored = stored.orElse(NONE);
        this.certainty = certainty;
    }

    /** Nothing is there: nobody has sent anything yet. */
    static PartitionProgress none() {
        return new PartitionProgress(OptionalInt.empty(), Certainty.COMMITTED);
    }

    /** The sequence of the next batch's first record. */
    int next() {
        return next;
    }

    /**
     * Takes the next batch.
     *
     * @return whether it must be sent
     */
    boolean take(int records) {
        int last = next + records - 1;
        next += records;
        return certainty == Certainty.ON_LEADER ? last >= stored : last > stored;
    }
}
