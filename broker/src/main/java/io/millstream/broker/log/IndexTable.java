package io.millstream.broker.log;

import io.millstream.broker.log.Disk.Access;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rows of (key, value), both never falling: most in a file, the newest in memory. One thread at a time adds; any number
 * may search meanwhile. A cache: what cannot be read is as if it were not there, what cannot be written stays in memory.
 *
 * <pre>
 *  0 magic int32    | 16 rows int32          | 24 key int64   | 36 key int64   | ...
 *  4 version int32  | 20 crc32c int32 (rows) | 32 value int32 | 44 value int32 |
 *  8 base int64     |                        |                |                |
 * </pre>
 *
 * <p>Row count and checksum are written when the table is complete; until then no other process will trust the file.
 */
final class IndexTable {

    private static final Logger log = LoggerFactory.getLogger(IndexTable.class);

    static final int VERSION = 1;
    static final int HEADER_BYTES = 24;
    static final int ROW_BYTES = 12;

    /** Rows in memory before they are written together: 6 KB. */
    private static final int TAIL_ROWS = 512;

    private static final int FIRST_TAIL_ROWS = 8;

    /** Rows that a search reads at once when it is near. */
    private static final int BLOCK_ROWS = 340;

    private static final ThreadLocal<ByteBuffer> BLOCK =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(BLOCK_ROWS * ROW_BYTES));

    /** The newest rows. Arrays only gain rows, so a search may go on in one that has been replaced. */
    private static final class Tail {
        final int before;
        final long[] keys;
        final int[] values;
        volatile int count;

        Tail(int before, int capacity) {
            this.before = before;
            this.keys = new long[capacity];
            this.values = new int[capacity];
        }

        Tail(Tail smaller, int capacity) {
            this.before = smaller.before;
            this.keys = Arrays.copyOf(smaller.keys, capacity);
            this.values = Arrays.copyOf(smaller.values, capacity);
            this.count = smaller.count;
        }
    }

    private final Disk disk;
    private final int magic;
    private final long base;

    private final CRC32C checksum; // of the rows in the file

    private volatile Tail tail;
    private Path path; // guarded by this
    private DiskFile file; // guarded by this; null while closed

    private IndexTable(Disk disk, Path path, int magic, long base) {
        this.disk = disk;
        this.path = path;
        this.magic = magic;
        this.base = base;
        this.checksum = new CRC32C();
        this.tail = new Tail(0, FIRST_TAIL_ROWS);
    }

    /**
     * An empty table; a file that is there is of no use.
     *
     * @param base what makes this file's header differ from that of its neighbours
     */
    static IndexTable create(Disk disk, Path path, int magic, long base) {
        disk.delete(path);
        return new IndexTable(disk, path, magic, base);
    }

    /** The complete table in the file, which stays open; empty if the file is missing, incomplete, or cannot be this table's. */
    static Optional<IndexTable> open(Disk disk, Path path, int magic, long base) {
        if (!disk.exists(path)) {
            return Optional.empty();
        }
        IndexTable table = new IndexTable(disk, path, magic, base);
        boolean loaded = false;
        try {
            loaded = table.load();
        } finally {
            if (!loaded) {
                table.closeFile();
            }
        }
        return loaded ? Optional.of(table) : Optional.empty();
    }

    private boolean load() {
        DiskFile in = fileToRead();
        long size = in.size();
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        if (size > Integer.MAX_VALUE || in.read(header, 0) < HEADER_BYTES) {
            return false;
        }
        int rows = header.getInt(16);
        if (header.getInt(0) != magic
                || header.getInt(4) != VERSION
                || header.getLong(8) != base
                || rows < 0
                || size != HEADER_BYTES + (long) rows * ROW_BYTES) {
            return false;
        }
        sum(in, rows);
        tail = new Tail(rows, FIRST_TAIL_ROWS);
        return header.getInt(20) == (int) checksum.getValue();
    }

    private void sum(DiskFile in, int rows) {
        checksum.reset();
        ByteBuffer block = BLOCK.get();
        for (int row = 0; row < rows; row += BLOCK_ROWS) {
            block.clear().limit(Math.min(rows - row, BLOCK_ROWS) * ROW_BYTES);
            in.read(block, HEADER_BYTES + (long) row * ROW_BYTES);
            checksum.update(block.flip());
        }
    }

    int rows() {
        Tail newest = tail;
        return newest.before + newest.count;
    }

    /** Adds a row. */
    void add(long key, int value) {
        Tail newest = tail;
        int count = newest.count;
        if (count == newest.keys.length) {
            newest = count < TAIL_ROWS || !written() ? enlarged(newest) : tail;
            count = newest.count;
        }
        newest.keys[count] = key;
        newest.values[count] = value;
        newest.count = count + 1; // publishes the row
    }

    private Tail enlarged(Tail full) {
        Tail larger = new Tail(full, full.keys.length * 2);
        tail = larger;
        return larger;
    }

    private boolean written() {
        try {
            write();
            return true;
        } catch (StorageException e) {
            log.warn("Index rows stay in memory for now: {}", e.getMessage());
            return false;
        }
    }

    /** Moves the rows in memory to the file. Called by the thread that adds, or when none does any more. */
    private void write() {
        Tail newest = tail;
        int count = newest.count;
        if (count == 0) {
            return;
        }
        ByteBuf rows = Unpooled.buffer(count * ROW_BYTES);
        for (int i = 0; i < count; i++) {
            rows.writeLong(newest.keys[i]).writeInt(newest.values[i]);
        }
        fileToWrite().write(rows, HEADER_BYTES + (long) newest.before * ROW_BYTES);
        checksum.update(rows.array(), rows.arrayOffset(), rows.readableBytes());
        tail = new Tail(newest.before + count, FIRST_TAIL_ROWS);
    }

    /** Writes what is in memory, and that this is all; further rows may still follow. Not while others add. */
    void complete() {
        write();
        ByteBuf header = Unpooled.buffer(HEADER_BYTES);
        header.writeInt(magic).writeInt(VERSION).writeLong(base);
        header.writeInt(tail.before).writeInt((int) checksum.getValue());
        fileToWrite().write(header, 0);
    }

    private synchronized DiskFile fileToWrite() {
        if (file == null || !file.isOpen()) {
            file = disk.open(path, disk.exists(path) ? Access.WRITE : Access.CREATE);
        }
        return file;
    }

    private synchronized DiskFile fileToRead() {
        if (file == null || !file.isOpen()) {
            file = disk.open(path, Access.WRITE);
        }
        return file;
    }

    /** Gives the file another name, if it exists; an existing one gives way. */
    synchronized void rename(Path to) {
        if (disk.exists(path)) {
            disk.rename(path, to);
        }
        path = to;
    }

    /** Lets go of the file until it is needed again. Not while others search. */
    synchronized void closeFile() {
        if (file != null) {
            file.close();
            file = null;
        }
    }

    /** Cuts rows whose key is at or above {@code key}. Not while others add. */
    void truncateFrom(long key) {
        int keep = below(key);
        Tail newest = tail;
        if (keep >= newest.before) {
            Tail shorter = new Tail(newest, newest.keys.length);
            shorter.count = Math.min(keep - newest.before, newest.count);
            tail = shorter;
            return;
        }
        fileToWrite().truncate(HEADER_BYTES + (long) keep * ROW_BYTES);
        sum(fileToRead(), keep);
        tail = new Tail(keep, FIRST_TAIL_ROWS);
    }

    /** How many rows have a key below {@code key}. */
    int below(long key) {
        return search(key, Integer.MIN_VALUE, Order.BY_KEY);
    }

    /** How many rows have a value below {@code value}. */
    int belowValue(int value) {
        return search(Long.MIN_VALUE, value, Order.BY_VALUE);
    }

    private enum Order {
        BY_KEY,
        BY_VALUE
    }

    private int search(long key, int value, Order order) {
        Tail newest = tail;
        int count = newest.count;
        if (count > 0 && isBelow(newest.keys[0], newest.values[0], key, value, order)) {
            int low = 1;
            int high = count;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (isBelow(newest.keys[middle], newest.values[middle], key, value, order)) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return newest.before + low;
        }
        return newest.before == 0 ? 0 : searchFile(newest.before, key, value, order);
    }

    private int searchFile(int rows, long key, int value, Order order) {
        int low = 0;
        int high = rows;
        while (high - low > BLOCK_ROWS) {
            int middle = (low + high) >>> 1;
            ByteBuffer row = rowsAt(middle, 1);
            if (row.remaining() < ROW_BYTES) {
                return 0;
            }
            if (isBelow(row.getLong(0), row.getInt(8), key, value, order)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        ByteBuffer block = rowsAt(low, high - low);
        for (int at = 0; at + ROW_BYTES <= block.remaining(); at += ROW_BYTES) {
            if (!isBelow(block.getLong(at), block.getInt(at + 8), key, value, order)) {
                break;
            }
            low++;
        }
        return low;
    }

    private static boolean isBelow(long rowKey, int rowValue, long key, int value, Order order) {
        return order == Order.BY_KEY ? rowKey < key : rowValue < value;
    }

    /** Rows of the file; fewer, or none, if they cannot be read. */
    private ByteBuffer rowsAt(int first, int count) {
        ByteBuffer block = BLOCK.get();
        block.clear().limit(Math.min(count, BLOCK_ROWS) * ROW_BYTES);
        try {
            fileToRead().read(block, HEADER_BYTES + (long) first * ROW_BYTES);
        } catch (StorageException e) {
            log.warn("An index row cannot be read, the log is searched instead: {}", e.getMessage());
        }
        return block.flip();
    }

    /** The key of a row; {@code Long.MIN_VALUE} if it cannot be read. */
    long key(int row) {
        Tail newest = tail;
        if (row >= newest.before) {
            return newest.keys[row - newest.before];
        }
        ByteBuffer block = rowsAt(row, 1);
        return block.remaining() < ROW_BYTES ? Long.MIN_VALUE : block.getLong(0);
    }

    /** The value of a row; -1 if it cannot be read. */
    int value(int row) {
        Tail newest = tail;
        if (row >= newest.before) {
            return newest.values[row - newest.before];
        }
        ByteBuffer block = rowsAt(row, 1);
        return block.remaining() < ROW_BYTES ? -1 : block.getInt(8);
    }
}
