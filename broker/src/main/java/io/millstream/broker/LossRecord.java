package io.millstream.broker;

import io.millstream.broker.log.Disk;
import io.millstream.broker.log.DiskFile;
import io.millstream.broker.log.StorageException;
import io.millstream.coordination.Document;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code loss.json} in each data directory: under which registration this broker last may have lacked records that it had
 * before. Each later registration carries it, so that nobody counts on those records.
 *
 * @param voidBefore {@link io.millstream.coordination.Versioned#createdZxid} of that registration; 0 if there was none
 */
record LossRecord(long voidBefore) {

    private static final Logger log = LoggerFactory.getLogger(LossRecord.class);
    private static final String FILE = "loss.json";
    private static final int MAX_BYTES = 64 * 1024;

    /** The latest that is written in {@code directories}. */
    static LossRecord read(Disk disk, List<Path> directories) {
        long latest = 0;
        for (Path directory : directories) {
            Path path = directory.resolve(FILE);
            if (disk.exists(path)) {
                latest = Math.max(latest, read(disk, path).voidBefore);
            }
        }
        return new LossRecord(latest);
    }

    private static LossRecord read(Disk disk, Path path) {
        try (DiskFile file = disk.open(path, Disk.Access.READ)) {
            ByteBuffer content = ByteBuffer.allocate((int) Math.min(file.size(), MAX_BYTES));
            file.read(content, 0);
            return Document.read(content.array(), LossRecord.class, path.toString());
        }
    }

    /** Writes this into each of {@code directories} that works. On disk when this returns. */
    void writeTo(Disk disk, List<Path> directories) {
        for (Path directory : directories) {
            try {
                write(disk, directory);
            } catch (StorageException e) { // another directory has it; without this one, records are missing anyway
                log.error("{} does not say that records may be missing: {}", directory, e.getMessage());
            }
        }
    }

    private void write(Disk disk, Path directory) {
        Path fresh = directory.resolve(FILE + ".new");
        disk.delete(fresh);
        try (DiskFile file = disk.open(fresh, Disk.Access.CREATE)) {
            file.write(Unpooled.wrappedBuffer(Document.write(this)), 0);
            file.force();
        }
        disk.rename(fresh, directory.resolve(FILE));
        disk.syncDirectory(directory);
    }
}
