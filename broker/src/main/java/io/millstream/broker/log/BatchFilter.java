package io.millstream.broker.log;

import io.millstream.record.BatchRemainder;
import io.millstream.record.Record;
import io.millstream.record.RecordBatch;
import io.millstream.record.RecordIterator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Arrays;
import java.util.BitSet;
import java.util.OptionalLong;

/**
 * Decides, record by record, what compaction leaves of a batch.
 *
 * <p>A record goes if a later one has its key; a tombstone goes if its batch's delete horizon has passed. What cannot be
 * told to be superseded stays: records without a key, markers of transactions. A batch without records stays, empty, while
 * its producer may send it again, or if it is the last: its header is what duplicates and the end are known by.
 */
final class BatchFilter {

    /** Heap buffers: the last user of a batch need not know that it was. */
    private static final ByteBufAllocator ALLOCATOR = new UnpooledByteBufAllocator(false);

    private final KeyOffsets keys;
    private final Rules rules;

    private long nextHorizonMillis = CompactionPoint.NO_HORIZON;

    /**
     * What a pass goes by.
     *
     * @param coveredUpTo below, {@code keys} knows everything: tombstones can go in time
     * @param endOffset where the pass ends: the batch that ends there stays
     * @param nowMillis when the pass began
     * @param deleteRetentionMillis how long tombstones stay from now on
     * @param remembered base offsets of batches that producers may send again, sorted
     */
    record Rules(long coveredUpTo, long endOffset, long nowMillis, long deleteRetentionMillis, long[] remembered) {}

    /** What a look at a batch's records has found. */
    private static final class Findings {
        final BitSet kept = new BitSet(); // by offset delta
        int records;
        boolean tombstoneKept;
    }

    BatchFilter(KeyOffsets keys, Rules rules) {
        this.keys = keys;
        this.rules = rules;
    }

    /** What is left of an intact batch: itself if nothing changes, null if nothing is left. */
    RecordBatch apply(RecordBatch batch) {
        if (batch.control() || batch.transactional()) {
            return batch;
        }
        Findings found = look(batch);
        if (found.kept.isEmpty()) {
            return batch.recordCount() == 0 && mustStay(batch) ? batch : emptied(batch);
        }
        boolean clean = batch.nextOffset() <= rules.coveredUpTo;
        OptionalLong horizon = batch.deleteHorizonMillis();
        boolean stamp = found.tombstoneKept && clean && horizon.isEmpty();
        RecordBatch left = batch;
        if (stamp || found.kept.cardinality() < found.records) {
            left = remainder(batch, found, stamp);
        }
        if (found.tombstoneKept) {
            left.deleteHorizonMillis().ifPresent(time -> nextHorizonMillis = Math.min(nextHorizonMillis, time));
        }
        return left;
    }

    private Findings look(RecordBatch batch) {
        Findings found = new Findings();
        boolean clean = batch.nextOffset() <= rules.coveredUpTo;
        OptionalLong horizon = batch.deleteHorizonMillis();
        boolean tombstonesGo = clean && horizon.isPresent() && horizon.getAsLong() <= rules.nowMillis;
        try (RecordIterator records = batch.records()) {
            while (records.hasNext()) {
                Record record = records.next();
                found.records++;
                boolean tombstone = record.value() == null && record.key() != null;
                boolean goes = isSuperseded(record) || (tombstone && tombstonesGo);
                if (!goes) {
                    found.kept.set((int) (record.offset() - batch.baseOffset()));
                    found.tombstoneKept |= tombstone;
                }
            }
        }
        return found;
    }

    private boolean isSuperseded(Record record) {
        return record.key() != null && keys.get(record.key()) > record.offset();
    }

    private RecordBatch emptied(RecordBatch batch) {
        if (!mustStay(batch)) {
            return null;
        }
        try (BatchRemainder empty = BatchRemainder.of(batch, ALLOCATOR)) {
            return RecordBatch.at(empty.build());
        }
    }

    private boolean mustStay(RecordBatch batch) {
        boolean last = batch.nextOffset() == rules.endOffset;
        boolean mayComeAgain = batch.producerId() != RecordBatch.NO_PRODUCER_ID
                && Arrays.binarySearch(rules.remembered, batch.baseOffset()) >= 0;
        return last || mayComeAgain;
    }

    private RecordBatch remainder(RecordBatch batch, Findings found, boolean stamp) {
        try (BatchRemainder left = stamp
                        ? BatchRemainder.withDeleteHorizon(
                                batch, saturated(rules.nowMillis, rules.deleteRetentionMillis), ALLOCATOR)
                        : BatchRemainder.of(batch, ALLOCATOR);
                RecordIterator records = batch.records()) {
            while (records.hasNext()) {
                Record record = records.next();
                if (found.kept.get((int) (record.offset() - batch.baseOffset()))) {
                    left.append(record);
                }
            }
            ByteBuf bytes = left.build();
            return RecordBatch.at(bytes);
        }
    }

    private static long saturated(long nowMillis, long delay) {
        return delay > Long.MAX_VALUE - 1 - nowMillis ? Long.MAX_VALUE - 1 : nowMillis + delay;
    }

    /** When the first of the tombstones met so far may go; {@link CompactionPoint#NO_HORIZON} if none was kept. */
    long nextHorizonMillis() {
        return nextHorizonMillis;
    }
}
