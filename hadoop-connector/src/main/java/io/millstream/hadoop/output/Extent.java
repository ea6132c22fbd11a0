package io.millstream.hadoop.output;

import java.util.OptionalInt;

/**
 * How much of a publication a partition has: always a beginning, because batches follow each other.
 *
 * @param last sequence of the last record that is there; -1 if none is
 * @param certainty what is known of it
 */
record Extent(int last, Certainty certainty) {

    /** What is known of the records that are in the partition. */
    enum Certainty {
        /** They are on all in-sync replicas. */
        COMMITTED,
        /** They are on the leader: the last batch has to be acknowledged still, before anybody relies on it. */
        ON_LEADER
    }

    /** Nothing is there: nobody has sent anything yet. */
    static final Extent NONE = new Extent(-1, Certainty.COMMITTED);

    static Extent committed(OptionalInt last) {
        return new Extent(last.orElse(NONE.last), Certainty.COMMITTED);
    }

    static Extent onLeader(int last) {
        return new Extent(last, Certainty.ON_LEADER);
    }

    /** Whether a batch that ends with this sequence has to be sent. */
    boolean wants(int lastOfBatch) {
        return certainty == Certainty.ON_LEADER ? lastOfBatch >= last : lastOfBatch > last;
    }

    /** Whether everything before a batch that begins with this sequence is there. */
    boolean reaches(int firstOfBatch) {
        return last >= firstOfBatch - 1;
    }
}
