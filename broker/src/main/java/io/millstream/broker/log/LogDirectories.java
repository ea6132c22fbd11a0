package io.millstream.broker.log;

import io.millstream.broker.log.StorageException.Kind;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All logs of a broker, in one or more data directories. Safe for use by several threads.
 */
public final class LogDirectories implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LogDirectories.class);

    private final List<LogDirectory> directories;
    private final InParallel threads;
    private final DirectoryRegister register;
    private final boolean mayLackRecords;
    private final Object placing = new Object(); // excludes two choices of a directory

    private LogDirectories(
            List<LogDirectory> directories, DirectoryRegister register, boolean complete, InParallel threads) {
        this.directories = List.copyOf(directories);
        this.register = register;
        this.mayLackRecords = !complete || directories.stream().anyMatch(LogDirectory::mayLack);
        this.threads = threads;
    }

    /**
     * Claims the directories (made where missing) and opens, or recovers, every log in them, several at a time. A
     * directory that cannot be used is offline, and so is one that has held logs and is empty now: its disk is not mounted.
     *
     * @param configs the settings of each topic found
     * @throws StorageException if no directory can be used, or one is in use by another broker
     */
    public static LogDirectories open(
            List<Path> directories, LogEnvironment environment, Function<TopicName, LogConfig> configs) {
        LogDirectories opened = recover(directories, environment, configs);
        opened.begin();
        return opened;
    }

    /**
     * As {@link #open}, but for the note that the directories are in use since this start of the machine. Until
     * {@link #begin}, whoever dies, or stops, leaves word that {@link #mayLackRecords} as this one found it.
     */
    public static LogDirectories recover(
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
            DirectoryRegister register = new DirectoryRegister(opened);
            boolean complete = register.check();
            openLogs(opened, environment, configs, threads);
            ensureOne(opened);
            refuseTwins(opened);
            all = new LogDirectories(opened, register, complete, threads);
            return all;
        } finally {
            if (all == null) {
                opened.forEach(directory -> directory.close(threads));
            }
        }
    }

    /** Notes that the directories are in use. */
    public void begin() {
        directories.forEach(LogDirectory::begin);
        register.settle();
    }

    /**
     * Whether the start found that records may be gone which this broker had before: it was not stopped cleanly and the
     * machine was started anew since, or a directory has failed, was replaced or was not there yet.
     */
    public boolean mayLackRecords() {
        return mayLackRecords;
    }

    /** The directories take turns, so that all their disks have something to do. */
    private static void openLogs(
            List<LogDirectory> directories,
            LogEnvironment environment,
            Function<TopicName, LogConfig> configs,
            InParallel threads) {
        Progress progress = new Progress(environment.clock(), log::info);
        List<Iterator<Runnable>> queues = directories.stream()
                .map(directory -> directory.toOpen(configs, progress).iterator())
                .toList();
        List<Runnable> all = new ArrayList<>();
        while (queues.stream().anyMatch(Iterator::hasNext)) {
            queues.stream().filter(Iterator::hasNext).forEach(queue -> all.add(queue.next()));
        }
        threads.forEach(all, Runnable::run);
    }

    private static void ensureOne(List<LogDirectory> opened) {
        for (LogDirectory directory : opened) {
            if (directory.failure().isEmpty()) {
                return;
            }
        }
        throw opened.get(0).failure().orElseThrow();
    }

    /** Of two logs that both claim to be a partition's, nobody but a person can tell which one to believe. */
    private static void refuseTwins(List<LogDirectory> opened) {
        Map<TopicPartition, Map<UUID, LogDirectory>> first = new HashMap<>();
        for (LogDirectory directory : opened) {
            for (PartitionLog each : List.copyOf(directory.logs())) {
                LogDirectory twin = first.computeIfAbsent(each.partition(), partition -> new HashMap<>())
                        .putIfAbsent(each.topicId(), directory);
                if (twin != null) {
                    StorageException why = new StorageException(
                            Kind.EXISTS,
                            each.directory(),
                            "the same partition is in " + twin.path() + " too; move one of them away");
                    directory.refuse(each.partition(), why);
                    twin.refuse(each.partition(), why);
                }
            }
        }
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

    /** The log of a partition of this very topic; empty if there is none here, or it could not be opened. */
    public Optional<PartitionLog> log(TopicPartition partition, UUID topicId) {
        return directories.stream()
                .flatMap(directory -> directory.log(partition).stream())
                .filter(log -> log.topicId().equals(topicId))
                .findFirst();
    }

    /** Why a log that is open cannot be used any more: its directory has failed; empty while it can. */
    public Optional<StorageException> failure(PartitionLog log) {
        return directories.stream()
                .filter(directory ->
                        directory.log(log.partition()).filter(its -> its == log).isPresent())
                .findFirst()
                .flatMap(LogDirectory::failure);
    }

    /**
     * Whether a directory is offline. Logs may be there that nobody knows of, so that a log which is found nowhere must not
     * be taken for one that does not exist.
     */
    public boolean anyOffline() {
        return directories.stream().anyMatch(directory -> directory.failure().isPresent());
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
     * Makes a partition's log, in the emptiest directory ({@link DirectoryChoice}). Blocks on the disk: for workers, of
     * which several may make different partitions' logs at once.
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
        return reserved().make(partition, topicId, config);
    }

    /** The directory for the next log, which it counts from now on. */
    private LogDirectory reserved() {
        synchronized (placing) {
            List<LogDirectory> healthy = new ArrayList<>();
            List<DirectoryChoice.Candidate> candidates = new ArrayList<>();
            for (LogDirectory directory : directories) {
                directory.candidate().ifPresent(candidate -> {
                    healthy.add(directory);
                    candidates.add(candidate);
                });
            }
            if (healthy.isEmpty()) {
                throw directories.get(0).failure().orElseThrow();
            }
            LogDirectory chosen = healthy.get(DirectoryChoice.emptiest(candidates));
            chosen.reserve();
            return chosen;
        }
    }

    /** Takes a log away, as {@link #delete(TopicPartition)} does, and no other of the same name. */
    public void delete(PartitionLog log) {
        for (LogDirectory directory : directories) {
            if (directory.log(log.partition()).filter(its -> its == log).isPresent()) {
                directory.delete(log.partition());
                return;
            }
        }
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

    /**
     * Takes a damaged log away, open or not, and keeps its files under another name, which no log has. On disk when this
     * returns; blocks: for workers.
     *
     * @return where the files are now; empty if there is no such log
     * @throws StorageException if it cannot be done
     */
    public Optional<Path> setAside(TopicPartition partition) {
        return directories.stream()
                .flatMap(directory -> directory.setAside(partition).stream())
                .findFirst();
    }

    /**
     * Opens a log that could not be opened so far for a reason that may pass by itself, such as a full disk. Blocks on the
     * disk: for workers.
     *
     * @return empty if there is no such log
     * @throws StorageException if it cannot be opened still
     */
    public Optional<PartitionLog> reopen(TopicPartition partition, LogConfig config) {
        return directories.stream()
                .flatMap(directory -> directory.reopen(partition, config).stream())
                .findFirst();
    }

    /** How much of a log was surely committed when {@link #saveHighWatermarks} was last called, by this process or before. */
    public OptionalLong highWatermark(PartitionLog log) {
        return directories.stream()
                .filter(directory ->
                        directory.log(log.partition()).filter(its -> its == log).isPresent())
                .findFirst()
                .map(directory ->
                        directory.attempt(disk -> directory.highWatermarks().find(log)))
                .flatMap(found -> found)
                .orElse(OptionalLong.empty());
    }

    /**
     * Keeps for the next start how much of each log is committed. A disk that fails takes its directory offline. One thread
     * at a time; blocks on the disk.
     *
     * @param marks every log for which something is known
     */
    public void saveHighWatermarks(Map<PartitionLog, Long> marks) {
        for (LogDirectory directory : directories) {
            if (directory.failure().isEmpty()) {
                Map<PartitionLog, Long> here = new HashMap<>();
                for (PartitionLog log : directory.logs()) {
                    Long mark = marks.get(log);
                    if (mark != null) {
                        here.put(log, mark);
                    } else {
                        directory.highWatermarks().find(log).ifPresent(known -> here.put(log, known));
                    }
                }
                save(directory, here);
            }
        }
    }

    private static void save(LogDirectory directory, Map<PartitionLog, Long> marks) {
        try {
            directory.highWatermarks().save(marks);
        } catch (StorageException e) {
            log.warn("{}: high watermarks are not saved: {}", directory.path(), e.getMessage());
        }
    }

    /** Forces everything to disk and closes; appends and reads fail from now on. */
    @Override
    public void close() {
        directories.forEach(directory -> directory.close(threads));
    }
}
