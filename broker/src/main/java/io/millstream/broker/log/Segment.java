package io.millstream.broker.log;

import io.millstream.broker.log.Disk.Access;
import io.millstream.broker.log.StorageException.Kind;
import io.netty.buffer.ByteBuf;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One file of batches and its indexes. The last segment of a log grows, by the thread that holds the log's lock; the
 * others do not change. Readers use what a {@link LogView} says is there.
 *
 * <p>Files are opened when needed and stay open while {@link #retain retained}: closing and deleting wait for that.
 */
final class Segment {

    private static final Logger log = LoggerFactory.getLogger(Segment.class);

    /** A maximum timestamp that nobody has looked up yet. */
    private static final long UNKNOWN = Long.MIN_VALUE;

    /** Tells files that are on their way in or out from those of another segment with the same offset. */
    private static final AtomicLong NAMES = new AtomicLong();

    private enum Fate {
        OPEN,
        CLOSED,
        DELETED
    }

    private final LogContext context;
    private final Path directory;
    private final long baseOffset;

    private volatile Path path;
    private volatile String indexSuffix = ""; // behind the usual names of the indexes
    private String outSuffix = ""; // once it is deleted; guarded by this
    private volatile int size;
    private volatile long maxTimestamp;
    private volatile SegmentIndex index; // null until needed
    private volatile long offsets = OffsetSum.UNKNOWN; // of all batches

    // Guarded by this.
    private DiskFile file; // null while not needed
    private int users;
    private boolean usedLately;
    private Fate fate = Fate.OPEN;

    private Segment(LogContext context, Path directory, long baseOffset, int size) {
        this.context = context;
        this.directory = directory;
        this.baseOffset = baseOffset;
        this.path = LogFiles.of(directory, baseOffset, LogFiles.LOG);
        this.size = size;
    }

    /** A new, empty segment. A file of that name that no log knows, left by an attempt that failed, gives way. */
    static Segment create(LogContext context, Path directory, long baseOffset) {
        Segment segment = new Segment(context, directory, baseOffset, 0);
        context.disk().delete(segment.path);
        // The file last: should anything fail, none is there that no log knows.
        segment.index = SegmentIndex.create(context.disk(), directory, baseOffset, "");
        segment.file = context.disk().open(segment.path, Access.CREATE);
        segment.maxTimestamp = SegmentIndex.NO_TIME;
        return segment;
    }

    /** A new, empty segment whose files have other names until {@link #takePlace}. */
    static Segment createAside(LogContext context, Path directory, long baseOffset) {
        Segment segment = new Segment(context, directory, baseOffset, 0);
        // A pass that the log has left behind may still be busy with the same segments.
        String suffix = "." + NAMES.incrementAndGet() + LogFiles.CLEANED;
        segment.path = LogFiles.append(segment.path, suffix);
        segment.indexSuffix = suffix;
        segment.file = context.disk().open(segment.path, Access.CREATE);
        segment.index = SegmentIndex.create(context.disk(), directory, baseOffset, suffix);
        segment.maxTimestamp = SegmentIndex.NO_TIME;
        return segment;
    }

    /** The first {@code size} bytes of a segment that is on disk. */
    static Segment open(LogContext context, Path directory, long baseOffset, int size) {
        Segment segment = new Segment(context, directory, baseOffset, size);
        segment.maxTimestamp = UNKNOWN;
        return segment;
    }

    long baseOffset() {
        return baseOffset;
    }

    Path path() {
        return path;
    }

    /** Bytes of batches. */
    int size() {
        return size;
    }

    /**
     * Keeps the file open until {@link #release}.
     *
     * @throws StorageException of kind {@link Kind#CLOSED} if the segment has been closed or deleted
     */
    synchronized DiskFile retain() {
        if (fate != Fate.OPEN) {
            throw new StorageException(Kind.CLOSED, path, fate == Fate.CLOSED ? "it is closed" : "it is deleted");
        }
        if (file == null || !file.isOpen()) {
            file = context.disk().open(path, Access.WRITE);
        }
        users++;
        usedLately = true;
        return file;
    }

    /** Ends what {@link #retain} began. From any thread. */
    void release() {
        Fate next;
        synchronized (this) {
            users--;
            next = users == 0 ? fate : Fate.OPEN;
        }
        dispose(next);
    }

    /** Closes the files as soon as nobody uses them. */
    void close() {
        end(Fate.CLOSED);
    }

    /**
     * Takes the files out of the log at once, and deletes them as soon as nobody uses them. Until then they have names of
     * their own: another segment may take their place meanwhile. What is known of producers stays. Blocks on the disk. If it
     * fails, it can be done again.
     */
    void delete() {
        boolean unused;
        synchronized (this) {
            if (fate != Fate.DELETED) {
                String suffix = "." + NAMES.incrementAndGet() + LogFiles.DELETED;
                Path aside = LogFiles.append(path, suffix);
                context.disk().rename(path, aside);
                path = aside;
                outSuffix = suffix;
                fate = Fate.DELETED;
            } else if (indexSuffix.equals(outSuffix)) {
                return;
            }
            if (index == null) {
                SegmentIndex.rename(context.disk(), directory, baseOffset, outSuffix);
            } else {
                index.rename(directory, outSuffix);
            }
            indexSuffix = outSuffix;
            unused = users == 0;
        }
        dispose(unused ? Fate.DELETED : Fate.OPEN);
    }

    /** Renames the file alone, whatever it is called now. */
    synchronized void rename(Path to) {
        if (!path.equals(to)) {
            context.disk().rename(path, to);
            path = to;
        }
    }

    /** Gives the files the names of a segment of the log. If it fails, it can be done again. */
    synchronized void takePlace() {
        rename(LogFiles.of(directory, baseOffset, LogFiles.LOG));
        index().rename(directory, "");
        indexSuffix = "";
    }

    /** Deletes the files, whatever they are called. Nobody uses them. */
    void discard() {
        closeFiles();
        context.disk().delete(path);
        SegmentIndex.delete(context.disk(), directory, baseOffset, indexSuffix);
    }

    private void end(Fate end) {
        boolean unused;
        synchronized (this) {
            fate = end;
            unused = users == 0;
        }
        dispose(unused ? end : Fate.OPEN);
    }

    private void dispose(Fate end) {
        switch (end) {
            case OPEN -> {}
            case CLOSED -> closeFiles();
            // Freeing a large file takes long, and the last reader may be an event loop.
            case DELETED -> {
                if (!context.later(this::discard)) {
                    closeFiles();
                }
            }
        }
    }

    private synchronized void closeFiles() {
        if (file != null) {
            file.close();
            file = null;
        }
        if (index != null) {
            index.closeFiles();
        }
    }

    /** Closes the files, if nobody uses them right now; they are opened again when needed. */
    synchronized void rest() {
        if (users == 0) {
            closeFiles();
        }
    }

    /** Closes the files if nobody has used them since the last call; they are opened again when needed. */
    synchronized void closeIfIdle() {
        if (users == 0 && !usedLately) {
            closeFiles();
        }
        usedLately = false;
    }

    /**
     * Writes batches behind those that are there, or takes back what it has written. They count only after
     * {@link #added}.
     */
    void write(ByteBuf batches) {
        DiskFile out = retain();
        try {
            out.write(batches, size);
        } catch (StorageException e) {
            takeBack(e);
            throw e;
        } finally {
            release();
        }
    }

    /** A fresh handle: an interrupted thread loses the old one in the middle of a write. */
    private void takeBack(StorageException cause) {
        DiskFile out = retain();
        try {
            out.truncate(size);
        } catch (StorageException e) {
            // The next append overwrites these bytes; after a crash, recovery cuts them.
            log.warn("Could not take back a write that failed: {}", e.getMessage());
            cause.addSuppressed(e);
        } finally {
            release();
        }
    }

    /** Counts a batch that lies at the end, and indexes it. Under the log's lock. */
    void added(long batchOffset, int bytes, long batchMaxTimestamp, int indexIntervalBytes) {
        int position = size;
        index().added(batchOffset, position, bytes, batchMaxTimestamp, indexIntervalBytes);
        maxTimestamp = Math.max(maxTimestamp, batchMaxTimestamp);
        size = position + bytes;
    }

    /** The indexes, opened or rebuilt if need be. The segment is retained. */
    SegmentIndex index() {
        SegmentIndex open = index;
        return open != null ? open : openIndex();
    }

    private synchronized SegmentIndex openIndex() {
        if (index == null) {
            index = SegmentIndex.open(context.disk(), directory, baseOffset, indexSuffix, size)
                    .orElseGet(() -> {
                        log.warn("{}: its indexes are missing or damaged; they are rebuilt", path);
                        return rebuiltIndex();
                    });
        }
        return index;
    }

    /** Makes the indexes anew. Nobody else knows the segment yet. */
    void reindex() {
        retain();
        try {
            index = rebuiltIndex();
        } finally {
            release();
        }
    }

    private SegmentIndex rebuiltIndex() {
        SegmentIndex rebuilt = SegmentIndex.create(context.disk(), directory, baseOffset, indexSuffix);
        DiskFile in = currentFile();
        BatchCursor cursor = new BatchCursor(in, FileWindow.large(in, size), 0, size);
        long end = baseOffset;
        OffsetSum found = new OffsetSum();
        while (cursor.next()) {
            rebuilt.added(cursor, SegmentIndex.DEFAULT_INTERVAL_BYTES);
            found.add(cursor.baseOffset(), cursor.leaderEpoch(), cursor.size());
            end = cursor.nextOffset();
        }
        ensureExpected(found);
        try {
            rebuilt.complete(end);
        } catch (StorageException e) {
            if (e.kind() != Kind.NO_SPACE) {
                throw e;
            }
            log.warn("{}: its indexes stay in memory: {}", path, e.getMessage());
        }
        return rebuilt;
    }

    /** @throws StorageException if the offsets of all batches are not as compaction wrote them */
    void ensureExpected(OffsetSum found) {
        if (offsets != OffsetSum.UNKNOWN && offsets != found.value()) {
            throw new StorageException(
                    Kind.DAMAGED,
                    path,
                    "an offset or a leader epoch in it is not as compaction wrote it; which one cannot be told");
        }
    }

    /** Starts the indexes afresh, for {@link #added} to be called for each batch of the file. */
    void forget() {
        index = SegmentIndex.create(context.disk(), directory, baseOffset, indexSuffix);
        maxTimestamp = SegmentIndex.NO_TIME;
        size = 0;
    }

    /** Completes the indexes and forces the batches to disk. Nothing is being added. */
    void completeAndForce(long endOffset) {
        DiskFile out = retain();
        try {
            index().complete(endOffset);
            out.force();
        } finally {
            release();
        }
    }

    /** What the segment is known by, now that it grows no more. */
    SegmentIdentity identity() {
        DiskFile in = retain();
        try {
            return SegmentIdentity.complete(baseOffset, in, size, offsets);
        } finally {
            release();
        }
    }

    /** What the segment is known by while it may still change at its end. */
    SegmentIdentity identityOfBeginning() {
        DiskFile in = retain();
        try {
            return SegmentIdentity.begun(baseOffset, in, size);
        } finally {
            release();
        }
    }

    /** Whoever reads the whole segment is to find batches with these offsets; see {@link OffsetSum}. */
    void expectOffsets(long sum) {
        offsets = sum;
    }

    /** What {@link #expectOffsets} has said. */
    long expectedOffsets() {
        return offsets;
    }

    /** Forces the batches to disk. */
    void force() {
        DiskFile out = retain();
        try {
            out.force();
        } finally {
            release();
        }
    }

    /** The largest timestamp in the segment, or {@link SegmentIndex#NO_TIME}. The segment is retained. */
    long maxTimestamp() {
        return maxTimestamp(Long.MAX_VALUE);
    }

    /** The same, for who knows where the segment ends: no batch is looked at where the indexes speak for all of them. */
    long maxTimestamp(long endOffset) {
        long known = maxTimestamp;
        if (known == UNKNOWN) {
            SegmentIndex times = index();
            known = times.maxTimestamp();
            if (times.timedUpTo() == endOffset) {
                maxTimestamp = known;
                return known;
            }
            BatchCursor cursor = seek(times.timedUpTo(), size);
            while (!cursor.atEnd()) {
                known = Math.max(known, cursor.maxTimestamp());
                cursor.next();
            }
            maxTimestamp = known;
        }
        return known;
    }

    /**
     * Finds the first batch that ends after {@code offset}. The segment is retained.
     *
     * @param limit bytes of the segment that the reader may look at
     * @return standing on the batch, or at the end
     * @throws StorageException if the file is damaged on the way
     */
    BatchCursor seek(long offset, int limit) {
        DiskFile in = currentFile();
        BatchCursor cursor = startNear(in, offset, limit);
        while (!cursor.atEnd() && cursor.nextOffset() <= offset) {
            cursor.next();
        }
        return cursor;
    }

    /** Visits the batches from the one that holds {@code offset} on. Nothing is being added. */
    void walk(long offset, Consumer<BatchCursor> visitor) {
        retain();
        try {
            BatchCursor cursor = seek(offset, size);
            while (!cursor.atEnd()) {
                visitor.accept(cursor);
                cursor.next();
            }
        } finally {
            release();
        }
    }

    private BatchCursor startNear(DiskFile in, long offset, int limit) {
        SegmentIndex near = index();
        int row = near.rowAtOrBelow(offset);
        if (row >= 0) {
            int position = near.position(row);
            if (position > 0 && position < limit) {
                BatchCursor cursor = new BatchCursor(in, FileWindow.small(in), position, limit);
                if (cursor.advance() == BatchCursor.Step.BATCH && cursor.baseOffset() == near.offset(row)) {
                    return cursor;
                }
            }
            log.warn("{}: its index is wrong near offset {}; reading from the start", path, offset);
        }
        BatchCursor cursor = new BatchCursor(in, FileWindow.small(in), 0, limit);
        cursor.next();
        return cursor;
    }

    private synchronized DiskFile currentFile() {
        return file;
    }

    @Override
    public String toString() {
        return "Segment[" + path + ", " + size + " bytes]";
    }
}
