package io.millstream.broker.log;

import io.millstream.broker.log.StorageException.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a log's directory, whatever it holds. After a clean stop nothing is read through. Otherwise everything from the
 * recovery point on is checked batch by batch and cut at the first that is not as it was written: that is the tail that
 * never was on disk. What lies below the recovery point was: damage there is an error, and nothing is cut.
 *
 * <p>One use each. On one thread.
 */
final class Recovery {

    private static final Logger log = LoggerFactory.getLogger(Recovery.class);

    private final LogContext context;
    private final Disk disk;
    private final Path directory;

    private List<String> names; // of what is in the directory, as far as what follows depends on it
    private List<Segment> segments;
    private ProducerSnapshots snapshots;
    private LogState state;
    private PartitionMetadata owner;
    private ProducerLedger ledger;
    private LogJournal journal;
    private Optional<EpochLineage> lineage;
    private long endOffset;

    Recovery(LogContext context, Path directory) {
        this.context = context;
        this.disk = context.disk();
        this.directory = directory;
    }

    /**
     * Opens the log.
     *
     * @param left how the last stop left it, if that was a clean one
     * @throws StorageException of kind {@link Kind#DAMAGED} with file and position if it holds damage, of kind
     *     {@link Kind#UNKNOWN_FORMAT} if a later version wrote it
     */
    Recovered open(PartitionMetadata metadata, Optional<ClosedLog> left) {
        owner = metadata;
        ledger = new ProducerLedger(owner);
        names = disk.list(directory);
        deleteLeftovers();
        journal = LogJournal.open(disk, directory, owner);
        Optional<LogState> inFile = LogState.load(disk, directory, owner);
        Optional<LogState> saved = inFile.or(journal::state);
        if (SegmentSwap.finishAll(
                disk, directory, names, saved.map(LogState::sparseBelow).orElse(Long.MAX_VALUE), journal)) {
            names = disk.list(directory);
        }
        segments = find();
        lineage = EpochLineage.load(disk, directory, owner);
        // Without a recovery point, all but the last segment count as safe: rather an error than a silent cut.
        state = saved.orElseGet(this::assumedState);
        dropBelowStart();
        dropEmpty(left);
        snapshots = new ProducerSnapshots(disk, directory, names);
        boolean clean = left.isPresent() && isAsLeft(left.get());
        if (clean) {
            openClean(left.get());
        } else {
            left.ifPresent(this::trust);
            checkTail();
        }
        finishCut();
        startIfEmpty();
        finishLineage();
        snapshots.deleteAbove(endOffset);
        long lastBase = segments.get(segments.size() - 1).baseOffset();
        LogState next = state.at(state.logStartOffset(), clean ? lastBase : Math.min(state.recoveryPoint(), lastBase))
                .sparseBelow(Math.min(state.sparseBelow(), endOffset));
        journal.settle(identities(next), next);
        if (inFile.isEmpty() || !next.equals(state)) {
            journal.keep(List.of(), next);
            next.save(disk, directory, owner);
        }
        long flushed = clean ? endOffset : Math.min(state.recoveryPoint(), endOffset);
        return new Recovered(
                directory,
                metadata,
                journal,
                segments,
                next,
                endOffset,
                flushed,
                lineage.orElseThrow(),
                ledger,
                snapshots);
    }

    /** Of all segments that have batches: as noted, or as they are, if that is lost. */
    private List<SegmentIdentity> identities(LogState now) {
        List<SegmentIdentity> all = new ArrayList<>();
        for (int i = 0; i < segments.size(); i++) {
            Segment each = segments.get(i);
            if (each.size() > 0) {
                boolean safe = i + 1 < segments.size() && segments.get(i + 1).baseOffset() <= now.recoveryPoint();
                all.add(journal.known(each.baseOffset())
                        .orElseGet(() -> safe ? each.identity() : each.identityOfBeginning()));
                each.closeIfIdle();
            }
        }
        return all;
    }

    private void deleteLeftovers() {
        for (String name : names) {
            if (LogFiles.isLeftover(name)) {
                disk.delete(directory.resolve(name));
            }
        }
    }

