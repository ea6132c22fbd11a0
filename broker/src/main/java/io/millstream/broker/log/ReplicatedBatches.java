package io.millstream.broker.log;

import io.millstream.record.CorruptBatchException;
import io.millstream.record.RecordBatch;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Batches from a leader's log, checked as far as they tell of themselves, in runs that can be written at once. */
final class ReplicatedBatches {

    private final List<Run> runs = new ArrayList<>(1);
    private CorruptBatchException flaw; // null if there is none

    private ReplicatedBatches() {}

    /**
     * Neighbours of one term.
     *
     * @param bytes all of them; shares the caller's buffer
     * @param sparse whether offsets are missing between them
     */
    record Run(ByteBuf bytes, List<RecordBatch> batches, boolean sparse) {}

    /**
     * What the leader says.
     *
     * @param epoch the latest that a batch can have
     * @param highWatermark compaction removes offsets below only
     */
    record Leader(int epoch, long highWatermark) {}

    /**
     * Checks batches up to the first flaw, or to one that is cut off.
     *
     * @param mostBytes of a run, unless one batch has more
     */
    static ReplicatedBatches check(ByteBuf records, Leader leader, int mostBytes) {
        ReplicatedBatches checked = new ReplicatedBatches();
        int end = records.writerIndex();
        int from = records.readerIndex();
        List<RecordBatch> run = new ArrayList<>();
        RecordBatch last = null;
        boolean sparse = false;
        try {
            for (int index = from; index < end && RecordBatch.isWhole(records, index, end); index = last.endIndex()) {
                RecordBatch batch = RecordBatch.at(records, index, end);
                check(batch, last, leader);
                if (last != null && !fits(batch, run.get(0), from, mostBytes)) {
                    checked.add(records, from, run, sparse);
                    run = new ArrayList<>();
                    from = index;
                    sparse = false;
                }
                sparse |= !run.isEmpty() && batch.baseOffset() > last.nextOffset();
                run.add(batch);
                last = batch;
            }
        } catch (CorruptBatchException e) {
            checked.flaw = e;
        }
        if (!run.isEmpty()) {
            checked.add(records, from, run, sparse);
        }
        return checked;
    }

    private static void check(RecordBatch batch, RecordBatch before, Leader leader) {
        batch.ensureIntact();
        long base = batch.baseOffset();
        int epoch = batch.leaderEpoch();
        if (base < 0 || base > Long.MAX_VALUE - 1 - batch.lastOffsetDelta()) {
            throw new CorruptBatchException("Batch at offset " + base + " ends beyond all offsets");
        }
        if (epoch < 0 || epoch > leader.epoch) {
            throw new CorruptBatchException(
                    "Batch at offset " + base + " has leader epoch " + epoch + ", its leader " + leader.epoch);
        }
        if (before != null
                && (base < before.nextOffset()
                        || epoch < before.leaderEpoch()
                        || (base > before.nextOffset() && base > leader.highWatermark))) {
            throw new CorruptBatchException("Batch at offset " + base + ", epoch " + epoch + " comes after offset "
                    + before.lastOffset() + ", epoch " + before.leaderEpoch());
        }
    }

    private static boolean fits(RecordBatch batch, RecordBatch first, int from, int mostBytes) {
        return batch.leaderEpoch() == first.leaderEpoch()
                && batch.endIndex() - from <= mostBytes
                && batch.nextOffset() - first.baseOffset() <= Integer.MAX_VALUE;
    }

    private void add(ByteBuf records, int from, List<RecordBatch> run, boolean sparse) {
        int end = run.get(run.size() - 1).endIndex();
        runs.add(new Run(records.slice(from, end - from), run, sparse));
    }

    /** What can be appended, in order. */
    List<Run> runs() {
        return runs;
    }

    /** What is wrong with what comes after; empty if nothing is. */
    Optional<CorruptBatchException> flaw() {
        return Optional.ofNullable(flaw);
    }
}
