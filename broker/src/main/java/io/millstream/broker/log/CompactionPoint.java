package io.millstream.broker.log;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How far compaction has come. A hint: without it, it starts over.
 *
 * @param firstDirtyOffset below, each key's older records are gone
 * @param nextHorizonMillis when the first of the tombstones below may go; {@link #NO_HORIZON} if there is none
 */
record CompactionPoint(long firstDirtyOffset, long nextHorizonMillis) {

    /** No tombstone waits. */
    static final long NO_HORIZON = Long.MAX_VALUE;

    /** Nothing has been compacted. */
    static final CompactionPoint NONE = new CompactionPoint(0, NO_HORIZON);

    static final Checkpoint FILE = new Checkpoint("compaction", 2);

    /** {@link #NONE} if it is missing, damaged, or another log's. */
    static CompactionPoint load(Disk disk, Path directory, PartitionMetadata owner) {
        return FILE.read(disk, directory.resolve(LogFiles.COMPACTION), owner)
                .flatMap(CompactionPoint::parse)
                .orElse(NONE);
    }

    private static Optional<CompactionPoint> parse(List<String> lines) {
        try {
            CompactionPoint point = new CompactionPoint(Long.parseLong(lines.get(0)), Long.parseLong(lines.get(1)));
            return point.firstDirtyOffset < 0 ? Optional.empty() : Optional.of(point);
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    /** On disk when this returns. */
    void save(Disk disk, Path directory, PartitionMetadata owner) {
        FILE.write(
                disk,
                directory.resolve(LogFiles.COMPACTION),
                owner,
                List.of(Long.toString(firstDirtyOffset), Long.toString(nextHorizonMillis)));
    }
}
