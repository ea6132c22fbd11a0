package io.millstream.broker.log;

/**
 * A sum of the batches' offsets and epochs, which lie outside their checksums: where compaction has left gaps, neighbours
 * do not prove them. One batch that is any different makes another sum for certain, several almost certainly.
 */
final class OffsetSum {

    /** Stands for a sum that nobody has made. */
    static final long UNKNOWN = 0;

    private static final long ODD = 0x9e3779b97f4a7c15L;

    private long sum = 1;

    /** Takes in the next batch. */
    void add(long baseOffset, int leaderEpoch, int bytes) {
        sum = ((sum ^ baseOffset) * ODD ^ leaderEpoch) * ODD ^ bytes;
        sum *= ODD;
    }

    /** Never {@link #UNKNOWN}. */
    long value() {
        return sum == UNKNOWN ? 1 : sum;
    }
}
