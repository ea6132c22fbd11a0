package io.millstream.broker.log;

import java.util.Optional;

/** Reads a segment through, batch by batch, as far as it is what was written; builds its indexes anew. One use each. */
final class TailScan {

    private final Segment segment;
    private final Optional<EpochLineage> lineage;
    private final ProducerLedger ledger;
    private final long sparseBelow;
    private final long nowMillis;

    private long endOffset;
    private int lastEpoch = EpochLineage.NONE;

    /**
     * @param lineage what the batches' epochs must agree with, if known
     * @param ledger takes note of the batches
     * @param sparseBelow offsets below may be missing
     */
    TailScan(Segment segment, Optional<EpochLineage> lineage, ProducerLedger ledger, long sparseBelow, long nowMillis) {
        this.segment = segment;
        this.lineage = lineage;
        this.ledger = ledger;
        this.sparseBelow = sparseBelow;
        this.nowMillis = nowMillis;
    }

    /**
     * Scans. The segment ends where the good batches end afterwards; its file is as it was.
     *
     * @param expectedOffset that the segment must begin with
     * @return what came behind the good batches, if anything did
     */
    Optional<StorageException> run(long expectedOffset) {
        endOffset = expectedOffset;
        DiskFile file = segment.retain();
        try {
            int bytes = segment.size();
            segment.forget();
            BatchCursor cursor = new BatchCursor(file, FileWindow.large(file, bytes), 0, bytes);
            if (segment.baseOffset() != expectedOffset) {
                return Optional.of(cursor.damaged(
                        "begins at offset " + segment.baseOffset() + ", where " + expectedOffset + " is expected"));
            }
            while (true) {
                switch (cursor.advance()) {
                    case END -> {
                        return Optional.empty();
                    }
                    case FLAW -> {
                        return Optional.of(cursor.damaged(cursor.flaw()));
                    }
                    case BATCH -> {
                        Optional<String> objection = objection(cursor);
                        if (objection.isPresent()) {
                            return Optional.of(cursor.damaged(objection.get()));
                        }
                        count(cursor);
                    }
                }
            }
        } finally {
            segment.release();
        }
    }

    private Optional<String> objection(BatchCursor batch) {
        long offset = batch.baseOffset();
        if (offset != endOffset && (offset < endOffset || offset > sparseBelow)) {
            return Optional.of("offset " + offset + ", where " + endOffset + " is expected");
        }
        int expected = lineage.isPresent() ? lineage.get().epochAt(offset) : Math.max(batch.leaderEpoch(), lastEpoch);
        if (batch.leaderEpoch() != expected) {
            return Optional.of("leader epoch " + batch.leaderEpoch() + ", where " + expected + " is expected");
        }
        return batch.intact() ? Optional.empty() : Optional.of("the batch at offset " + offset + " fails its checksum");
    }

    private void count(BatchCursor batch) {
        segment.added(batch.baseOffset(), batch.size(), batch.maxTimestamp(), SegmentIndex.DEFAULT_INTERVAL_BYTES);
        ledger.remember(batch, nowMillis);
        lastEpoch = batch.leaderEpoch();
        endOffset = batch.nextOffset();
    }

    /** After the last good batch. */
    long endOffset() {
        return endOffset;
    }
}
