package io.millstream.broker.log;

import io.millstream.broker.log.Disk.Access;
import io.millstream.broker.log.StorageException.Kind;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts one segment in the place of neighbours, such that a stop at any moment leaves the old ones or the new one:
 *
 * <ol>
 *   <li>The new one is on disk under another name, {@code .cleaned}: a start deletes it.
 *   <li>It is renamed to {@code <base>-<end>.swap}: from here on a start finishes what follows.
 *   <li>Readers get the new one; the old ones' files are renamed, to go when the last reader is done.
 *   <li>It gets its place's name.
 * </ol>
 *
 * <p>Under the log's maintenance monitor; each step is on disk before the next.
 */
final class SegmentSwap {

    private static final Logger log = LoggerFactory.getLogger(SegmentSwap.class);

    private final Disk disk;
    private final Path directory;
    private final LogJournal journal;
    private final List<Segment> old;
    private final Segment fresh;
    private final SegmentIdentity identity;

    /**
     * @param old neighbours, in order
     * @param fresh complete and forced to disk, {@link Segment#createAside aside}, retained by the caller
     */
    SegmentSwap(Disk disk, Path directory, LogJournal journal, List<Segment> old, Segment fresh) {
        this.disk = disk;
        this.directory = directory;
        this.journal = journal;
        this.old = old;
        this.fresh = fresh;
        this.identity = fresh.identity();
    }

    /**
     * The first half: if it fails, nothing has happened.
     *
     * @param endOffset where the last of the old ones ends
     */
    void announce(long endOffset) {
        journal.announce(identity);
        fresh.rename(LogFiles.swap(directory, new LogFiles.Swap(fresh.baseOffset(), endOffset)));
        disk.syncDirectory(directory);
    }

    /** The second half, once readers see the new segment. If it fails, it can be done again, and must be done first. */
    void finish() {
        old.forEach(Segment::delete);
        // The old indexes must never be met beside the new batches.
        disk.syncDirectory(directory);
        fresh.takePlace();
        disk.syncDirectory(directory);
        journal.placed(identity);
    }

    /**
     * Finishes what the last stop interrupted. Nobody has the log open.
     *
     * @param names of what is in the directory
     * @param sparseBelow how far compaction may have come
     * @param journal says what compaction was about to put there
     * @return whether there was anything to finish
     * @throws StorageException of kind {@link Kind#DAMAGED} if something is there that no compaction has left; what it
     *     would replace stays
     */
    static boolean finishAll(Disk disk, Path directory, List<String> names, long sparseBelow, LogJournal journal) {
        boolean any = false;
        for (String name : names) {
            Optional<LogFiles.Swap> swap = LogFiles.swap(name);
            if (swap.isPresent()) {
                Path file = LogFiles.swap(directory, swap.get());
                check(disk, file, swap.get(), sparseBelow);
                checkIdentity(disk, file, swap.get(), journal);
                finish(disk, directory, swap.get());
                journal.coming(swap.get().baseOffset()).ifPresent(journal::placed);
                any = true;
            }
        }
        return any;
    }

    /** It was on disk before it got its name: if it is not what was written, then something else has happened to it. */
    private static void check(Disk disk, Path path, LogFiles.Swap swap, long sparseBelow) {
        if (swap.baseOffset() >= swap.endOffset() || swap.endOffset() > sparseBelow) {
            throw new StorageException(
                    Kind.DAMAGED, path, "compaction has not come further than offset " + sparseBelow);
        }
        try (DiskFile file = disk.open(path, Access.READ)) {
            long size = file.size();
            BatchCursor cursor = new BatchCursor(file, FileWindow.large(file, size), 0, size);
            long expected = swap.baseOffset();
            while (cursor.next()) {
                boolean fits = cursor.baseOffset() >= expected && cursor.nextOffset() <= swap.endOffset();
                if (!fits || !cursor.intact()) {
                    throw cursor.damaged("the batch at offset " + cursor.baseOffset()
                            + (fits ? " fails its checksum" : " does not belong there"));
                }
                expected = cursor.nextOffset();
            }
        }
    }

    /** What compaction puts there it has noted before, unless nothing at all is noted any more. */
    private static void checkIdentity(Disk disk, Path path, LogFiles.Swap swap, LogJournal journal) {
        if (journal.isEmpty()) {
            return;
        }
        Optional<SegmentIdentity> coming = journal.coming(swap.baseOffset());
        try (DiskFile file = disk.open(path, Access.READ)) {
            int size = (int) Math.min(file.size(), Integer.MAX_VALUE);
            SegmentIdentity found = SegmentIdentity.complete(swap.baseOffset(), file, size, OffsetSum.UNKNOWN);
            if (coming.isEmpty()
                    || !coming.get().beginsLike(found)
                    || !coming.get().isWhole(found)) {
                throw new StorageException(
                        Kind.DAMAGED, path, "no compaction of this partition has left it so; if it is not, delete it");
            }
        }
    }

    private static void finish(Disk disk, Path directory, LogFiles.Swap swap) {
        for (String name : disk.list(directory)) {
            OptionalLong base = LogFiles.offset(name, LogFiles.LOG);
            if (base.isPresent() && base.getAsLong() >= swap.baseOffset() && base.getAsLong() < swap.endOffset()) {
                disk.delete(directory.resolve(name));
                SegmentIndex.delete(disk, directory, base.getAsLong(), "");
            }
        }
        SegmentIndex.delete(disk, directory, swap.baseOffset(), "");
        disk.syncDirectory(directory);
        disk.rename(LogFiles.swap(directory, swap), LogFiles.of(directory, swap.baseOffset(), LogFiles.LOG));
        disk.syncDirectory(directory);
        log.info("{}: compaction of offsets {} to {} is finished", directory, swap.baseOffset(), swap.endOffset());
    }
}
