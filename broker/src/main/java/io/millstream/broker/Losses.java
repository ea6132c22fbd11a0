package io.millstream.broker;

import io.millstream.broker.log.Disk;
import io.millstream.core.TopicPartition;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/** What this broker knows to have lost, in memory and in its data directories. Safe for use by several threads. */
final class Losses {

    private final Disk disk;
    private final Supplier<List<Path>> directories;
    private LossRecord current; // guarded by this

    private Losses(Disk disk, Supplier<List<Path>> directories, LossRecord current) {
        this.disk = disk;
        this.directories = directories;
        this.current = current;
    }

    /** @param directories those that work now */
    static Losses read(Disk disk, Supplier<List<Path>> directories) {
        return new Losses(disk, directories, LossRecord.read(disk, directories.get()));
    }

    synchronized LossRecord current() {
        return current;
    }

    /**
     * Records of all partitions may be missing under this registration.
     *
     * @return whether that is on disk
     */
    synchronized boolean all(long registration) {
        current = current.ofAll(registration);
        return current.writeTo(disk, directories.get()) > 0;
    }

    /**
     * A replica is about to be begun anew.
     *
     * @return whether that is on disk; if not, it must not be done
     */
    synchronized boolean replica(TopicPartition partition, long incarnation) {
        LossRecord next = current.of(partition, incarnation);
        if (next.writeTo(disk, directories.get()) == 0) {
            return false;
        }
        current = next;
        return true;
    }
}
