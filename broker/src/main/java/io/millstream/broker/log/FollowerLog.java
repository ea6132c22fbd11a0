package io.millstream.broker.log;

import io.millstream.record.CorruptBatchException;
import io.millstream.record.RecordBatch;
import io.netty.buffer.ByteBuf;

/**
 * A log as a follower changes it: it takes over batches as they lie in the leader's log, and cuts what the leader does not
 * have. One thread at a time, which may block; the rest of the log's use goes on.
 */
public final class FollowerLog {

    private final PartitionLog log;
    private final LogHead head;
    private final LogTrim trim;
    private final LogFlush flush;
    private final LogCompaction compaction;

    FollowerLog(PartitionLog log, LogHead head, LogTrim trim, LogFlush flush, LogCompaction compaction) {
        this.log = log;
        this.head = head;
        this.trim = trim;
        this.flush = flush;
        this.compaction = compaction;
    }

    /**
     * Begins to follow: a term that this log has begun as a leader's, without a record, is none.
     *
     * @throws StorageException if the disk fails
     */
    public void begin() {
        finishCut();
        synchronized (log.lock) {
            log.ensureOpen();
            EpochLineage lineage = head.lineage();
            lineage.truncate(log.view().endOffset());
        }
    }

    /** Whether a failure has left something of a truncation. Nothing counts as stored, and nothing is appended, until it is done. */
    public boolean isCutPending() {
        synchronized (log.lock) {
            return head.cutPending();
        }
    }

    /**
     * Does to its end what a failure has left of a truncation, by the log as it stands: the leader may find nothing to be cut
     * in what is left, and nothing can be appended before.
     *
     * @throws StorageException if the disk fails still
     */
    public void finishCut() {
        if (isCutPending()) {
            truncateTo(log.view().endOffset());
        }
    }

    /** The leader epoch of the last record; -1 if there is none. */
    public int lastEpoch() {
        return head.lineage().epochAt(log.view().endOffset() - 1);
    }

    /**
     * Appends batches from the leader's log, offsets and epochs as they are. Checksums are verified before. Batches of one
     * term are written together; a new term is on disk before its first batch.
     *
     * @param records batches one after the other; what is cut off at the end is left out. Belongs to the caller
     * @param leaderEpoch of the term this log follows in: no batch can be of a later one
     * @param leaderHighWatermark below it compaction may have removed offsets
     * @return the log's end afterwards
     * @throws CorruptBatchException if a batch is damaged or does not go on where the one before ends: nothing from there on
     *     is appended
     * @throws StorageException if the disk fails; what was written before stays
     */
    public long append(ByteBuf records, int leaderEpoch, long leaderHighWatermark) {
        LogConfig.Rolling rules = log.config().rolling();
        ReplicatedBatches batches = ReplicatedBatches.check(
                records, new ReplicatedBatches.Leader(leaderEpoch, leaderHighWatermark), rules.segmentBytes());
        finishCut();
        for (ReplicatedBatches.Run run : batches.runs()) {
            place(run, leaderHighWatermark);
            LogHead.Roll roll;
            synchronized (log.lock) {
                log.ensureOpen();
                head.take(run.bytes(), run.batches(), rules);
                roll = head.takeRoll();
            }
            log.appended(roll);
        }
        batches.flaw().ifPresent(flaw -> {
            throw flaw;
        });
        return log.view().endOffset();
    }

    /** Makes sure that the run goes on where the log ends, as far as it can. */
    private void place(ReplicatedBatches.Run run, long leaderHighWatermark) {
        LogView now = log.view();
        long end = now.endOffset();
        RecordBatch first = run.batches().get(0);
        if (first.leaderEpoch() < lastEpoch()) {
            throw new CorruptBatchException("Batch at offset " + first.baseOffset() + " has leader epoch "
                    + first.leaderEpoch() + " behind one of " + lastEpoch());
        }
        if (first.baseOffset() < end) {
            if (now.startOffset() < end || first.nextOffset() <= end) {
                throw outOfPlace(first, end);
            }
            startOver(first.baseOffset()); // the leader's log starts inside a batch
        } else if (first.baseOffset() > end && first.baseOffset() > leaderHighWatermark) {
            throw outOfPlace(first, end); // compaction removes what is committed only
        } else if (first.baseOffset() > end || run.sparse()) {
            allowGaps();
        }
    }

    private static CorruptBatchException outOfPlace(RecordBatch batch, long end) {
        return new CorruptBatchException(
                "Batch at offset " + batch.baseOffset() + " where " + end + " is expected, the end of the log");
    }

    private void allowGaps() {
        if (!flush.gapsInside()) {
            synchronized (log.maintenance) {
                compaction.leaveTrace();
                flush.allowGapsInside();
            }
        }
    }

    /**
     * Cuts what the leader does not have; see {@link PartitionLog#divergence}.
     *
     * @param leaderEnd the last term that the leader's log has up to the last one here, and where it ended there
     * @return the log's end afterwards, which is lower than before if the log did differ
     */
    public long truncateTo(TermEnd leaderEnd) {
        LogView now = log.view();
        long here = head.lineage().endOf(leaderEnd.epoch(), now.endOffset());
        long target = Math.min(leaderEnd.endOffset(), here);
        if (target < now.startOffset()) {
            startOver(target);
            return target;
        }
        return truncateTo(flush.gapsInside() ? endOfBatchesBelow(target) : target);
    }

    /** Where the last batch ends that lies below {@code offset}: a log that ends there has no gap at its end. */
    private long endOfBatchesBelow(long offset) {
        LogView now = log.view();
        Segment segment = now.segment(now.indexOf(offset - 1));
        long[] end = {segment.baseOffset()};
        segment.walk(segment.baseOffset(), batch -> {
            if (batch.nextOffset() <= offset) {
                end[0] = batch.nextOffset();
            }
        });
        return end[0];
    }

    /**
     * Drops everything from {@code offset} on, or from the batch on that holds it.
     *
     * @return the log's end afterwards
     */
    long truncateTo(long offset) {
        try {
            synchronized (log.maintenance) {
                log.ensureOpen();
                compaction.settle();
                synchronized (log.lock) {
                    head.finishRestart(trim);
                    LogView now = log.view();
                    if (offset < now.endOffset() || head.cutPending()) {
                        compaction.retreat(now.segment(now.indexOf(offset)).baseOffset());
                        head.cut(trim, offset);
                    }
                }
            }
        } finally {
            // What is left of the segment counts as not stored, also if it could not be cut, and nothing may come after
            // it.
            flushIfWhole();
        }
        return log.view().endOffset();
    }

    private void flushIfWhole() {
        if (!isCutPending()) {
            log.appended(null);
        }
    }

    /**
     * Drops everything, terms and producers too, and lets the log begin, empty, at {@code offset}: for a follower whose
     * leader no longer has what would come next, or whose own records are damaged. On disk when this returns. A stop on the
     * way leaves a log that lacks some of its newest records, or an empty one; after a failure nothing is appended until
     * this, or {@link #truncateTo}, is done again.
     *
     * @throws IllegalArgumentException if {@code offset} is negative
     */
    public void startOver(long offset) {
        if (offset < 0) {
            throw new IllegalArgumentException(log.partition() + " cannot begin at offset " + offset);
        }
        synchronized (log.maintenance) {
            log.ensureOpen();
            compaction.settle();
            synchronized (log.lock) {
                compaction.retreat(0);
                head.restartAt(trim, offset);
            }
        }
    }
}