    private List<Segment> find() {
        List<Segment> found = new ArrayList<>();
        for (String name : names) {
            LogFiles.offset(name, LogFiles.LOG).ifPresent(base -> {
                Path path = directory.resolve(name);
                long size = disk.size(path);
                if (size > Integer.MAX_VALUE) {
                    throw new StorageException(Kind.DAMAGED, path, "larger than any segment: " + size + " bytes");
                }
                Segment segment = Segment.open(context, directory, base, (int) size);
                journal.known(base)
                        .filter(known -> known.size() == segment.size())
                        .ifPresent(known -> segment.expectOffsets(known.offsets()));
                found.add(segment);
            });
        }
        return found; // as sorted as the names
    }

    private LogState assumedState() {
        long start = segments.isEmpty() ? 0 : segments.get(0).baseOffset();
        long last = segments.isEmpty() ? 0 : segments.get(segments.size() - 1).baseOffset();
        // How far compaction has come cannot be told.
        boolean compacted = disk.exists(directory.resolve(LogFiles.COMPACTION));
        return new LogState(start, last, compacted ? last : 0, compacted);
    }

    /** What retention or DeleteRecords took away was on its way out when the broker stopped. */
    private void dropBelowStart() {
        long start = state.logStartOffset();
        if (segments.size() > 1 && segments.get(1).baseOffset() <= start) {
            do {
                segments.remove(0).delete();
            } while (segments.size() > 1 && segments.get(1).baseOffset() <= start);
            names = disk.list(directory);
        }
        if (!segments.isEmpty() && segments.get(0).baseOffset() > start) {
            throw missing(start, segments.get(0).baseOffset());
        }
    }

    /** A roll that failed, or was never flushed, may leave a file that nothing was ever written to. */
    private void dropEmpty(Optional<ClosedLog> left) {
        long last = left.map(ClosedLog::lastBaseOffset).orElse(Long.MAX_VALUE);
        for (int i = segments.size() - 1; i > 0; i--) {
            Segment each = segments.get(i);
            // Above the recovery point an empty file may have lost what was written to it, which the scan must see.
            boolean passedOver = i + 1 < segments.size() && segments.get(i + 1).baseOffset() <= state.recoveryPoint();
            if (each.size() == 0 && (passedOver || each.baseOffset() > last)) {
                segments.remove(i).delete();
            }
        }
    }

    private boolean isAsLeft(ClosedLog left) {
        if (segments.isEmpty()) {
            return false;
        }
        Segment last = segments.get(segments.size() - 1);
        return last.baseOffset() == left.lastBaseOffset() && last.size() == left.lastBytes();
    }

    /** What a clean stop left was on disk: should it be there no more, then something took it, and it was no torn tail. */
    private void trust(ClosedLog left) {
        state = state.at(state.logStartOffset(), Math.max(state.recoveryPoint(), left.endOffset()));
    }

    private void openClean(ClosedLog left) {
        checkBounds(segments.size() - 1);
        Segment last = segments.get(segments.size() - 1);
        new IdentityCheck(last, journal, false).run();
        last.retain();
        try {
            endOffset = last.baseOffset();
            BatchCursor cursor = last.seek(left.endOffset() - 1, last.size());
            while (!cursor.atEnd()) {
                endOffset = cursor.nextOffset();
                cursor.next();
            }
            if (endOffset != left.endOffset()) {
                throw cursor.damaged("the log ends at offset " + endOffset + ", not at " + left.endOffset());
            }
            last.maxTimestamp(endOffset);
        } finally {
            last.release();
        }
        snapshots.restore(ledger, segments, endOffset, context.clock().millis());
    }

    /** Looks, without reading them through, whether the first {@code count} segments follow one another. */
    private void checkBounds(int count) {
        for (int i = 0; i < count; i++) {
            Segment segment = segments.get(i);
            new SegmentBounds(segment, state.sparseBelow(), state.gapsInsideBelow())
                    .check(segments.get(i + 1).baseOffset());
            new IdentityCheck(segment, journal, true).run();
            segment.rest();
        }
    }

