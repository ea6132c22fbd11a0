package io.millstream.broker.log;

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

    SegmentSwap(Disk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
    }

    /**
     * Swaps.
     *
     * @param old neighbours, in order
     * @param fresh complete and forced to disk, {@link Segment#createAside aside}, retained by the caller
     * @param swap what is replaced
     * @param suffix no other files' names end with it; ends with {@link LogFiles#DELETED}
     * @param publish lets readers see the new one
     */
    void swap(List<Segment> old, Segment fresh, LogFiles.Swap swap, String suffix, Runnable publish) {
        fresh.rename(LogFiles.swap(directory, swap));
        disk.syncDirectory(directory);
        publish.run();
        old.forEach(each -> each.makeWay(suffix));
        // The old indexes must never be met beside the new batches.
        disk.syncDirectory(directory);
        fresh.takePlace();
        disk.syncDirectory(directory);
    }

    /**
     * Finishes what the last stop interrupted. Nobody has the log open.
     *
     * @param names of what is in the directory
     * @return whether there was anything to finish
     */
    static boolean finishAll(Disk disk, Path directory, List<String> names) {
        boolean any = false;
        for (String name : names) {
            Optional<LogFiles.Swap> swap = LogFiles.swap(name);
            if (swap.isPresent()) {
                finish(disk, directory, swap.get());
                any = true;
            }
        }
        return any;
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
