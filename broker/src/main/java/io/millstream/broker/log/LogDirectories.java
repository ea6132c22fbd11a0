package io.millstream.broker.log;

import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/**
 * All logs of a broker, in one or more data directories. Safe for use by several threads.
 */
public final class LogDirectories implements AutoCloseable {

    private static final String UNFINISHED = "not built yet";

    private LogDirectories() {}

    /**
     * Claims the directories (made where missing) and opens, or recovers, every log in them, several at a time.
     *
     * @param configs the settings of each topic found
     * @throws StorageException if no directory can be used, or one is in use by another broker
     */
    public static LogDirectories open(
            List<Path> directories, LogEnvironment environment, Function<TopicName, LogConfig> configs) {
        return unfinished();
    }

    /** The directories, offline ones included. */
    public List<LogDirectory> directories() {
        return unfinished();
    }

    /** Every log that is open. */
    public Collection<PartitionLog> logs() {
        return unfinished();
    }

    /** The log of a partition; empty if there is none here, or it could not be opened. */
    public Optional<PartitionLog> log(TopicPartition partition) {
        return unfinished();
    }

    /** Partitions that are here but could not be opened, and why: damaged, or on a directory that is offline. */
    public Map<TopicPartition, StorageException> failures() {
        return unfinished();
    }

    /**
     * Makes a partition's log, in the directory with the fewest. Blocks on the disk: for workers.
     *
     * @throws StorageException if it exists (kind {@code EXISTS}) or cannot be made
     */
    public PartitionLog create(TopicPartition partition, UUID topicId, LogConfig config) {
        return unfinished();
    }

    /**
     * Takes a partition's log away: gone from here when this returns, its files soon after, once no reader uses them.
     * Nothing happens if there is none. Blocks on the disk: for workers.
     */
    public void delete(TopicPartition partition) {
        unfinished();
    }

    /** Forces everything to disk and closes; appends and reads fail from now on. */
    @Override
    public void close() {
        unfinished();
    }

    @SuppressWarnings("TypeParameterUnusedInFormals") // until the bodies are here
    private static <T> T unfinished() {
        throw new IllegalStateException(UNFINISHED);
    }
}
