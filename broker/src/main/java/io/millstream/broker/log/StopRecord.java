package io.millstream.broker.log;

import io.millstream.core.TopicPartition;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the next start how this one ended. A clean stop leaves where each log ended, last of all, after everything is on
 * disk; the next start takes the record away before anything is appended, so that a stale one is never met. Should one
 * come back all the same, it is believed only of logs that look as it says.
 */
final class StopRecord {

    private static final Logger log = LoggerFactory.getLogger(StopRecord.class);

    static final Checkpoint CLEAN = new Checkpoint("clean-shutdown", 1);
    static final Checkpoint RUNNING = new Checkpoint("running", 1);

    /** What {@link #RUNNING} is called once the disk has failed. */
    private static final String FAILED = "failed";

    private static final String NO_BOOT_ID = "unknown";

    private final Disk disk;
    private final Path directory;

    StopRecord(Disk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
    }

    /**
     * What the previous use left.
     *
     * @param logs where each log ended; those that are missing were not closed cleanly
     * @param doubtful whether the disk failed and the machine runs since: what is read may be in memory only
     */
    record Stop(PreviousStop previous, Map<TopicPartition, ClosedLog> logs, boolean doubtful) {}

    /** Whether a broker has used the directory before. */
    boolean used() {
        return disk.exists(directory.resolve(RUNNING.kind())) || disk.exists(directory.resolve(FAILED));
    }

    /**
     * Reads the record and takes it away, on disk when this returns.
     *
     * @param found the logs that are in the directory. One that the record does not name was not flushed: whether it is all
     *     there is then a question of whether the machine runs since
     */
    Stop take(Collection<TopicPartition> found) {
        Path clean = directory.resolve(CLEAN.kind());
        Path running = directory.resolve(RUNNING.kind());
        Path failed = directory.resolve(FAILED);
        boolean used = used();
        boolean hasFailed = disk.exists(failed);
        Optional<List<String>> bootId = RUNNING.read(disk, hasFailed ? failed : running);
        Optional<Map<TopicPartition, ClosedLog>> logs = CLEAN.read(disk, clean).flatMap(StopRecord::parse);
        disk.delete(clean);
        disk.syncDirectory(directory);
        boolean complete = logs.isPresent() && logs.get().keySet().containsAll(found);
        if (complete || !used) {
            return new Stop(PreviousStop.CLEAN, logs.orElse(Map.of()), false);
        }
        PreviousStop crash = crash(bootId.filter(lines -> lines.size() == 1).map(lines -> lines.get(0)));
        boolean doubtful = hasFailed && crash != PreviousStop.REBOOT;
        return new Stop(doubtful ? PreviousStop.UNKNOWN : crash, logs.orElse(Map.of()), doubtful);
    }

    /**
     * Notes, on disk when this returns, that the directory is in use since this start of the machine. Only once all logs are
     * open: whoever dies before must not make a restart of the machine, which cost records, look like the death of a process.
     */
    void begin() {
        RUNNING.write(disk, directory.resolve(RUNNING.kind()), List.of(bootId()));
        disk.delete(directory.resolve(FAILED));
        disk.syncDirectory(directory);
    }

    /**
     * Notes that the disk has failed, for the next process: should the machine be started anew before, this need not be on
     * disk. Takes no room, which there may be none of.
     *
     * @param any reaches the directory although it is offline
     */
    void fail(Disk any) {
        try {
            any.rename(directory.resolve(RUNNING.kind()), directory.resolve(FAILED));
        } catch (StorageException e) {
            log.error("{}: the next start will not know that the disk has failed: {}", directory, e.getMessage());
        }
    }

    private PreviousStop crash(Optional<String> bootId) {
        if (bootId.isEmpty() || bootId.get().equals(NO_BOOT_ID) || bootId().equals(NO_BOOT_ID)) {
            return PreviousStop.UNKNOWN;
        }
        return bootId.get().equals(bootId()) ? PreviousStop.CRASH : PreviousStop.REBOOT;
    }

    private String bootId() {
        return disk.bootId().orElse(NO_BOOT_ID);
    }

    private static Optional<Map<TopicPartition, ClosedLog>> parse(List<String> lines) {
        Map<TopicPartition, ClosedLog> logs = new HashMap<>();
        for (String line : lines) {
            String[] words = line.split(" ", -1);
            try {
                logs.put(
                        new TopicPartition(words[0], Integer.parseInt(words[1])),
                        new ClosedLog(Long.parseLong(words[2]), Long.parseLong(words[3]), Integer.parseInt(words[4])));
            } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
                return Optional.empty();
            }
        }
        return Optional.of(logs);
    }

    /** Leaves word of a clean stop. Everything else is on disk. */
    void leave(Map<TopicPartition, ClosedLog> logs) {
        List<String> lines = new ArrayList<>();
        logs.forEach((partition, end) -> lines.add(partition.topic() + " " + partition.partition() + " "
                + end.endOffset() + " " + end.lastBaseOffset() + " " + end.lastBytes()));
        lines.sort(null);
        CLEAN.write(disk, directory.resolve(CLEAN.kind()), lines);
    }
}
