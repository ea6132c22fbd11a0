package io.millstream.broker.log;

import io.millstream.broker.log.StorageException.Kind;
import io.netty.buffer.ByteBuf;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes away: the oldest segments by age and size, the newest records by offset. Under the log's maintenance monitor. */
final class LogTrim {

    private static final Logger logger = LoggerFactory.getLogger(LogTrim.class);

    private final LogContext context;
    private final Path directory;
    private final LogFlush flush;
    private final ProducerSnapshots snapshots;
    private final PartitionMetadata owner;

    LogTrim(LogContext context, Recovered recovered, LogFlush flush) {
        this.context = context;
        this.directory = recovered.directory();
        this.flush = flush;
        this.snapshots = recovered.snapshots();
        this.owner = recovered.metadata();
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
     * Where a log is to be cut.
     *
     * @param segment index of the one that ends earlier, or goes, if nothing of it is left
     * @param bytes that are left of it
     * @param end where the log ends then
     */
    record Cut(int segment, int bytes, long end) {}

    /** Finds where to cut so that nothing from {@code offset} on is left, and says on disk that this is about to happen. */
    Cut announceCut(LogView view, long offset) {
        int i = view.indexOf(offset);
        Segment segment = view.segment(i);
        long end = Math.max(offset, segment.baseOffset());
        int bytes = 0;
        if (end > segment.baseOffset()) {
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
        }
        flush.retreat(Math.min(end, segment.baseOffset()), end);
        flush.journal().cutting();
        if (end > segment.baseOffset()) {
            reopen(segment);
        }
        return new Cut(i, bytes, end);
    }

    /** What a segment looks like at its end is about to change. On disk when this returns. */
    private void reopen(Segment segment) {
        if (segment.size() > 0) {
            flush.journal().begin(segment.identityOfBeginning());
        }
    }

    /**
     * Cuts the files, from the end on. The cut segment is not written to again: a reader that is in the middle of what is
     * cut meets the end of the file, or zeros where the system is just cutting, never other records.
     *
     * @param publish lets readers see what is left, step by step: if this fails, it can go on from there
     */
    void cut(LogView view, Cut cut, Consumer<LogView> publish) {
        Segment[] segments = view.segments();
        Segment segment = segments[cut.segment];
        for (int later = segments.length - 1; later > cut.segment; later--) {
            segments[later].delete();
            publish.accept(shorter(view, Arrays.copyOf(segments, later), segments[later].baseOffset()));
            context.disk().syncDirectory(directory);
        }
        publish.accept(shorter(view, Arrays.copyOf(segments, cut.segment + 1), cut.end));
        List<Segment> left = new ArrayList<>(Arrays.asList(segments).subList(0, cut.segment));
        if (cut.bytes == 0 && cut.end == segment.baseOffset()) {
            segment.delete();
            context.disk().syncDirectory(directory);
        } else {
            left.add(shorten(segment, cut.bytes));
            publish.accept(shorter(view, left.toArray(new Segment[0]), cut.end));
        }
        left.add(Segment.create(context, directory, cut.end));
        context.disk().syncDirectory(directory);
        flush.denseFrom(cut.end);
        flush.journal().cut();
        publish.accept(shorter(view, left.toArray(new Segment[0]), cut.end));
    }

    /**
     * Lets a log that is empty begin somewhere else. A stop on the way leaves it empty, at one offset or the other: without
     * a file, the state tells.
     */
    void moveTo(LogView empty, long offset, Consumer<LogView> publish) {
        snapshots.deleteAbove(-1);
        empty.last().delete();
        context.disk().syncDirectory(directory);
        flush.startAt(offset);
        Segment first = Segment.create(context, directory, offset);
        context.disk().syncDirectory(directory);
        publish.accept(new LogView(new Segment[] {first}, offset, offset));
    }

    private static LogView shorter(LogView view, Segment[] segments, long end) {
        return new LogView(segments, Math.min(view.startOffset(), end), end);
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

    /** Keeps, on disk, what a ledger knew at an offset. */
    void keepProducers(long offset, ByteBuf ledger) {
        snapshots.write(offset, ledger, flush.recoveryPoint());
    }

    /** The same after a roll, where nothing depends on it: recovery does without, and reads more instead. */
    void keepProducers(LogHead.Roll roll) {
        try {
            keepProducers(roll.offset(), roll.producers());
        } catch (StorageException e) {
            logger.warn("What a log knows of its producers is not saved: {}", e.getMessage());
        }
    }

    /**
     * Writes the log's new start. What the segments below tell of producers must be on disk elsewhere before: after a loss
     * of power nothing else tells that a batch comes again.
     */
    void saveStart(LogView view, long start) {
        int first = view.indexOf(start);
        long base = view.segment(first).baseOffset();
        if (first > 0 && !snapshots.anyBetween(base, Math.max(base, flush.recoveryPoint()))) {
            ProducerLedger then = new ProducerLedger(owner);
            snapshots.restore(
                    then, Arrays.asList(view.segments()), base, context.clock().millis());
            keepProducers(base, then.write(base));
        }
        flush.saveStart(start);
    }

    /** The segments below {@code base} are gone: what was known of producers there is of no use. */
    void forgetProducersBelow(long base) {
        snapshots.deleteBelow(base);
    }

    /** Makes a ledger what it was when the log ended where {@code view} ends. */
    void restore(ProducerLedger ledger, LogView view) {
        snapshots.deleteAbove(view.endOffset());
        snapshots.restore(
                ledger,
                Arrays.asList(view.segments()),
                view.endOffset(),
                context.clock().millis());
    }
}
