package io.millstream.broker.log;

import java.nio.file.Path;

/**
 * What of a log is on disk, and how it gets there. Except for {@link #flushedOffset} and {@link #namesChanged}, under the
 * log's maintenance monitor.
 */
final class LogFlush {

    private final Disk disk;
    private final Path directory;

    private volatile long flushedOffset;
    private volatile boolean namesChanged;
    private volatile LogState state;

    LogFlush(LogContext context, Recovered recovered) {
        this.disk = context.disk();
        this.directory = recovered.directory();
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
        for (int i = first; i < last; i++) {
            view.segment(i).completeAndForce(view.end(i));
        }
        if (flushedOffset < end) {
            view.last().force();
        }
        if (namesChanged) {
            syncNames();
        }
        if (first < last) {
            save(state.at(state.logStartOffset(), view.last().baseOffset()));
        }
        flushedOffset = Math.max(flushedOffset, end);
        return flushedOffset;
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

    /** Says that the log, which has no record, begins at {@code offset}. */
    void restart(long offset) {
        save(new LogState(offset, offset));
        flushedOffset = offset;
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
        next.save(disk, directory);
        state = next;
    }
}
