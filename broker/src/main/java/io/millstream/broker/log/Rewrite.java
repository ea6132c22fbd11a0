package io.millstream.broker.log;

import io.millstream.broker.log.Disk.Access;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes anew what of a log may be in memory only. After a failed fsync the system takes what it could not write for
 * written: it can be read, also by the next process, but no later fsync puts it on disk, and the next loss of power takes
 * it away. A copy is written as anything else is.
 */
final class Rewrite {

    private static final int CHUNK_BYTES = 1 << 20;

    private Rewrite() {}

    /** Replaces the segments that reach beyond the log's recovery point. On disk when this returns; nobody uses the log. */
    static void beyondRecoveryPoint(Disk disk, Path directory, PartitionMetadata owner) {
        long safe = LogState.load(disk, directory, owner)
                .map(LogState::recoveryPoint)
                .orElse(0L);
        List<Long> bases = new ArrayList<>();
        disk.list(directory).forEach(name -> LogFiles.offset(name, LogFiles.LOG).ifPresent(bases::add));
        for (int i = 0; i < bases.size(); i++) {
            boolean below = i + 1 < bases.size() && bases.get(i + 1) <= safe;
            if (!below) {
                replace(disk, LogFiles.of(directory, bases.get(i), LogFiles.LOG));
            }
        }
        for (String journal : List.of(LogFiles.JOURNAL, LogFiles.JOURNAL_COPY)) {
            if (disk.exists(directory.resolve(journal))) {
                replace(disk, directory.resolve(journal));
            }
        }
        disk.syncDirectory(directory);
    }

    private static void replace(Disk disk, Path file) {
        Path aside = LogFiles.append(file, LogFiles.TEMPORARY);
        disk.delete(aside);
        try (DiskFile in = disk.open(file, Access.READ);
                DiskFile out = disk.open(aside, Access.CREATE)) {
            ByteBuffer chunk = ByteBuffer.allocate((int) Math.max(1, Math.min(in.size(), CHUNK_BYTES)));
            long position = 0;
            for (int read = in.read(chunk, position); read > 0; read = in.read(chunk.clear(), position)) {
                out.write(Unpooled.wrappedBuffer(chunk.flip()), position);
                position += read;
            }
            out.force();
        }
        disk.rename(aside, file);
    }
}
