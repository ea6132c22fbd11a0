package io.millstream.broker.log;

import io.millstream.broker.log.StorageException.Kind;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/**
 * All logs of a broker, in one or more data directories. Safe for use by several threads.
 */
public final class LogDirectories implements AutoCloseable {

    private final List<LogDirectory> directories;
    private final InParallel threads;

    private LogDirectories(List<LogDirectory> directories, InParallel threads) {
        this.directories = List.copyOf(directories);
        this.threads = threads;
    }

    /**
     * Claims the directories (made where missing) and opens, or recovers, every log in them, several at a time.
     *
     * @param configs the settings of each topic found
     * @throws StorageException if no directory can be used, or one is in use by another broker
     */
    public static LogDirectories open(
            List<Path> directories, LogEnvironment environment, Function<TopicName, LogConfig> configs) {
        InParallel threads =
                new InParallel(environment.loops(), Runtime.getRuntime().availableProcessors());
        List<LogDirectory> opened = new ArrayList<>();
        LogDirectories all = null;
        try {
            for (Path path : directories) {
                LogDirectory directory = new LogDirectory(path, environment);
                opened.add(directory);
                directory.claim();
            }
            opened.forEach(directory -> directory.openLogs(configs, threads));
            ensureOne(opened);
            all = new LogDirectories(opened, threads);
            return all;
        } finally {
            if (all == null) {
                opened.forEach(directory -> directory.close(threads));
            }
        }
    }

    private static void ensureOne(List<LogDirectory> opened) {
        for (LogDirectory directory : opened) {
            if (directory.failure().isEmpty()) {
                return;
            }
        }
        throw opened.get(0).failure().orElseThrow();
    }

    /** The directories, offline ones included. */
    public List<LogDirectory> directories() {
        return directories;
    }

    /** Every log that is open, those on directories that went offline since included. */
    public Collection<PartitionLog> logs() {
        return directories.stream()
                .flatMap(directory -> directory.logs().stream())
                .toList();
    }

    /** The log of a partition; empty if there is none here, or it could not be opened. */
    public Optional<PartitionLog> log(TopicPartition partition) {
        for (LogDirectory directory : directories) {
            Optional<PartitionLog> found = directory.log(partition);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** Partitions that are here but could not be opened, and why. */
    public Map<TopicPartition, StorageException> failures() {
        Map<TopicPartition, StorageException> failures = new HashMap<>();
        directories.forEach(directory -> failures.putAll(directory.failures()));
        return failures;
    }

    /**
     * The topic that a log belongs to which could not be opened; empty if that cannot be told. Reads a small file.
     */
    public Optional<UUID> topicOfFailed(TopicPartition partition) {
        return directories.stream()
                .flatMap(directory -> directory.topicOfFailed(partition).stream())
                .findFirst();
    }

    /**
     * Makes a partition's log, in the directory with the fewest. Blocks on the disk: for workers, of which several may make
     * different partitions' logs at once.
     *
     * @throws StorageException if it exists (kind {@code EXISTS}) or cannot be made
     */
    public PartitionLog create(TopicPartition partition, UUID topicId, LogConfig config) {
        StorageException failed = failures().get(partition);
        if (failed != null) {
            throw failed;
        }
        Optional<PartitionLog> there = log(partition);
        if (there.isPresent()) {
            throw new StorageException(Kind.EXISTS, there.get().directory(), "it exists");
        }
        return directories.stream()
                .filter(directory -> directory.failure().isEmpty())
                .min(Comparator.comparingInt(directory -> directory.logs().size()))
                .orElseThrow(() -> directories.get(0).failure().orElseThrow())
                .create(partition, topicId, config);
    }

    /**
     * Takes a partition's log away, also one that could not be opened: gone from here when this returns, its files soon
     * after, once no reader uses them. Nothing happens if there is none. Blocks on the disk: for workers.
     */
    public void delete(TopicPartition partition) {
        for (LogDirectory directory : directories) {
            if (directory.delete(partition)) {
                return;
            }
        }
    }

    /** Forces everything to disk and closes; appends and reads fail from now on. */
    @Override
    public void close() {
        directories.forEach(directory -> directory.close(threads));
    }
}
