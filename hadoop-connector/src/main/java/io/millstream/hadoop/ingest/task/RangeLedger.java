package io.millstream.hadoop.ingest.task;

import io.millstream.core.TopicPartition;
import io.millstream.hadoop.ingest.document.RangeAccount;
import io.millstream.hadoop.input.OffsetRange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Counts what becomes of the offsets of a split, range by range. Trusts nobody: records must come in the split's order, each
 * offset once, and the offsets that never came must be as many as the reader has proven to hold no record. Not thread safe.
 */
final class RangeLedger {

    private final List<OffsetRange> ranges;
    private final List<RangeAccount> closed = new ArrayList<>();
    private int current;
    private long next;
    private long delivered;
    private long quarantined;
    private long tombstones;

    RangeLedger(List<OffsetRange> ranges) {
        this.ranges = ranges;
        this.next = ranges.isEmpty() ? 0 : ranges.get(0).from();
    }

    /** @throws IOException unless this record may come now */
    void expect(TopicPartition partition, long offset) throws IOException {
        while (current < ranges.size() && !holds(ranges.get(current), partition, offset)) {
            close();
        }
        if (current == ranges.size()) {
            throw new IOException("Offset " + offset + " of " + partition
                    + " came twice or out of order, or is not in this task's split");
        }
        next = offset + 1;
    }

    private boolean holds(OffsetRange range, TopicPartition partition, long offset) {
        return range.partition().equals(partition) && offset >= next && offset < range.to();
    }

    private void close() {
        OffsetRange range = ranges.get(current);
        long gaps = range.offsets() - delivered - quarantined - tombstones;
        closed.add(new RangeAccount(
                range.partition().topic().value(),
                range.partition().partition(),
                range.from(),
                range.to(),
                delivered,
                quarantined,
                tombstones,
                gaps));
        delivered = 0;
        quarantined = 0;
        tombstones = 0;
        current++;
        next = current < ranges.size() ? ranges.get(current).from() : 0;
    }

    void delivered() {
        delivered++;
    }

    void quarantined() {
        quarantined++;
    }

    void tombstone() {
        tombstones++;
    }

    /**
     * The accounts of all ranges.
     *
     * @param provenGaps offsets that the reader has proven to hold no record
     * @throws IOException if other offsets are missing
     */
    List<RangeAccount> accounts(long provenGaps) throws IOException {
        while (current < ranges.size()) {
            close();
        }
        long gaps = closed.stream().mapToLong(RangeAccount::gaps).sum();
        if (gaps != provenGaps) {
            throw new IOException(gaps + " offsets of this task's split gave no record, and " + provenGaps
                    + " are proven to hold none: " + ranges);
        }
        return closed;
    }
}
