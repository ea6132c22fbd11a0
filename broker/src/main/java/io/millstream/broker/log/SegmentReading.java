package io.millstream.broker.log;

import io.millstream.record.CorruptBatchException;
import io.millstream.record.RecordBatch;

/** Goes through a segment's batches, each checked and in memory of its own. Keeps the segment's file open until closed. */
final class SegmentReading implements AutoCloseable {

    private final Segment segment;
    private final BatchCursor cursor;
    private final boolean all; // whether it began at the beginning
    private final OffsetSum offsets = new OffsetSum();

    /** @param from where to begin, or behind, if nothing is there */
    SegmentReading(Segment segment, long from) {
        this.segment = segment;
        DiskFile file = segment.retain();
        boolean opened = false;
        try {
            int size = segment.size();
            long position =
                    from <= segment.baseOffset() ? 0 : segment.seek(from, size).position();
            this.all = position == 0;
            // A window of its own: this goes on while others on this thread look into other files.
            this.cursor = new BatchCursor(file, FileWindow.large(file, size - position), position, size);
            opened = true;
        } finally {
            if (!opened) {
                segment.release();
            }
        }
    }

    /**
     * The next batch; null behind the last.
     *
     * @throws StorageException of kind {@code DAMAGED} if it is not what was written
     */
    RecordBatch next() {
        if (!cursor.next()) {
            if (all) {
                segment.ensureExpected(offsets);
            }
            return null;
        }
        offsets.add(cursor.baseOffset(), cursor.leaderEpoch(), cursor.size());
        RecordBatch batch = cursor.read();
        try {
            batch.ensureIntact();
        } catch (CorruptBatchException e) {
            throw cursor.damaged(e.getMessage());
        }
        return batch;
    }

    @Override
    public void close() {
        segment.release();
    }
}
