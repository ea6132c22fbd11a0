package io.millstream.broker.log;

import io.millstream.broker.log.StorageException.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a log knows of its compaction: how far it has come, whether a pass is under way, whether the log can be compacted
 * at all. Changes of the first under the log's maintenance monitor.
 */
final class LogCompaction {

    private static final Logger log = LoggerFactory.getLogger(LogCompaction.class);

    private final LogContext context;
    private final Path directory;
    private final PartitionMetadata owner;
    private final LogFlush flush;
    private final LogTrim trim;
    private final AtomicReference<Compaction> underWay = new AtomicReference<>();

    private volatile CompactionPoint point;

    private SegmentSwap unfinished; // null if none; guarded by the maintenance monitor

    /** Something below this offset cannot be compacted; 0 if nothing is known to be so. */
    private volatile long blockedBelow;

    LogCompaction(LogContext context, Recovered recovered, LogFlush flush, LogTrim trim) {
        this.context = context;
        this.directory = recovered.directory();
        this.owner = recovered.metadata();
        this.flush = flush;
        this.trim = trim;
        this.point = CompactionPoint.load(context.disk(), directory, owner);
    }

    LogContext context() {
        return context;
    }

    /** Whether compaction is due, and of what. */
    CompactionNeed need(LogView view, LogConfig config, long upToOffset) {
        if (view.startOffset() < blockedBelow) {
            return CompactionNeed.NONE;
        }
        LogConfig.Cleanup rules = config.cleanup();
        CompactionPoint from = from(view);
        // What is not on disk yet may still be cut, and the last segment grows.
        long end =
                Math.min(upToOffset, Math.min(flush.recoveryPoint(), view.last().baseOffset()));
        List<CompactionPlan.Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < view.segmentCount() - 1 && view.end(i) <= end; i++) {
            candidates.add(candidate(view, i, rules, from.firstDirtyOffset()));
        }
        return CompactionPlan.need(candidates, rules, from, context.clock().millis(), end);
    }

    /** A point that cannot be this log's is none. */
    private CompactionPoint from(LogView view) {
        CompactionPoint known = point;
        if (known.firstDirtyOffset() > view.last().baseOffset()) {
            log.warn("{}: compaction starts over, offset {} is beyond the log", directory, known.firstDirtyOffset());
            return new CompactionPoint(view.startOffset(), known.nextHorizonMillis());
        }
        return new CompactionPoint(Math.max(known.firstDirtyOffset(), view.startOffset()), known.nextHorizonMillis());
    }

    private CompactionPlan.Candidate candidate(LogView view, int i, LogConfig.Cleanup rules, long firstDirty) {
        Segment segment = view.segment(i);
        boolean dirty = view.end(i) > firstDirty;
        long latest = dirty && rules.minLagMillis() > 0 ? trim.latestMillis(segment) : 0;
        long earliest = dirty && rules.maxLagMillis() < Long.MAX_VALUE ? earliestMillis(segment, firstDirty) : 0;
        return new CompactionPlan.Candidate(segment.baseOffset(), view.end(i), segment.size(), earliest, latest);
    }

    private long earliestMillis(Segment segment, long firstDirty) {
        segment.retain();
        try {
            BatchCursor first = segment.seek(firstDirty, segment.size());
            long time = first.atEnd() ? SegmentIndex.NO_TIME : first.maxTimestamp();
            return time >= 0 ? time : context.disk().lastModifiedMillis(segment.path());
        } finally {
            segment.release();
        }
    }

    /** Begins a pass over what {@code need} says, if that is due and no other is under way. */
    Optional<Compaction> begin(PartitionLog of, LogView view, CompactionNeed need, Compaction.Memory memory) {
        if (!need.due() || underWay.get() != null) {
            return Optional.empty();
        }
        List<Segment> segments = Arrays.asList(view.segments()).subList(0, need.segments());
        long end = view.end(need.segments() - 1);
        Compaction pass = new Compaction(of, this, List.copyOf(segments), end, need.firstDirtyOffset(), memory);
        return underWay.compareAndSet(null, pass) ? Optional.of(pass) : Optional.empty();
    }

    boolean isUnderWay(Compaction pass) {
        return underWay.get() == pass;
    }

    /** Leaves word, before anything is removed, that compaction has been here: the log may have gaps from now on. */
    void leaveTrace() {
        if (!context.disk().exists(directory.resolve(LogFiles.COMPACTION))) {
            point.save(context.disk(), directory, owner);
        }
    }

    /**
     * Puts a segment in the place of neighbours. Under the maintenance monitor.
     *
     * @param publish lets readers see it
     */
    void exchange(GroupRewrite.Group group, Segment fresh, Runnable publish) {
        leaveTrace();
        flush.allowGapsBelow(group.endOffset());
        SegmentSwap swap = new SegmentSwap(context.disk(), directory, flush.journal(), group.segments(), fresh);
        swap.announce(group.endOffset());
        publish.run();
        unfinished = swap;
        settle();
    }

    /**
     * Finishes an exchange that has failed on the way, before anything else is done to the files: what readers see must
     * be what a start would find. Under the maintenance monitor.
     */
    void settle() {
        if (unfinished != null) {
            unfinished.finish();
            unfinished = null;
        }
    }

    /** A pass is over, complete or not. */
    void ended(Compaction pass) {
        underWay.compareAndSet(pass, null);
    }

    /** A pass is complete. */
    void complete(Compaction pass, CompactionPoint next) {
        if (!isUnderWay(pass)) {
            throw new StorageException(Kind.CLOSED, directory, "the log was truncated while it was compacted");
        }
        next.save(context.disk(), directory, owner);
        point = next;
    }

    /** Says, before the log is cut, that what comes behind {@code offset} is dirty. A pass under way is worth nothing. */
    void retreat(long offset) {
        underWay.set(null);
        CompactionPoint now = point;
        if (offset < now.firstDirtyOffset()) {
            CompactionPoint lower = new CompactionPoint(offset, now.nextHorizonMillis());
            lower.save(context.disk(), directory, owner);
            point = lower;
        }
    }

    /** What a pass has met cannot be compacted: no other will try. Unless it met the log's own change. */
    StorageException blocked(Compaction pass, StorageException flaw) {
        LogView now = pass.log().settledView();
        if (!isUnderWay(pass) || !pass.isCurrent(now)) {
            return new StorageException(Kind.CLOSED, directory, "the log has changed while it was compacted", flaw);
        }
        blockedBelow = pass.endOffset();
        log.error(
                "{} is not compacted any more, nothing of it is lost: {}. It will be tried again after a restart, or once"
                        + " the log starts at offset {}",
                directory,
                flaw.getMessage(),
                blockedBelow);
        return flaw;
    }
}
