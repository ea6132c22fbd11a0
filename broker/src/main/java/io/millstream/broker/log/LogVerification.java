package io.millstream.broker.log;

import java.util.function.LongToIntFunction;

/**
 * Reads stored batches through, as far as it may, and compares them with all that is known of them: checksum, neighbours'
 * offsets, the term that the lineage tells.
 *
 * @param view what the log holds
 * @param epochs the term that an offset belongs to
 * @param sparseBelow offsets below may be missing
 */
record LogVerification(LogView view, LongToIntFunction epochs, long sparseBelow) {

    /** As {@link PartitionLog#verify}. */
    long run(long from, long to, int maxBytes) {
        long next = Math.max(from, view.startOffset());
        long end = Math.min(to, view.endOffset());
        long bytesLeft = maxBytes;
        for (int i = view.indexOf(next); i < view.segmentCount() && next < end && bytesLeft > 0; i++) {
            Segment segment = view.segment(i);
            DiskFile file = segment.retain();
            try {
                int limit = view.bytes(i);
                long position = segment.seek(next, limit).position();
                BatchCursor cursor = new BatchCursor(file, FileWindow.large(file, limit - position), position, limit);
                OffsetSum offsets = new OffsetSum();
                boolean first = i == view.indexOf(Math.max(from, view.startOffset()));
                while (next < end && bytesLeft > 0 && cursor.next()) {
                    check(cursor, next, first);
                    offsets.add(cursor.baseOffset(), cursor.leaderEpoch(), cursor.size());
                    next = cursor.nextOffset();
                    bytesLeft -= cursor.size();
                    first = false;
                }
                if (cursor.atEnd()) {
                    if (position == 0) {
                        segment.ensureExpected(offsets);
                    }
                    next = skipGap(cursor, next, view.end(i));
                }
            } finally {
                segment.release();
            }
        }
        return Math.min(Math.max(next, from), Math.max(from, view.endOffset()));
    }

    private void check(BatchCursor batch, long expected, boolean first) {
        long offset = batch.baseOffset();
        boolean early = offset < expected && !first; // the first one may begin before what was asked for
        if (early || (offset > expected && offset > sparseBelow)) {
            throw batch.damaged("offset " + offset + ", where " + expected + " is expected");
        }
        int epoch = epochs.applyAsInt(offset);
        if (batch.leaderEpoch() != epoch) {
            throw batch.damaged("leader epoch " + batch.leaderEpoch() + ", where " + epoch + " is expected");
        }
        if (!batch.intact()) {
            throw batch.damaged("the batch at offset " + offset + " fails its checksum");
        }
    }

    private long skipGap(BatchCursor atEnd, long next, long segmentEnd) {
        if (next < segmentEnd && segmentEnd > sparseBelow) {
            throw atEnd.damaged("offsets " + next + " to " + (segmentEnd - 1) + " are missing");
        }
        return Math.max(next, segmentEnd);
    }
}
