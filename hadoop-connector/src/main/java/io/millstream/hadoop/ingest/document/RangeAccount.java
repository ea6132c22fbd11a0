package io.millstream.hadoop.ingest.document;

/**
 * What became of each offset of a range that a task read.
 *
 * @param topic the topic's name
 * @param partition its partition
 * @param start first offset of the range
 * @param end offset after the last
 * @param delivered records written to data files
 * @param quarantined records that could not be decoded
 * @param tombstones records without a value, which give no row
 * @param gaps offsets proven to hold no record (compaction, transaction markers)
 */
public record RangeAccount(
        String topic,
        int partition,
        long start,
        long end,
        long delivered,
        long quarantined,
        long tombstones,
        long gaps) {

    /** Whether every offset is accounted for. */
    public boolean balances() {
        return delivered >= 0
                && quarantined >= 0
                && tombstones >= 0
                && gaps >= 0
                && delivered + quarantined + tombstones + gaps == end - start;
    }
}
