package io.millstream.broker.log;

import java.util.ArrayList;
import java.util.List;

/** Cuts a stretch of a log into chunks, from the indexes. One use each. */
final class RangePlan {

    /** Chunks of one plan at most: they get larger than asked for instead. */
    static final int MAX_CHUNKS = 10_000;

    private final LogView view;
    private final long to;
    private final List<OffsetChunk> chunks = new ArrayList<>();

    private long targetBytes;
    private long chunkOffset;
    private long chunkBytes;
    private long chunkMaxTimestamp = SegmentIndex.NO_TIME;

    RangePlan(LogView view, long to) {
        this.view = view;
        this.to = Math.min(to, view.endOffset());
    }

    /** The chunks that cover {@code [from, to)}; the first begins where the batch that holds {@code from} begins. */
    List<OffsetChunk> chunks(long from, long wantedBytes) {
        long start = Math.max(from, view.startOffset());
        if (start >= to) {
            return List.of();
        }
        int first = view.indexOf(start);
        targetBytes = Math.max(wantedBytes, bytesFrom(first) / MAX_CHUNKS + 1);
        for (int i = first; i < view.segmentCount() && view.segment(i).baseOffset() < to; i++) {
            Segment segment = view.segment(i);
            segment.retain();
            try {
                addSegment(i, start);
            } finally {
                segment.release();
            }
        }
        endChunk();
        return chunks;
    }

    private long bytesFrom(int first) {
        long bytes = 0;
        for (int i = first; i < view.segmentCount() && view.segment(i).baseOffset() < to; i++) {
            bytes += view.bytes(i);
        }
        return bytes;
    }

    private void addSegment(int i, long start) {
        Segment segment = view.segment(i);
        SegmentIndex index = segment.index();
        int limit = view.bytes(i);
        BatchCursor begin = segment.seek(start, limit);
        if (begin.atEnd()) {
            return;
        }
        if (chunkBytes >= targetBytes) {
            endChunk();
        }
        if (chunkBytes == 0) {
            chunkOffset = begin.baseOffset();
        }
        int position = (int) begin.position();
        int end = to < view.end(i) ? endOf(segment, limit) : limit;
        int row = nextBorder(index, position);
        while (isWithin(index, row, position, end)) {
            chunkBytes += index.position(row) - position;
            position = index.position(row);
            long border = index.offset(row);
            chunkMaxTimestamp = Math.max(chunkMaxTimestamp, index.maxTimestampBelow(border));
            endChunk();
            chunkOffset = border;
            row = nextBorder(index, position);
        }
        chunkBytes += end - position;
        chunkMaxTimestamp = Math.max(chunkMaxTimestamp, maxTimestampBefore(segment, end));
    }

    /** Whether a row is a border between two positions. One that cannot be read lies before all others, and is none. */
    private static boolean isWithin(SegmentIndex index, int row, int position, int end) {
        return row < index.rows() && index.position(row) > position && index.position(row) < end;
    }

    /** The row of the index at which the current chunk is large enough. */
    private int nextBorder(SegmentIndex index, int position) {
        long wanted = position + Math.max(1, targetBytes - chunkBytes);
        return wanted > Integer.MAX_VALUE ? index.rows() : index.rowAtOrBehind((int) wanted);
    }

    /** Where the last batch that has something below {@link #to} ends. */
    private int endOf(Segment segment, int limit) {
        BatchCursor cursor = segment.seek(to, limit);
        boolean reaches = !cursor.atEnd() && cursor.baseOffset() < to;
        return (int) (reaches ? cursor.endPosition() : cursor.position());
    }

    /** No record before byte {@code end} is later. */
    private static long maxTimestampBefore(Segment segment, int end) {
        SegmentIndex index = segment.index();
        int row = index.rowAtOrBehind(end);
        return row < index.rows() ? index.maxTimestampBelow(index.offset(row)) : segment.maxTimestamp();
    }

    private void endChunk() {
        if (chunkBytes > 0) {
            chunks.add(new OffsetChunk(chunkOffset, chunkBytes, chunkMaxTimestamp));
        }
        chunkBytes = 0;
        chunkMaxTimestamp = SegmentIndex.NO_TIME;
    }
}