    /** Checks what lies above the recovery point, and cuts it where it must be cut. */
    private void checkTail() {
        int first = 0;
        while (first + 1 < segments.size() && segments.get(first + 1).baseOffset() <= state.recoveryPoint()) {
            first++;
        }
        if (segments.isEmpty()) {
            endOffset = state.logStartOffset();
            return;
        }
        checkBounds(first);
        endOffset = segments.get(first).baseOffset();
        snapshots.restore(ledger, segments, endOffset, context.clock().millis());
        for (int i = first; i < segments.size(); i++) {
            Segment segment = segments.get(i);
            new IdentityCheck(segment, journal, false).run();
            if (segment.baseOffset() <= state.sparseBelow()) {
                endOffset = Math.max(endOffset, segment.baseOffset());
            }
            TailScan scan = new TailScan(
                    segment,
                    lineage,
                    ledger,
                    state.gapsInsideBelow(),
                    context.clock().millis());
            Optional<StorageException> flaw = scan.run(endOffset);
            endOffset = scan.endOffset();
            if (flaw.isPresent()) {
                cut(i, flaw.get());
                break;
            }
        }
        if (endOffset < state.recoveryPoint()) {
            skipGap();
        }
    }

    /** A truncation that was under way cuts behind the last record below its target, where compaction has been. */
    private void skipGap() {
        if (state.recoveryPoint() > state.sparseBelow()) {
            throw missing(endOffset, state.recoveryPoint());
        }
        endOffset = state.recoveryPoint();
        segments.add(Segment.create(context, directory, endOffset));
        disk.syncDirectory(directory);
    }

    private StorageException missing(long from, long to) {
        return new StorageException(
                Kind.DAMAGED, directory, "offsets " + from + " to " + (to - 1) + " are missing: no file holds them");
    }

    private void cut(int i, StorageException flaw) {
        if (endOffset < state.recoveryPoint()) {
            throw new StorageException(
                    Kind.DAMAGED,
                    directory,
                    "offset " + endOffset + " was safely on disk (up to " + state.recoveryPoint() + "), but "
                            + flaw.getMessage(),
                    flaw);
        }
        log.warn("{} is cut at offset {}: {}", directory, endOffset, flaw.getMessage());
        for (int later = segments.size() - 1; later > i; later--) {
            segments.remove(later).delete();
            disk.syncDirectory(directory);
        }
        Segment last = segments.get(i);
        if (last.size() > 0) {
            journal.begin(last.identityOfBeginning());
        }
        DiskFile file = last.retain();
        try {
            file.truncate(last.size());
            file.force();
        } finally {
            last.release();
        }
        if (last.size() == 0 && last.baseOffset() != endOffset) {
            // It did not begin where the one before it ended: nothing of it counts.
            segments.remove(i).delete();
            disk.syncDirectory(directory);
        }
    }

    /** A truncation that was under way may have been seen by now without being on disk: it must not be undone. */
    private void finishCut() {
        if (journal.isCutting()) {
            // What is cut is the last one, or the one before, if there is a new one already.
            segments.subList(Math.max(0, segments.size() - 2), segments.size()).forEach(Segment::force);
        }
    }

    private void startIfEmpty() {
        if (endOffset < state.logStartOffset()) {
            while (!segments.isEmpty()) {
                segments.remove(segments.size() - 1).delete();
            }
            endOffset = state.logStartOffset();
            ledger.clear();
        }
        if (segments.isEmpty()) {
            if (state.recoveryPoint() > endOffset) {
                throw missing(endOffset, state.recoveryPoint());
            }
            segments.add(Segment.create(context, directory, endOffset));
            disk.syncDirectory(directory);
        }
    }

    private void finishLineage() {
        if (lineage.isPresent()) {
            lineage.get().dropBeyond(endOffset);
            return;
        }
        List<EpochLineage.Term> terms = new ArrayList<>();
        for (Segment segment : segments) {
            segment.walk(segment.baseOffset(), cursor -> {
                int latest = terms.isEmpty()
                        ? EpochLineage.NONE
                        : terms.get(terms.size() - 1).epoch();
                if (cursor.leaderEpoch() > latest) {
                    terms.add(new EpochLineage.Term(cursor.leaderEpoch(), cursor.baseOffset()));
                }
            });
        }
        EpochLineage rebuilt = new EpochLineage(disk, directory, owner, terms);
        if (!terms.isEmpty()) {
            log.warn("{}: leader epochs are rebuilt from the batches", directory);
            rebuilt.save();
        }
        lineage = Optional.of(rebuilt);
    }
}
