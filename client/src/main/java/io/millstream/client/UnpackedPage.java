package io.millstream.client;

import io.millstream.record.CorruptBatchException;
import io.millstream.record.RecordBatch;
import io.millstream.record.RecordIterator;
import io.millstream.record.UnpackedBatch;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Fetched batches, of which some are checked and decompressed by a worker before the reader comes to them: a group while
 * it walks through the one before. Of each page two groups are in memory at most, each of little more than
 * {@link #GROUP_BYTES} or one batch.
 *
 * <p>Used by one thread, apart from the worker.
 */
final class UnpackedPage implements RangeCursor.Batches {

    private static final int GROUP_BYTES = 1 << 20;

    /** A batch that expands beyond this is not unpacked in advance, but as it is read. */
    private static final int BATCH_BYTES = 16 << 20;

    /** @param flaw why the batch cannot be read, or null */
    private record Unpacked(int index, UnpackedBatch batch, CorruptBatchException flaw) {}

    /** @param next index of the first batch that is not in it */
    private record Group(UnpackedBatch.Space space, List<Unpacked> batches, int next) {}

    private final ByteBuf bytes;
    private final BatchExtent extent;
    private final Unpacking unpacking;

    private Group current;
    private int at; // in the current group
    private CompletableFuture<Group> ahead;

    /** @param unpacking where to unpack in advance; the first group is begun at once */
    UnpackedPage(ByteBuf bytes, Unpacking unpacking) {
        this.bytes = bytes;
        this.extent = BatchExtent.of(bytes);
        this.unpacking = unpacking;
        this.ahead = unpack(bytes.readerIndex());
    }

    private CompletableFuture<Group> unpack(int from) {
        UnpackedBatch.Space space = unpacking.take();
        return CompletableFuture.supplyAsync(() -> group(from, space), unpacking.worker());
    }

    private Group group(int from, UnpackedBatch.Space space) {
        space.clear();
        List<Unpacked> batches = new ArrayList<>();
        int end = extent.end();
        int index = from;
        int read = 0;
        while (index < end && space.filled() < GROUP_BYTES && read < GROUP_BYTES) {
            try {
                RecordBatch batch = RecordBatch.at(bytes, index, end);
                batches.add(new Unpacked(index, UnpackedBatch.of(batch, space, BATCH_BYTES), null));
                index = batch.endIndex();
                read += batch.sizeInBytes();
            } catch (CorruptBatchException e) {
                batches.add(new Unpacked(index, null, e));
                index = end; // the reader stops there
            }
        }
        return new Group(space, batches, index);
    }

    @Override
    public RecordBatch batch(int index) {
        return at(index).batch();
    }

    @Override
    public RecordIterator records(int index) {
        return at(index).records();
    }

    @Override
    public BatchExtent extent() {
        return extent;
    }

    private UnpackedBatch at(int index) {
        while (true) {
            while (current != null && at < current.batches().size()) {
                Unpacked found = current.batches().get(at);
                if (found.index() == index) {
                    if (found.flaw() != null) {
                        throw found.flaw();
                    }
                    return found.batch();
                }
                at++;
            }
            turn();
        }
    }

    private void turn() {
        if (ahead == null) {
            throw new IllegalStateException("No batch lies at the index asked for");
        }
        leave();
        CompletableFuture<Group> ready = ahead;
        ahead = null; // taken: whatever fails now, it must not be taken again
        current = ready.join();
        at = 0;
        ahead = current.next() < extent.end() ? unpack(current.next()) : null;
    }

    private void leave() {
        if (current != null) {
            unpacking.giveBack(current.space());
            current = null;
        }
    }

    /**
     * Ends it: the records are good no more. A group that is still being unpacked keeps its memory, which is then garbage.
     *
     * @return whether nobody looks at the fetched bytes any more
     */
    boolean end() {
        leave();
        boolean idle = ahead == null || ahead.isDone();
        ahead = null;
        return idle;
    }
}
