package io.millstream.broker.log;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What finds a place in a segment: its sparse {@link IndexTable}s by offset and by time, which grow together.
 *
 * <p>A row of the offset index says where the batch with that base offset begins. A row (time, offset) of the time index
 * says that no record below the offset is later than the time; there is one wherever that maximum has risen by the next
 * row of the offset index, and a last one for the whole segment when the tables are completed.
 */
final class SegmentIndex {

    /** The maximum timestamp of records that have none. */
    static final long NO_TIME = -1;

    static final int DEFAULT_INTERVAL_BYTES = 4096;

    static final int OFFSET_MAGIC = 0x4d534f49; // "MSOI"
    static final int TIME_MAGIC = 0x4d535449; // "MSTI"

    private final long baseOffset;
    private final IndexTable offsets;
    private final IndexTable times;

    // Of the thread that adds.
    private long bytesSinceRow;
    private long maxTimestamp;
    private long indexedTimestamp;

    private SegmentIndex(long baseOffset, IndexTable offsets, IndexTable times) {
        this.baseOffset = baseOffset;
        this.offsets = offsets;
        this.times = times;
        this.maxTimestamp = times.rows() == 0 ? NO_TIME : times.key(times.rows() - 1);
        this.indexedTimestamp = maxTimestamp;
    }

    /**
     * Empty indexes, in place of what may be there.
     *
     * @param suffix what the files' names end with behind their usual end
     */
    static SegmentIndex create(Disk disk, Path directory, long baseOffset, String suffix) {
        return new SegmentIndex(
                baseOffset,
                IndexTable.create(disk, offsetPath(directory, baseOffset, suffix), OFFSET_MAGIC, baseOffset),
                IndexTable.create(disk, timePath(directory, baseOffset, suffix), TIME_MAGIC, baseOffset));
    }

    /** Complete indexes; empty if there are none, or they do not belong to a segment of {@code size} bytes. */
    static Optional<SegmentIndex> open(Disk disk, Path directory, long baseOffset, String suffix, int size) {
        Optional<IndexTable> offsets =
                IndexTable.open(disk, offsetPath(directory, baseOffset, suffix), OFFSET_MAGIC, baseOffset);
        Optional<IndexTable> times =
                IndexTable.open(disk, timePath(directory, baseOffset, suffix), TIME_MAGIC, baseOffset);
        if (offsets.isPresent() && times.isPresent() && fits(offsets.get(), size)) {
            SegmentIndex found = new SegmentIndex(baseOffset, offsets.get(), times.get());
            int rows = found.rows();
            // Or a log that is opened again and again, and gets little each time, would not be indexed at all.
            found.bytesSinceRow = rows == 0 ? size : size - found.position(rows - 1);
            return Optional.of(found);
        }
        offsets.ifPresent(IndexTable::closeFile);
        times.ifPresent(IndexTable::closeFile);
        return Optional.empty();
    }

    private static boolean fits(IndexTable offsets, int size) {
        int rows = offsets.rows();
        return rows == 0 || offsets.value(rows - 1) < size;
    }

    static void delete(Disk disk, Path directory, long baseOffset, String suffix) {
        disk.delete(offsetPath(directory, baseOffset, suffix));
        disk.delete(timePath(directory, baseOffset, suffix));
    }

    /** Gives the files other names. */
    void rename(Path directory, String suffix) {
        offsets.rename(offsetPath(directory, baseOffset, suffix));
        times.rename(timePath(directory, baseOffset, suffix));
    }

    /** Gives the files other names, if they exist; nobody has them open. */
    static void rename(Disk disk, Path directory, long baseOffset, String suffix) {
        rename(disk, offsetPath(directory, baseOffset, ""), offsetPath(directory, baseOffset, suffix));
        rename(disk, timePath(directory, baseOffset, ""), timePath(directory, baseOffset, suffix));
    }

    private static void rename(Disk disk, Path from, Path to) {
        if (disk.exists(from)) {
            disk.rename(from, to);
        }
    }

    private static Path offsetPath(Path directory, long baseOffset, String suffix) {
        return LogFiles.of(directory, baseOffset, LogFiles.OFFSET_INDEX + suffix);
    }

    private static Path timePath(Path directory, long baseOffset, String suffix) {
        return LogFiles.of(directory, baseOffset, LogFiles.TIME_INDEX + suffix);
    }

    /** Takes note of the batch that {@code cursor} stands on. */
    void added(BatchCursor cursor, int intervalBytes) {
        added(cursor.baseOffset(), (int) cursor.position(), cursor.size(), cursor.maxTimestamp(), intervalBytes);
    }

    /** Takes note of the batch behind those that are known. */
    void added(long offset, int position, int bytes, long batchMaxTimestamp, int intervalBytes) {
        if (position > 0 && bytesSinceRow >= intervalBytes) {
            offsets.add(offset, position);
            bytesSinceRow = 0;
            if (maxTimestamp > indexedTimestamp) {
                times.add(maxTimestamp, (int) (offset - baseOffset));
                indexedTimestamp = maxTimestamp;
            }
        }
        bytesSinceRow += bytes;
        maxTimestamp = Math.max(maxTimestamp, batchMaxTimestamp);
    }

    /** Writes everything to the files, with a last row by time. Not while batches are added. */
    void complete(long endOffset) {
        if (times.rows() == 0 || timedUpTo() != endOffset) {
            times.add(maxTimestamp, (int) (endOffset - baseOffset));
            indexedTimestamp = maxTimestamp;
        }
        offsets.complete();
        times.complete();
    }

    /** Lets go of the files until they are needed again. Not while others search. */
    void closeFiles() {
        offsets.closeFile();
        times.closeFile();
    }

    /** The last row at or below an offset; -1 if there is none. */
    int rowAtOrBelow(long offset) {
        return offsets.below(offset + 1) - 1;
    }

    /** The first row at or behind a position; {@link #rows} if there is none. */
    int rowAtOrBehind(int position) {
        return offsets.belowValue(position);
    }

    /** A batch border at or before a position, as near as the index knows. */
    int borderAtOrBefore(int position) {
        int row = offsets.belowValue(Math.min(position, Integer.MAX_VALUE - 1) + 1) - 1;
        return row < 0 ? 0 : offsets.value(row);
    }

    /** How many rows by offset there are. */
    int rows() {
        return offsets.rows();
    }

    /** Base offset of the row's batch. */
    long offset(int row) {
        return offsets.key(row);
    }

    /** Where the row's batch begins, in bytes. */
    int position(int row) {
        return offsets.value(row);
    }

    /** Largest timestamp of the rows; records from {@link #timedUpTo} on may be later. */
    long maxTimestamp() {
        return times.rows() == 0 ? NO_TIME : times.key(times.rows() - 1);
    }

    /** The offset up to which the rows by time speak. */
    long timedUpTo() {
        return times.rows() == 0 ? baseOffset : baseOffset + times.value(times.rows() - 1);
    }

    /** An offset below which all records are earlier than {@code timestamp}: where a search for it can begin. */
    long allEarlierBelow(long timestamp) {
        int row = times.below(timestamp) - 1;
        return row < 0 ? baseOffset : baseOffset + Math.max(0, times.value(row));
    }

    /** The largest timestamp below {@code offset}, the offset of a row. */
    long maxTimestampBelow(long offset) {
        int row = times.belowValue((int) (offset - baseOffset) + 1) - 1;
        return row < 0 ? NO_TIME : times.key(row);
    }
}
