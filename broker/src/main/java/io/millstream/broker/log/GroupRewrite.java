package io.millstream.broker.log;

import io.millstream.record.RecordBatch;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes what a filter leaves of neighbouring segments into one new segment, batch by batch. */
final class GroupRewrite implements AutoCloseable {

    /** Batches are written together: many are small. */
    private static final int WRITE_BYTES = 64 * 1024;

    /**
     * Neighbours that become one segment.
     *
     * @param segments in order
     * @param endOffset where the last one ends
     */
    record Group(List<Segment> segments, long endOffset) {

        long bytes() {
            return segments.stream().mapToLong(Segment::size).sum();
        }
    }

    private final Group group;
    private final BatchFilter filter;
    private final int indexIntervalBytes;
    private final Segment fresh;

    private final List<RecordBatch> pending = new ArrayList<>();
    private int pendingBytes;
    private long bytesToRead;
    private int index;
    private SegmentReading reading; // null between segments
    private boolean changed;
    private boolean done;
    private final OffsetSum offsets = new OffsetSum();

    GroupRewrite(LogContext context, Path directory, Group group, BatchFilter filter, int interval) {
        this.group = group;
        this.filter = filter;
        this.indexIntervalBytes = interval;
        this.bytesToRead = group.bytes();
        this.changed = group.segments().size() > 1;
        this.fresh =
                Segment.createAside(context, directory, group.segments().get(0).baseOffset());
        fresh.retain();
    }

    /** Whether the new segment is complete and on disk. */
    boolean done() {
        return done;
    }

    /** Whether the new segment differs from the group. Once {@link #done}. */
    boolean changed() {
        return changed;
    }

    Group group() {
        return group;
    }

    /** The new segment: retained until {@link #close}. */
    Segment fresh() {
        return fresh;
    }

    /**
     * Reads a batch, and writes what is left of it, now or later.
     *
     * @return bytes read and written
     */
    int advance() {
        if (reading == null) {
            reading = new SegmentReading(group.segments().get(index), 0);
        }
        RecordBatch batch = reading.next();
        if (batch == null) {
            stopReading();
            index++;
            return index == group.segments().size() ? finish() : 0;
        }
        bytesToRead -= batch.sizeInBytes();
        RecordBatch left = filter.apply(batch);
        int written = 0;
        if (left == null) {
            changed = true;
        } else {
            changed |= left != batch;
            written = add(hasRoomFor(left) ? left : batch);
        }
        return batch.sizeInBytes() + written;
    }

    /** A batch made anew may be larger than it was; whatever is to come must still fit a segment. */
    private boolean hasRoomFor(RecordBatch batch) {
        return (long) fresh.size() + pendingBytes + batch.sizeInBytes() + bytesToRead <= Integer.MAX_VALUE;
    }

    private int add(RecordBatch batch) {
        pending.add(batch);
        pendingBytes += batch.sizeInBytes();
        return pendingBytes >= WRITE_BYTES ? write() : 0;
    }

    private int write() {
        int bytes = pendingBytes;
        if (bytes > 0) {
            fresh.write(Unpooled.copiedBuffer(
                    pending.stream().map(RecordBatch::bytes).toArray(ByteBuf[]::new)));
            for (RecordBatch batch : pending) {
                long latest = batch.recordCount() == 0 ? SegmentIndex.NO_TIME : batch.maxTimestamp();
                fresh.added(batch.baseOffset(), batch.sizeInBytes(), latest, indexIntervalBytes);
                offsets.add(batch.baseOffset(), batch.leaderEpoch(), batch.sizeInBytes());
            }
            pending.clear();
            pendingBytes = 0;
        }
        return bytes;
    }

    private int finish() {
        int bytes = write();
        if (changed) {
            fresh.completeAndForce(group.endOffset());
            fresh.expectOffsets(offsets.value());
        }
        done = true;
        return bytes;
    }

    private void stopReading() {
        if (reading != null) {
            reading.close();
            reading = null;
        }
    }

    /** Lets go of the files, with the new segment in its place. */
    @Override
    public void close() {
        stopReading();
        fresh.release();
    }

    /** Lets go of the files and deletes the new segment, which has not taken its place. */
    void discard() {
        close();
        fresh.discard();
    }
}
