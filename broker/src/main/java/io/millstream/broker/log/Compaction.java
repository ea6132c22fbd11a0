package io.millstream.broker.log;

import io.millstream.broker.log.StorageException.Kind;
import io.millstream.record.CorruptBatchException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * One pass over a log: first what is dirty is read and each key's last offset noted, then everything is read and what is
 * left of it written anew, some neighbouring segments at a time. Done in small steps, so that whoever drives it can pause
 * between them. What has been swapped in stays if the pass ends early; the next one repeats the rest.
 *
 * <p>For one thread at a time, a worker. Must be closed.
 */
public final class Compaction implements AutoCloseable {

    /**
     * The memory that a pass may take to note keys.
     *
     * @param bytes at most
     * @param loadFactor part of it that may be filled: above 0, at most 1
     */
    public record Memory(long bytes, double loadFactor) {
        /** @throws IllegalArgumentException if a value makes no sense */
        public Memory {
            if (bytes < 1 || !(loadFactor > 0 && loadFactor <= 1)) {
                throw new IllegalArgumentException(bytes + " bytes, filled up to " + loadFactor);
            }
        }
    }

    /**
     * What a pass has done.
     *
     * @param bytesBefore size of the segments it has replaced
     * @param bytesAfter size of what took their place
     * @param upToOffset keys are unique below
     */
    public record Outcome(long bytesBefore, long bytesAfter, long upToOffset) {}

    private final PartitionLog log;
    private final LogCompaction state;
    private final LogConfig config;
    private final List<Segment> segments;
    private final long endOffset;
    private final long from;
    private final long nowMillis;
    private final KeyOffsets keys;
    private final Deque<GroupRewrite.Group> groups = new ArrayDeque<>();

    private KeyScan scan; // null once everything is noted
    private BatchFilter filter; // null until then
    private GroupRewrite rewrite; // null between groups
    private long coveredUpTo;
    private long bytesBefore;
    private long bytesAfter;
    private boolean done;

    /**
     * @param segments what may be compacted: not empty, in order
     * @param endOffset where the last one ends
     * @param from where the first dirty record may be
     */
    Compaction(
            PartitionLog log, LogCompaction state, List<Segment> segments, long endOffset, long from, Memory memory) {
        this.log = log;
        this.state = state;
        this.config = log.config();
        this.segments = segments;
        this.endOffset = endOffset;
        this.from = from;
        this.nowMillis = state.context().clock().millis();
        this.keys = new KeyOffsets(memory.bytes, memory.loadFactor, endOffset - from);
        this.scan = new KeyScan(segments, from, endOffset, keys);
    }

    /** The log that is compacted. */
    public PartitionLog log() {
        return log;
    }

    /** Whether the pass is complete. */
    public boolean done() {
        return done;
    }

    /** What has been done so far. */
    public Outcome outcome() {
        return new Outcome(bytesBefore, bytesAfter, coveredUpTo);
    }

    /**
     * Does the next step: a batch, or the exchange of a few files.
     *
     * @return bytes read and written
     * @throws StorageException if the pass cannot go on: of kind {@link Kind#CLOSED} if the log has changed in a way that
     *     makes it pointless; of kind {@link Kind#DAMAGED} if the log holds what cannot be compacted, which is remembered
     */
    public int advance() {
        try {
            return step();
        } catch (CorruptBatchException e) {
            throw state.blocked(this, new StorageException(Kind.DAMAGED, log.directory(), e.getMessage(), e));
        } catch (StorageException e) {
            throw e.kind() == Kind.DAMAGED ? state.blocked(this, e) : e;
        }
    }

    private int step() {
        log.ensureOpen();
        if (!state.isUnderWay(this)) {
            throw new StorageException(Kind.CLOSED, log.directory(), "the log was truncated while it was compacted");
        }
        if (done) {
            return 0;
        }
        if (scan != null) {
            int bytes = scan.done() ? 0 : scan.advance();
            if (scan.done()) {
                beginRewriting();
            }
            return bytes;
        }
        if (rewrite == null) {
            GroupRewrite.Group next = groups.poll();
            if (next == null) {
                finish();
                return 0;
            }
            rewrite = new GroupRewrite(
                    state.context(),
                    log.directory(),
                    next,
                    filter,
                    config.rolling().indexIntervalBytes());
        }
        int bytes = rewrite.advance();
        if (rewrite.done()) {
            settle();
        }
        return bytes;
    }

    private void beginRewriting() {
        scan.close();
        coveredUpTo = scan.coveredUpTo();
        scan = null;
        List<CompactionPlan.Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < segments.size() && segments.get(i).baseOffset() < coveredUpTo; i++) {
            long next = i + 1 < segments.size() ? segments.get(i + 1).baseOffset() : endOffset;
            candidates.add(new CompactionPlan.Candidate(
                    segments.get(i).baseOffset(), next, segments.get(i).size(), 0, 0));
        }
        int first = 0;
        for (int count : CompactionPlan.groups(candidates, config.rolling().segmentBytes())) {
            groups.add(new GroupRewrite.Group(
                    segments.subList(first, first + count),
                    candidates.get(first + count - 1).nextOffset()));
            first += count;
        }
        long end =
                candidates.isEmpty() ? coveredUpTo : candidates.get(first - 1).nextOffset();
        filter = new BatchFilter(
                keys,
                new BatchFilter.Rules(
                        coveredUpTo,
                        end,
                        nowMillis,
                        config.cleanup().deleteRetentionMillis(),
                        log.rememberedBatches()));
    }

    /** Puts the new segment in its place, if it is any different. */
    private void settle() {
        GroupRewrite ready = rewrite;
        if (!ready.changed()) {
            rewrite = null;
            ready.discard();
            return;
        }
        boolean placed = false;
        try {
            placed = log.exchange(this, ready.group(), ready.fresh());
        } finally {
            // A failure in the middle may come too late: then it is the log's.
            if (placed || log.view().holds(List.of(ready.fresh()))) {
                rewrite = null;
                ready.close();
            }
        }
        if (!placed) {
            throw new StorageException(Kind.CLOSED, log.directory(), "other segments by now than those compacted");
        }
        bytesBefore += ready.group().bytes();
        bytesAfter += ready.fresh().size();
    }

    private void finish() {
        log.compactedTo(this, new CompactionPoint(Math.max(coveredUpTo, from), filter.nextHorizonMillis()));
        done = true;
    }

    /** Where the pass ends at most. */
    long endOffset() {
        return endOffset;
    }

    /** Whether what the pass reads is still the log's. */
    boolean isCurrent(LogView view) {
        return view.holds(rewrite != null ? rewrite.group().segments() : scan != null ? segments : List.of());
    }

    /** Gives up what is held, and what has not taken its place. */
    @Override
    public void close() {
        GroupRewrite unfinished = rewrite;
        rewrite = null;
        try {
            if (scan != null) {
                scan.close();
            }
            if (unfinished != null) {
                unfinished.discard();
            }
        } finally {
            scan = null;
            done = true;
            state.ended(this);
        }
    }
}
