package io.millstream.broker.log;

import io.millstream.broker.log.Disk.Access;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files that {@link ProducerLedger}s are kept in, named after the offset that they speak for. Caches: without one,
 * the batches tell, as far as they are still there. Not for use by several threads.
 */
final class ProducerSnapshots {

    private static final Logger log = LoggerFactory.getLogger(ProducerSnapshots.class);

    /** Snapshots that stay: one may turn out to be damaged, or beyond the end after a crash. */
    private static final int KEPT = 3;

    static final int MAX_BYTES = 1024 + ProducerLedger.MAX_PRODUCERS * ProducerEntry.ENCODED_BYTES;

    private final Disk disk;
    private final Path directory;
    private final NavigableSet<Long> offsets = new TreeSet<>(); // of those that are there

    /** @param names of what is in the directory */
    ProducerSnapshots(Disk disk, Path directory, List<String> names) {
        this.disk = disk;
        this.directory = directory;
        names.forEach(name -> LogFiles.offset(name, LogFiles.SNAPSHOT).ifPresent(offsets::add));
    }

    /**
     * Writes what a ledger knew at {@code offset}, and deletes the oldest snapshots. On disk when this returns: what it
     * speaks for may go next.
     *
     * @param recoveryPoint the log may end here after a crash: the newest snapshot up to it stays
     */
    void write(long offset, ByteBuf content, long recoveryPoint) {
        // Not aside: a torn one fails its checksum, and then those before it are still there.
        disk.delete(path(offset));
        offsets.add(offset);
        try (DiskFile file = disk.open(path(offset), Access.CREATE)) {
            file.write(content, 0);
            file.force();
        }
        disk.syncDirectory(directory);
        int safe = offsets.headSet(recoveryPoint, true).size();
        for (int old = Math.min(offsets.size() - KEPT, safe - 1); old > 0; old--) {
            delete(offsets.first());
        }
    }

    /** Whether there is one for an offset from {@code from} to {@code to}, both inclusive. */
    boolean anyBetween(long from, long to) {
        return !offsets.subSet(from, true, to, true).isEmpty();
    }

    /**
     * Makes a ledger what it was when the log ended at {@code offset}: from a snapshot, and from the batches behind it.
     *
     * @param segments the log's
     */
    void restore(ProducerLedger ledger, List<Segment> segments, long offset, long nowMillis) {
        long from = load(ledger, offset);
        if (!segments.isEmpty() && from < segments.get(0).baseOffset()) {
            // Batches between the two are gone: better to know nothing of a producer than what it was once.
            ledger.clear();
        }
        if (from == offset) {
            return; // it speaks for all of them: none needs to be looked for
        }
        for (int i = 0; i < segments.size() && segments.get(i).baseOffset() < offset; i++) {
            boolean countedIn = i + 1 < segments.size() && segments.get(i + 1).baseOffset() <= from;
            if (!countedIn) {
                segments.get(i).walk(from, batch -> {
                    if (batch.baseOffset() < offset) {
                        ledger.remember(batch, nowMillis);
                    }
                });
            }
        }
    }

    /**
     * Loads the newest snapshot up to {@code offset} that is intact.
     *
     * @return the offset that it speaks for; -1, and an empty ledger, if there is none
     */
    private long load(ProducerLedger ledger, long offset) {
        for (long candidate : List.copyOf(offsets.headSet(offset, true).descendingSet())) {
            // It may have gone with its segment since the names were read.
            if (disk.exists(path(candidate))) {
                if (ledger.read(content(candidate), candidate)) {
                    return candidate;
                }
                log.warn("{} is damaged: ignored", path(candidate));
            }
            delete(candidate);
        }
        ledger.clear();
        return -1;
    }

    private ByteBuf content(long offset) {
        try (DiskFile file = disk.open(path(offset), Access.READ)) {
            long size = file.size();
            if (size > MAX_BYTES) {
                return Unpooled.EMPTY_BUFFER;
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) size);
            file.read(bytes, 0);
            return Unpooled.wrappedBuffer(bytes.flip());
        }
    }

    /** Deletes the snapshots for offsets above {@code offset}. */
    void deleteAbove(long offset) {
        List.copyOf(offsets.tailSet(offset, false)).forEach(this::delete);
    }

    /** Deletes the snapshots for offsets below {@code offset}. */
    void deleteBelow(long offset) {
        List.copyOf(offsets.headSet(offset, false)).forEach(this::delete);
    }

    private void delete(long offset) {
        disk.delete(path(offset));
        offsets.remove(offset);
    }

    private Path path(long offset) {
        return LogFiles.of(directory, offset, LogFiles.SNAPSHOT);
    }
}
