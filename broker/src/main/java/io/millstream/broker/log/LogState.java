package io.millstream.broker.log;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a log's batches do not tell.
 *
 * @param logStartOffset what is below does not count, whatever the files still hold
 * @param recoveryPoint what is below is safely on disk, so that damage there is damage and no torn tail
 */
record LogState(long logStartOffset, long recoveryPoint) {

    static final Checkpoint FILE = new Checkpoint("log-state", 1);

    /** Empty if it is missing or damaged. */
    static Optional<LogState> load(Disk disk, Path directory) {
        return FILE.read(disk, directory.resolve(LogFiles.STATE)).flatMap(LogState::parse);
    }

    private static Optional<LogState> parse(List<String> lines) {
        try {
            LogState state = new LogState(Long.parseLong(lines.get(0)), Long.parseLong(lines.get(1)));
            return state.logStartOffset < 0 || state.recoveryPoint < 0 ? Optional.empty() : Optional.of(state);
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    /** On disk when this returns. */
    void save(Disk disk, Path directory) {
        FILE.write(
                disk,
                directory.resolve(LogFiles.STATE),
                List.of(Long.toString(logStartOffset), Long.toString(recoveryPoint)));
    }
}
