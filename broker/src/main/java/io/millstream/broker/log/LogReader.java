package io.millstream.broker.log;

/** Finds what a read returns. Without state: all it needs is a view and the segments' files. */
final class LogReader {

    private LogReader() {}

    /**
     * What a reader asks for; see {@link PartitionLog#read}.
     *
     * @param sparseBelow offsets below may be missing
     */
    record Wish(long offset, int maxBytes, long upToOffset, FirstBatch first, long sparseBelow) {}

    static LogSlice read(LogView view, Wish wish) {
        long offset = wish.offset;
        if (offset < view.startOffset() || offset > view.endOffset()) {
            return LogSlice.outOfRange(view);
        }
        long end = Math.min(wish.upToOffset, view.endOffset());
        if (offset >= end) {
            return LogSlice.empty(view);
        }
        for (int i = view.indexOf(offset); i < view.segmentCount(); i++) {
            Segment segment = view.segment(i);
            DiskFile file = segment.retain();
            LogSlice.Region region = null;
            try {
                region = find(view, i, wish, end);
                if (region != null && region.size() > 0) {
                    return LogSlice.of(view, segment, file, region);
                }
            } finally {
                if (region == null || region.size() == 0) {
                    segment.release();
                }
            }
            if (region != null) {
                break;
            }
        }
        return LogSlice.empty(view);
    }

    /** The region of a segment to return; of size 0 if the read ends here; null if the next segment has it. */
    private static LogSlice.Region find(LogView view, int i, Wish wish, long end) {
        Segment segment = view.segment(i);
        int limit = view.bytes(i);
        BatchCursor first = segment.seek(wish.offset, limit);
        if (first.atEnd()) {
            return null;
        }
        ensureExpected(first, wish, view.end(i));
        int from = (int) first.position();
        int firstEnd = (int) first.endPosition();
        if (first.nextOffset() > end || (firstEnd - from > wish.maxBytes && wish.first == FirstBatch.IF_IT_FITS)) {
            return new LogSlice.Region(from, 0);
        }
        if (end < view.end(i)) {
            limit = (int) segment.seek(end, limit).position();
        }
        int to = (int) Math.min(limit, (long) from + wish.maxBytes);
        if (to < limit) {
            to = Math.max(firstEnd, segment.index().borderAtOrBefore(to));
        }
        return new LogSlice.Region(from, to - from);
    }

    /** Offsets lie outside the checksum: one that is damaged must not look like the end of the log, or like a gap. */
    private static void ensureExpected(BatchCursor batch, Wish wish, long segmentEnd) {
        boolean gap = batch.baseOffset() > wish.offset && batch.baseOffset() > wish.sparseBelow;
        if (gap || batch.nextOffset() > segmentEnd) {
            throw batch.damaged("offsets " + batch.baseOffset() + " to " + batch.lastOffset() + ", where " + wish.offset
                    + " is expected and the segment ends with " + (segmentEnd - 1));
        }
    }
}
