package io.millstream.hadoop.output;

/**
 * Where a publisher is in one partition: which sequence comes next, and whether it is there already. Sequences count the records
 * from 0, the same for every publisher. Not for use by several threads.
 */
final class PartitionProgress {

    private final Extent stored;
    private int next;

    /** @param stored what is there already */
    PartitionProgress(Extent stored) {
        this.stored = stored;
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
        return stored.wants(last);
    }
}
