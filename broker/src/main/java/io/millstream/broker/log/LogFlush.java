package io.millstream.broker.log;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What of a log is on disk, and how it gets there. Except for {@link #flushedOffset} and {@link #namesChanged}, under the
 * log's maintenance monitor.
 */
final class LogFlush {

    private final Disk disk;
    private final Path directory;
    private final PartitionMetadata owner;
    private final LogJournal journal;

    private volatile long flushedOffset;
    private volatile boolean namesChanged;
    private volatile LogState state;

    LogFlush(LogContext context, Recovered recovered) {
        this.disk = context.disk();
        this.directory = recovered.directory();
        this.owner = recovered.metadata();
        this.journal = recovered.journal();
        this.state = recovered.state();
        this.flushedOffset = recovered.flushedOffset();
    }

    long flushedOffset() {
        return flushedOffset;
    }

    /** A file has been created: a flush must make its name safe too. From any thread, before the file counts. */
    void namesChanged() {
        namesChanged = true;
    }

    /** Forces everything in {@code view} to disk. Completes the indexes of segments that no longer grow. */
    long flush(LogView view) {
        long end = view.endOffset();
        int last = view.segmentCount() - 1;
        int first = view.indexOf(state.recoveryPoint());
        List<SegmentIdentity> complete = new ArrayList<>();
        for (int i = first; i < last; i++) {
            view.segment(i).completeAndForce(view.end(i));
            complete.add(view.segment(i).identity());
        }
        if (flushedOffset < end) {
            view.last().force();
        }
        if (namesChanged) {
            syncNames();
        }
        if (first < last) {
            save(complete, state.at(state.logStartOffset(), view.last().baseOffset()));
            journal.shorten(view);
        }
        flushedOffset = Math.max(flushedOffset, end);
        return flushedOffset;
    }

    /** Forces everything, for a log that is about to be closed. */
    ClosedLog finish(LogView view) {
        long unused = flush(view);
        Segment last = view.last();
        last.completeAndForce(view.endOffset());
        return new ClosedLog(view.endOffset(), last.baseOffset(), last.size());
    }

    private void syncNames() {
        boolean done = false;
        namesChanged = false; // what changes meanwhile is for the next flush
        try {
            disk.syncDirectory(directory);
            done = true;
        } finally {
            namesChanged |= !done;
        }
    }

    /** Writes the log's start. */
    void saveStart(long logStartOffset) {
        save(state.at(logStartOffset, state.recoveryPoint()));
    }

    /** The log is empty, on disk too, and begins at another offset from now on. */
    void startAt(long offset) {
        save(new LogState(offset, offset, 0));
        flushedOffset = offset;
    }

    /** Offsets below may be missing between the batches of one segment. */
    long gapsInsideBelow() {
        return state.gapsInsideBelow();
    }

    /** What is below is on disk in segments that no longer change. */
    long recoveryPoint() {
        return state.recoveryPoint();
    }

    /** Says, before compaction removes any, that offsets below {@code end} may be missing. */
    void allowGapsBelow(long end) {
        if (end > state.sparseBelow()) {
            save(state.sparseBelow(end));
        }
    }

    /** Whether offsets may be missing between the batches of one segment. */
    boolean gapsInside() {
        return state.sparseInside();
    }

    /** Says, before the first such batch is appended, that offsets may be missing between the batches of one segment. */
    void allowGapsInside() {
        if (!state.sparseInside()) {
            save(new LogState(state.logStartOffset(), state.recoveryPoint(), state.sparseBelow(), true));
        }
    }

    /** Says, after the log was cut at {@code end}, that no offset from there on is missing. */
    void denseFrom(long end) {
        if (end < state.sparseBelow()) {
            save(state.sparseBelow(end));
        }
    }

    /**
     * Says, before the log is cut, that it is no longer what is on disk.
     *
     * @param segmentStart of the segment that is cut; what is below stays as it is
     * @param end where the log will end, and at most start
     */
    void retreat(long segmentStart, long end) {
        // The last record before the end may be far below it, where compaction has been: that is no loss.
        long safe = Math.max(segmentStart, Math.min(end, state.sparseBelow()));
        LogState lower = state.at(Math.min(state.logStartOffset(), end), Math.min(state.recoveryPoint(), safe));
        if (!lower.equals(state)) {
            save(lower);
        }
        flushedOffset = Math.min(flushedOffset, safe);
    }

    private void save(LogState next) {
        save(List.of(), next);
    }

    private void save(List<SegmentIdentity> complete, LogState next) {
        journal.keep(complete, next);
        next.save(disk, directory, owner);
        state = next;
    }

    /** What the log knows of itself. */
    LogJournal journal() {
        return journal;
    }
}
