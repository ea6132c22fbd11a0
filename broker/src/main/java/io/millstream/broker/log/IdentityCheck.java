package io.millstream.broker.log;

import io.millstream.broker.log.StorageException.Kind;
import java.util.Optional;

/**
 * Whether a segment is the one that the log has noted. Batches that are damaged are left to whoever reads them: what is
 * refused here is a file of whole batches that are not those which were written.
 *
 * @param safe whether the whole segment was on disk, so that nothing of it may be gone
 */
record IdentityCheck(Segment segment, LogJournal journal, boolean safe) {

    /** @throws StorageException of kind {@link Kind#DAMAGED} if it is another, with the file */
    void run() {
        Optional<SegmentIdentity> known = journal.known(segment.baseOffset());
        if (known.isEmpty()) {
            return;
        }
        Optional<SegmentIdentity> coming = journal.coming(segment.baseOffset());
        DiskFile file = segment.retain();
        try {
            Optional<String> objection = objection(known.get(), file);
            if (objection.isEmpty()) {
                return;
            }
            if (coming.isPresent() && objection(coming.get(), file).isEmpty()) {
                journal.placed(coming.get()); // a compaction had come so far
                segment.expectOffsets(coming.get().offsets());
                return;
            }
            throw new StorageException(
                    Kind.DAMAGED,
                    segment.path(),
                    objection.get() + ": it is not this partition's, or not what it was. Put the right file back, or"
                            + " delete the replica if there are others");
        } finally {
            segment.release();
        }
    }

    private Optional<String> objection(SegmentIdentity known, DiskFile file) {
        int size = segment.size();
        if (size == 0) {
            return safe && known.size() > 0
                    ? Optional.of("is empty, where " + known.size() + " bytes were written")
                    : Optional.empty();
        }
        if (!SegmentIdentity.begun(segment.baseOffset(), file, size).beginsLike(known)) {
            return allIntact(file, 0, 1)
                    ? Optional.of("begins at byte 0 with another batch than was written there")
                    : Optional.empty();
        }
        if (!safe || known.growing()) {
            return Optional.empty();
        }
        if (SegmentIdentity.complete(segment.baseOffset(), file, size, OffsetSum.UNKNOWN)
                .isWhole(known)) {
            return Optional.empty();
        }
        if (size != known.size()) {
            return Optional.of("ends at byte " + size + ", where " + known.size() + " bytes were written");
        }
        int from = segment.index().borderAtOrBefore(size - 1);
        return allIntact(file, 0, 1) && allIntact(file, from, Integer.MAX_VALUE)
                ? Optional.of(
                        "its header at byte 0, or what ends it behind byte " + from + ", is not what was written there")
                : Optional.empty();
    }

    /** Whether the batches from a position on are what somebody has written. */
    private boolean allIntact(DiskFile file, int from, int atMost) {
        int size = segment.size();
        BatchCursor cursor = new BatchCursor(file, FileWindow.large(file, size - from), from, size);
        BatchCursor.Step step = cursor.advance();
        for (int i = 0; i < atMost && step != BatchCursor.Step.END; i++) {
            if (step == BatchCursor.Step.FLAW || !cursor.intact()) {
                return false;
            }
            step = cursor.advance();
        }
        return true;
    }
}
