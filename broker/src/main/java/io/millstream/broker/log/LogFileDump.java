package io.millstream.broker.log;

import io.millstream.broker.log.Disk.Access;
import io.millstream.broker.log.StorageException.Kind;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * Says what the files of a log hold, whole or damaged. Only reads, so that it may look at the files of a running broker;
 * the end of what is being written can look torn then.
 */
public final class LogFileDump {

    /** How much is told of a segment. */
    public enum Detail {
        /** Its batches. */
        BATCHES,
        /** Its batches and their records, decompressed within bounds. */
        RECORDS
    }

    private final Disk disk = Disk.system();
    private final Detail detail;
    private final Consumer<DumpEntry> sink;

    /** @param sink told of each entry as it is met */
    public LogFileDump(Detail detail, Consumer<DumpEntry> sink) {
        this.detail = detail;
        this.sink = sink;
    }

    /**
     * Tells of a file, or of all files of a partition's directory that are the broker's. Damage is an entry as well.
     *
     * @throws StorageException if the file does not exist, cannot be read, is of a later version, or is none of a log's
     */
    public void dump(Path path) {
        if (!disk.isDirectory(path)) {
            if (!disk.exists(path)) {
                throw new StorageException(Kind.NOT_FOUND, path, "it does not exist");
            }
            file(path);
            return;
        }
        List<Path> files = disk.list(path).stream()
                .map(path::resolve)
                .filter(file -> isKnown(file.getFileName().toString()) && !disk.isDirectory(file))
                .toList();
        if (files.isEmpty()) {
            throw new StorageException(Kind.UNKNOWN_FORMAT, path, "no file of a log is in the directory");
        }
        for (Path file : files) {
            sink.accept(DumpEntry.of("file", "path", file.toString(), "size", disk.size(file)));
            file(file);
        }
    }

    private static boolean isKnown(String name) {
        return CheckpointDump.find(name).isPresent()
                || JournalDump.NAMES.contains(name)
                || List.of(LogFiles.LOG, LogFiles.OFFSET_INDEX, LogFiles.TIME_INDEX, LogFiles.SNAPSHOT).stream()
                        .anyMatch(suffix -> LogFiles.offset(name, suffix).isPresent());
    }

    private void file(Path path) {
        String name = path.getFileName().toString();
        if (CheckpointDump.find(name).isPresent()) {
            CheckpointDump.find(name).get().dump(disk, path, sink);
            return;
        }
        if (JournalDump.NAMES.contains(name)) {
            JournalDump.run(disk, path, sink);
            return;
        }
        if (!isKnown(name)) {
            throw new StorageException(
                    Kind.UNKNOWN_FORMAT,
                    path,
                    "none of a log's files: those are <20 digits>.log, .index, .timeindex and .snapshot, "
                            + String.join(", ", CheckpointDump.names()) + ", "
                            + String.join(", ", JournalDump.NAMES));
        }
        long offset = Long.parseLong(name.substring(0, name.indexOf('.')));
        try (DiskFile file = disk.open(path, Access.READ)) {
            switch (name.substring(name.indexOf('.'))) {
                case LogFiles.LOG -> new SegmentDump(file, offset, detail, sink).run();
                case LogFiles.OFFSET_INDEX -> new IndexDump(file, offset, sink).offsets();
                case LogFiles.TIME_INDEX -> new IndexDump(file, offset, sink).times();
                default -> SnapshotDump.run(file, offset, sink);
            }
        }
    }
}
