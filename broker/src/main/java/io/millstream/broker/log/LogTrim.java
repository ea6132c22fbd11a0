package io.millstream.broker.log;

import io.millstream.broker.log.StorageException.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Takes away: the oldest segments by age and size, the newest records by offset. Under the log's maintenance monitor. */
final class LogTrim {

    private final LogContext context;
    private final Path directory;
    private final LogFlush flush;

    LogTrim(LogContext context, Path directory, LogFlush flush) {
        this.context = context;
        this.directory = directory;
        this.flush = flush;
    }

    /** How many segments the rules no longer keep. */
    int expired(LogView view, LogConfig.Keeping rules, long upToOffset) {
        if (rules.retentionMillis() == LogConfig.UNLIMITED && rules.retentionBytes() == LogConfig.UNLIMITED) {
            return 0;
        }
        List<Retention.Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < view.segmentCount(); i++) {
            Segment segment = view.segment(i);
            candidates.add(new Retention.Candidate(view.end(i), view.bytes(i), latestMillis(segment)));
        }
        return Retention.expired(candidates, rules, context.clock().millis(), upToOffset);
    }

    /** Time of a segment's latest record, or of its last change if no record has a time. */
    long latestMillis(Segment segment) {
        segment.retain();
        try {
            long time = segment.maxTimestamp();
            return time >= 0 ? time : context.disk().lastModifiedMillis(segment.path());
        } finally {
            segment.release();
        }
    }

    /**
     * Writes what must be on disk before segments can go. On a disk without room their indexes go first, which can be
     * made anew: otherwise a full disk could not be emptied.
     *
     * @param start the segments that end here or before are about to go
     */
    void makingRoom(LogView view, long start, Runnable write) {
        try {
            write.run();
        } catch (StorageException e) {
            if (e.kind() != Kind.NO_SPACE) {
                throw e;
            }
            for (int i = 0; i < view.indexOf(start); i++) {
                SegmentIndex.delete(context.disk(), directory, view.segment(i).baseOffset(), "");
            }
            write.run();
        }
    }

    /**
     * Cuts the files. The cut segment is not written to again: a reader that is in the middle of what is cut meets the
     * end of the file, or zeros where the system is just cutting, never other records.
     */
    LogView cut(LogView view, long offset) {
        int i = view.indexOf(offset);
        Segment segment = view.segment(i);
        long end = Math.max(offset, segment.baseOffset());
        int bytes;
        segment.retain();
        try {
            BatchCursor cursor = segment.seek(offset, view.bytes(i));
            bytes = (int) cursor.position();
            if (!cursor.atEnd()) {
                end = Math.min(end, cursor.baseOffset());
            }
        } finally {
            segment.release();
        }
        flush.retreat(Math.min(end, segment.baseOffset()), end);
        for (int later = view.segmentCount() - 1; later > i; later--) {
            drop(view.segment(later));
        }
        List<Segment> left = new ArrayList<>(Arrays.asList(view.segments()).subList(0, i));
        if (bytes == 0 && end == segment.baseOffset()) {
            drop(segment);
        } else {
            left.add(shorten(segment, bytes));
        }
        left.add(Segment.create(context, directory, end));
        context.disk().syncDirectory(directory);
        flush.denseFrom(end);
        return new LogView(left.toArray(new Segment[0]), Math.min(view.startOffset(), end), end);
    }

    private void drop(Segment segment) {
        segment.delete();
        context.disk().syncDirectory(directory);
    }

    private Segment shorten(Segment segment, int bytes) {
        DiskFile file = segment.retain();
        try {
            file.truncate(bytes);
            file.force();
        } finally {
            segment.release();
        }
        segment.close();
        Segment shorter = Segment.open(context, directory, segment.baseOffset(), bytes);
        shorter.reindex();
        return shorter;
    }

    /** Makes a ledger what it was when the log ended where {@code view} ends. */
    void restore(ProducerLedger ledger, LogView view) {
        ProducerSnapshots snapshots = new ProducerSnapshots(context.disk(), directory);
        snapshots.deleteAbove(view.endOffset());
        snapshots.restore(
                ledger,
                Arrays.asList(view.segments()),
                view.endOffset(),
                context.clock().millis());
    }
}
