package io.millstream.broker.log;

import io.millstream.record.Record;
import io.millstream.record.RecordIterator;
import java.util.Optional;
import java.util.function.IntToLongFunction;
import java.util.function.LongPredicate;

/**
 * Finds records by their time. Without state. Looks at indexes and headers first, and decompresses only the batch that
 * should have the record.
 */
final class TimeSearch {

    private final LogView view;
    private final long end;

    /** @param upToOffset exclusive: records from here on do not count */
    TimeSearch(LogView view, long upToOffset) {
        this.view = view;
        this.end = Math.min(upToOffset, view.endOffset());
    }

    /** The first record at or after {@code timestamp}. */
    Optional<TimestampedOffset> firstAtOrAfter(long timestamp) {
        for (int i = view.indexOf(view.startOffset()); counts(i); i++) {
            Segment segment = view.segment(i);
            segment.retain();
            try {
                if (segment.maxTimestamp() >= timestamp) {
                    Optional<TimestampedOffset> found = firstIn(i, timestamp);
                    if (found.isPresent()) {
                        return found;
                    }
                }
            } finally {
                segment.release();
            }
        }
        return Optional.empty();
    }

    private boolean counts(int i) {
        return i < view.segmentCount() && view.segment(i).baseOffset() < end;
    }

    private Optional<TimestampedOffset> firstIn(int i, long timestamp) {
        Segment segment = view.segment(i);
        long from = Math.max(view.startOffset(), segment.index().allEarlierBelow(timestamp));
        BatchCursor cursor = segment.seek(from, view.bytes(i));
        while (!cursor.atEnd() && cursor.baseOffset() < end) {
            // What the header promises the records may not keep: producers write both.
            if (cursor.maxTimestamp() >= timestamp) {
                Optional<TimestampedOffset> found = firstRecord(cursor, time -> time >= timestamp);
                if (found.isPresent()) {
                    return found;
                }
            }
            cursor.next();
        }
        return Optional.empty();
    }

    /** The first record that has the largest timestamp. */
    Optional<TimestampedOffset> latest() {
        // What a segment knows of itself may include what was appended after the view was taken.
        return latest(this::knownMaxTimestamp).or(() -> latest(this::scannedMaxTimestamp));
    }

    private Optional<TimestampedOffset> latest(IntToLongFunction maxTimestampOf) {
        long latest = SegmentIndex.NO_TIME;
        int where = -1;
        for (int i = view.indexOf(view.startOffset()); counts(i); i++) {
            view.segment(i).retain();
            try {
                long here = maxTimestampOf.applyAsLong(i);
                if (here > latest) {
                    latest = here;
                    where = i;
                }
            } finally {
                view.segment(i).release();
            }
        }
        if (where < 0) {
            return Optional.empty();
        }
        view.segment(where).retain();
        try {
            return firstIn(where, latest);
        } finally {
            view.segment(where).release();
        }
    }

    private long knownMaxTimestamp(int i) {
        boolean whole = view.segment(i).baseOffset() >= view.startOffset() && view.end(i) <= end;
        return whole ? view.segment(i).maxTimestamp() : scannedMaxTimestamp(i);
    }

    /** By the headers of what counts: between the log's start and the end. */
    private long scannedMaxTimestamp(int i) {
        long max = SegmentIndex.NO_TIME;
        BatchCursor cursor = view.segment(i).seek(view.startOffset(), view.bytes(i));
        while (!cursor.atEnd() && cursor.baseOffset() < end) {
            max = Math.max(max, cursor.maxTimestamp());
            cursor.next();
        }
        return max;
    }

    private Optional<TimestampedOffset> firstRecord(BatchCursor batch, LongPredicate wanted) {
        long from = Math.max(view.startOffset(), batch.baseOffset());
        if (batch.control() || from >= end) {
            return Optional.empty();
        }
        boolean sameForAll = batch.logAppendTime() || batch.lastOffsetDelta() == 0;
        if (sameForAll && batch.dense()) {
            return Optional.of(new TimestampedOffset(from, batch.maxTimestamp(), batch.leaderEpoch()));
        }
        try (RecordIterator records = batch.read().records()) {
            while (records.hasNext()) {
                Record record = records.next();
                if (record.offset() >= end) {
                    break;
                }
                if (record.offset() >= from && wanted.test(record.timestamp())) {
                    return Optional.of(new TimestampedOffset(record.offset(), record.timestamp(), batch.leaderEpoch()));
                }
            }
        }
        return Optional.empty();
    }
}
