package io.millstream.broker.log;

import io.millstream.broker.log.StorageException.Kind;
import io.millstream.record.RecordBatch;
import io.millstream.wire.ErrorCode;
import io.netty.buffer.ByteBuf;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The growing end of a log. Everything but {@link #view} happens under the log's lock, which is held for one write at
 * most: nothing here waits for the disk to be flushed, except once per leader's term.
 */
final class LogHead {

    private final LogContext context;
    private final Path directory;
    private final EpochLineage lineage;
    private final ProducerLedger producers;
    private final LogFlush flush;

    private volatile LogView view;
    private long activeSinceMillis; // when the last segment got its first record
    private Roll roll; // not yet taken care of; null if none
    private int cuts; // how often the log was cut
    private boolean cutPending; // whether the last cut has failed on the way
    private OptionalLong restart = OptionalLong.empty(); // where the log is to begin, if that has failed on the way

    /**
     * What a roll leaves to be done outside the lock.
     *
     * @param offset where the new segment begins
     * @param producers the ledger at that offset, to be kept
     * @param cuts tells what came before the log was cut, which speaks for another log
     */
    record Roll(long offset, ByteBuf producers, int cuts) {}

    LogHead(LogContext context, Recovered recovered, LogFlush flush) {
        this.context = context;
        this.directory = recovered.directory();
        this.lineage = recovered.lineage();
        this.producers = recovered.ledger();
        this.flush = flush;
        this.view = new LogView(
                recovered.segments().toArray(new Segment[0]),
                recovered.state().logStartOffset(),
                recovered.endOffset());
        this.activeSinceMillis = firstTime(view.last());
    }

    private long firstTime(Segment active) {
        long now = context.clock().millis();
        if (active.size() == 0) {
            return now;
        }
        active.retain();
        try {
            long first = active.seek(active.baseOffset(), active.size()).maxTimestamp();
            return first < 0 ? now : Math.min(first, now);
        } finally {
            active.release();
        }
    }

    /** What readers see. */
    LogView view() {
        return view;
    }

    EpochLineage lineage() {
        return lineage;
    }

    ProducerLedger producers() {
        return producers;
    }

    /** Lets readers see other segments, or another start. */
    void publish(LogView next) {
        view = next;
    }

    /** Lets readers see nothing below {@code start} any more; returns the segments that end there or before. */
    List<Segment> dropBelow(long start) {
        Segment[] before = view.segments();
        int gone = view.indexOf(start);
        Segment[] left = gone == 0 ? before : Arrays.copyOfRange(before, gone, before.length);
        view = new LogView(left, start, view.endOffset());
        return Arrays.asList(before).subList(0, gone);
    }

    /**
     * Drops what comes from an offset on. If that fails on the way, nothing is appended until it is done again: epochs and
     * producers may be those of records that are gone.
     */
    void cut(LogTrim trim, long offset) {
        LogTrim.Cut place = trim.announceCut(view, Math.min(offset, view.endOffset()));
        cuts++;
        roll = null;
        cutPending = true;
        trim.cut(view, place, this::publish);
        lineage.truncate(view.endOffset());
        trim.restore(producers, view);
        cutPending = false;
    }

    /** Drops everything, and begins at another offset; see {@link FollowerLog#startOver}. */
    void restartAt(LogTrim trim, long offset) {
        if (restart.isEmpty()) {
            cut(trim, view.segment(0).baseOffset());
        }
        cutPending = true;
        restart = OptionalLong.of(offset);
        lineage.truncate(0);
        producers.clear();
        trim.moveTo(view, offset, this::publish);
        restart = OptionalLong.empty();
        cutPending = false;
    }

    /** Does again what {@link #restartAt} could not finish. */
    void finishRestart(LogTrim trim) {
        if (restart.isPresent()) {
            restartAt(trim, restart.getAsLong());
        }
    }

    /** Whether a cut has failed on the way. */
    boolean cutPending() {
        return cutPending;
    }

    private void ensureWhole() {
        if (cutPending) {
            throw new StorageException(
                    Kind.CLOSED, directory, "a truncation has failed on the way; it must be repeated");
        }
    }

    /** Whether what a roll left still speaks for this log. */
    boolean stands(Roll earlier) {
        return earlier.cuts == cuts;
    }

    /** Appends batches that have been checked: all of them or none. Publishes last. */
    Appended append(ByteBuf records, Intake intake, int leaderEpoch, LogConfig.Rolling rules) {
        ensureWhole();
        if (leaderEpoch < lineage.latest()) {
            return Appended.refused(
                    ErrorCode.FENCED_LEADER_EPOCH,
                    "Leader epoch " + leaderEpoch + " is over: the log is in " + lineage.latest());
        }
        RecordBatch first = intake.batches().get(0);
        boolean idempotent = first.producerId() != RecordBatch.NO_PRODUCER_ID;
        if (idempotent) {
            Optional<Appended> objection = producers.objection(first);
            if (objection.isPresent()) {
                return objection.get();
            }
        }
        long base = view.endOffset();
        if (base > Long.MAX_VALUE - 1 - intake.offsets()) {
            return Appended.refused(ErrorCode.INVALID_RECORD, "The partition has no offsets left after " + base);
        }
        lineage.begin(leaderEpoch, base);
        long now = intake.nowMillis();
        Segment active = roomFor(records.readableBytes(), base + intake.offsets(), now, rules);
        write(active, records, intake.batches(), leaderEpoch);
        if (active.size() == 0) {
            activeSinceMillis = now;
        }
        for (int i = 0; i < intake.batches().size(); i++) {
            RecordBatch batch = intake.batches().get(i);
            active.added(batch.baseOffset(), batch.sizeInBytes(), batch.maxTimestamp(), rules.indexIntervalBytes());
        }
        if (idempotent) {
            producers.remember(first, now);
        }
        long next = base + intake.offsets();
        view = new LogView(view.segments(), view.startOffset(), next);
        return Appended.at(base, next, first.logAppendTime() ? first.maxTimestamp() : Appended.NONE);
    }

    /** Appends batches as a leader has placed them, all of one term, behind the end: all of them or none. Publishes last. */
    void take(ByteBuf records, List<RecordBatch> batches, LogConfig.Rolling rules) {
        ensureWhole();
        RecordBatch first = batches.get(0);
        if (first.baseOffset() < view.endOffset() || first.leaderEpoch() < lineage.latest()) {
            throw new StorageException(
                    Kind.CLOSED,
                    directory,
                    "offset " + first.baseOffset() + " of epoch " + first.leaderEpoch() + " does not go behind offset "
                            + view.endOffset() + " of epoch " + lineage.latest());
        }
        long next = batches.get(batches.size() - 1).nextOffset();
        lineage.begin(first.leaderEpoch(), first.baseOffset());
        long now = context.clock().millis();
        Segment active = roomFor(records.readableBytes(), next, now, rules);
        if (active.size() == 0) {
            flush.journal().begin(SegmentIdentity.begun(active.baseOffset(), records));
        }
        active.write(records);
        if (active.size() == 0) {
            activeSinceMillis = now;
        }
        for (RecordBatch batch : batches) {
            active.added(batch.baseOffset(), batch.sizeInBytes(), latest(batch), rules.indexIntervalBytes());
            if (batch.producerId() >= 0 && batch.baseSequence() >= 0) {
                producers.remember(batch, now);
            }
        }
        view = new LogView(view.segments(), view.startOffset(), next);
    }

    /** The latest record's time; none if compaction has left no record. */
    private static long latest(RecordBatch batch) {
        return batch.recordCount() == 0 ? RecordBatch.NO_TIMESTAMP : batch.maxTimestamp();
    }

    private void write(Segment active, ByteBuf records, List<RecordBatch> batches, int leaderEpoch) {
        long next = view.endOffset();
        for (int i = 0; i < batches.size(); i++) {
            batches.get(i).stamp(next, leaderEpoch);
            next = batches.get(i).nextOffset();
        }
        if (active.size() == 0) {
            flush.journal().begin(SegmentIdentity.begun(active.baseOffset(), records));
        }
        active.write(records);
    }

    /** The last segment, or a new one if that is full or too old. */
    private Segment roomFor(int bytes, long nextOffset, long now, LogConfig.Rolling rules) {
        Segment active = view.last();
        long size = (long) active.size() + bytes;
        boolean full = size > rules.segmentBytes() || nextOffset - active.baseOffset() > Integer.MAX_VALUE;
        if (active.size() > 0 && (full || now - activeSinceMillis >= rules.segmentMillis())) {
            roll();
        }
        return view.last();
    }

    /** Ends the last segment if its first record is older. */
    void rollIfOlderThan(long millis) {
        if (view.last().size() > 0 && context.clock().millis() - activeSinceMillis > millis) {
            roll();
        }
    }

    /** Ends the last segment and begins another. */
    void roll() {
        ensureWhole();
        long end = view.endOffset();
        Segment next = Segment.create(context, directory, end);
        flush.namesChanged();
        Segment[] longer = Arrays.copyOf(view.segments(), view.segmentCount() + 1);
        longer[longer.length - 1] = next;
        view = new LogView(longer, view.startOffset(), end);
        roll = new Roll(end, producers.write(end), cuts);
    }

    /** What rolls have left to be done; null if nothing. */
    Roll takeRoll() {
        Roll taken = roll;
        roll = null;
        return taken;
    }
}
