package io.millstream.broker.log;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a log's batches do not tell.
 *
 * @param logStartOffset what is below does not count, whatever the files still hold
 * @param recoveryPoint what is below is safely on disk, so that damage there is damage and no torn tail
 * @param sparseBelow offsets below may be missing: compaction has been there. Never above the recovery point, except in the
 *     middle of a truncation
 * @param sparseInside whether offsets may be missing between the batches of one segment, wherever it is: they came from a
 *     leader's log where compaction has been. From segment to segment none is missing for that reason
 */
record LogState(long logStartOffset, long recoveryPoint, long sparseBelow, boolean sparseInside) {

    static final Checkpoint FILE = new Checkpoint("log-state", 3);

    private static final String INSIDE = "sparse-inside";

    /** Of a log that has never been compacted. */
    LogState(long logStartOffset, long recoveryPoint) {
        this(logStartOffset, recoveryPoint, 0);
    }

    /** Of a log that no leader with gaps was followed in. */
    LogState(long logStartOffset, long recoveryPoint, long sparseBelow) {
        this(logStartOffset, recoveryPoint, sparseBelow, false);
    }

    /** The same with another start and recovery point. */
    LogState at(long otherStart, long otherRecoveryPoint) {
        return new LogState(otherStart, otherRecoveryPoint, sparseBelow, sparseInside);
    }

    /** The same where no offset from {@code end} on is missing, unless inside a segment. */
    LogState sparseBelow(long end) {
        return new LogState(logStartOffset, recoveryPoint, end, sparseInside);
    }

    /** Below which offset any may be missing between the batches of one segment. */
    long gapsInsideBelow() {
        return sparseInside ? Long.MAX_VALUE : sparseBelow;
    }

    /** Empty if it is missing, damaged, or another log's. */
    static Optional<LogState> load(Disk disk, Path directory, PartitionMetadata owner) {
        return FILE.read(disk, directory.resolve(LogFiles.STATE), owner).flatMap(LogState::parse);
    }

    /** What {@link #words} has made. */
    static Optional<LogState> parse(List<String> lines) {
        try {
            long sparseBelow = lines.size() < 3 ? 0 : Long.parseLong(lines.get(2)); // version 1 had two lines
            boolean inside = lines.size() > 3 && lines.get(3).equals(INSIDE); // since version 3
            LogState state =
                    new LogState(Long.parseLong(lines.get(0)), Long.parseLong(lines.get(1)), sparseBelow, inside);
            return state.logStartOffset < 0 || state.recoveryPoint < 0 || sparseBelow < 0
                    ? Optional.empty()
                    : Optional.of(state);
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    /** On disk when this returns. */
    void save(Disk disk, Path directory, PartitionMetadata owner) {
        FILE.write(disk, directory.resolve(LogFiles.STATE), owner, words());
    }

    /** In a directory that nobody knows yet; its name is not on disk when this returns. */
    void make(Disk disk, Path directory, PartitionMetadata owner) {
        FILE.writeNew(disk, directory.resolve(LogFiles.STATE), owner, words());
    }

    List<String> words() {
        return List.of(
                Long.toString(logStartOffset),
                Long.toString(recoveryPoint),
                Long.toString(sparseBelow),
                sparseInside ? INSIDE : "dense-inside");
    }
}
