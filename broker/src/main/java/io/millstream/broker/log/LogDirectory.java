package io.millstream.broker.log;

import io.millstream.broker.log.Disk.Access;
import io.millstream.broker.log.StorageException.Kind;
import io.millstream.core.Loop;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One data directory: claimed by one broker, healthy or offline, with the logs in it. Safe for use by several threads. */
public final class LogDirectory {

    private static final Logger log = LoggerFactory.getLogger(LogDirectory.class);

    private static final String LOCK = ".lock";

    private final Path path;
    private final LogEnvironment environment;
    private final DirectoryHealth health;
    private final Disk disk;
    private final Loop worker;
    private final LogContext context;
    private final StopRecord stops;
    private final HighWatermarks highWatermarks;
    private final Map<TopicPartition, PartitionLog> logs = new ConcurrentHashMap<>();
    private final Map<TopicPartition, StorageException> failures = new ConcurrentSkipListMap<>();

    private final AtomicInteger beingMade = new AtomicInteger();

    private Disk.Lock claim;
    private boolean fresh;
    private volatile boolean begun;
    private PreviousStop previousStop = PreviousStop.UNKNOWN;
    private volatile StopRecord.Stop stopped; // null until it is known

    LogDirectory(Path path, LogEnvironment environment) {
        this.path = path;
        this.environment = environment;
        this.health = new DirectoryHealth(path);
        this.disk = new GuardedDisk(environment.disk(), health);
        this.worker = environment.loops().apply("log-worker " + path.getFileName());
        Flusher flusher = new Flusher(environment.loops().apply("log-flusher " + path.getFileName()));
        this.context = new LogContext(disk, environment.clock(), worker, flusher);
        this.stops = new StopRecord(disk, path);
        this.highWatermarks = new HighWatermarks(disk, path);
        health.onFailure(cause -> stops.fail(environment.disk()));
    }

    public Path path() {
        return path;
    }

    HighWatermarks highWatermarks() {
        return highWatermarks;
    }

    /** Why the directory is offline; empty while it is healthy. */
    public Optional<StorageException> failure() {
        return health.failure();
    }

    /** Calls {@code listener} once, when the directory goes offline, on the thread that met the failure. */
    public void onFailure(Consumer<StorageException> listener) {
        health.onFailure(listener);
    }

    /**
     * Whether records may be missing that the broker had before: the machine was started anew without a clean stop, the disk
     * failed, or nothing was here yet.
     */
    boolean mayLack() {
        return fresh
                || health.failure().isPresent()
                || previousStop == PreviousStop.REBOOT
                || previousStop == PreviousStop.UNKNOWN;
    }

    /** How the broker that used the directory before has stopped. */
    public PreviousStop previousStop() {
        return previousStop;
    }

    /**
     * Claims the directory. One that cannot be used, because it is not mounted or can only be read, goes offline, which is
     * no exception.
     *
     * @throws StorageException of kind {@link Kind#LOCKED} if another broker uses it
     */
    void claim() {
        try {
            make(path.toAbsolutePath());
            claim = disk.lock(path.resolve(LOCK));
            fresh = !stops.used();
            if (fresh) {
                syncName(path.toAbsolutePath());
            }
        } catch (StorageException e) {
            if (e.kind() == Kind.LOCKED) {
                throw e;
            }
            health.fail(e);
        }
    }

    /** Makes a directory and those above it, each with its name on disk: one that is lost takes every log with it. */
    private void make(Path directory) {
        if (!disk.isDirectory(directory) && directory.getParent() != null) {
            make(directory.getParent());
            disk.createDirectories(directory);
            syncName(directory);
        }
    }

    private void syncName(Path directory) {
        if (directory.getParent() != null) {
            disk.syncDirectory(directory.getParent());
        }
    }

    /** Reads something of the directory; a failure takes it offline, which is no exception. */
    <T> Optional<T> attempt(Function<Disk, T> reading) {
        try {
            return Optional.of(reading.apply(disk));
        } catch (StorageException e) {
            health.fail(e);
            return Optional.empty();
        }
    }

    /** Takes the directory offline. */
    void fail(StorageException cause) {
        health.fail(cause);
    }

    /**
     * What is to be done to open, or recover, the logs in the directory: a task for each, on any thread. A failing disk takes
     * the directory offline, which is no exception.
     */
    List<Runnable> toOpen(Function<TopicName, LogConfig> configs, Progress progress) {
        if (health.failure().isPresent()) {
            return List.of();
        }
        try {
            List<TopicPartition> found = found();
            StopRecord.Stop stop = stops.take(found);
            stopped = stop;
            previousStop = stop.previous();
            progress.expect(path, found.size());
            return found.stream()
                    .<Runnable>map(partition -> () -> {
                        openLog(partition, configs, stop);
                        if (progress.one(path)) {
                            opened(progress);
                        }
                    })
                    .toList();
        } catch (StorageException e) {
            health.fail(e);
            return List.of();
        }
    }

    private void opened(Progress progress) {
        log.info(
                "{}: {} logs opened in {} ms after stop {}, {} failed",
                path,
                logs.size(),
                progress.millis(),
                previousStop,
                failures.size());
    }

    /** Notes that the directory is in use, once {@link #toOpen} has been done for all of the broker's. */
    void begin() {
        if (health.failure().isEmpty()) {
            boolean used = false;
            try {
                used = stops.used();
                stops.begin();
                begun = true;
            } catch (StorageException e) {
                if (e.kind().mayPass() && used) {
                    // What is noted is older: a crash will look worse than it was, which is safe.
                    log.warn("{} does not say that it is in use: {}", path, e.getMessage());
                    begun = true;
                } else {
                    health.fail(e);
                }
            }
        }
    }

    private List<TopicPartition> found() {
        List<TopicPartition> found = new ArrayList<>();
        for (String name : disk.list(path)) {
            Path child = path.resolve(name);
            if (!disk.isDirectory(child)) {
                continue;
            }
            if (DirectoryNames.isAside(name)) {
                context.later(() -> deleteAll(child));
            } else if (DirectoryNames.isDamaged(name)) {
                log.info("{} is a damaged log that was set aside: delete it when nobody needs it any more", child);
            } else {
                DirectoryNames.partition(name)
                        .ifPresentOrElse(found::add, () -> log.warn("{} is no partition: ignored", child));
            }
        }
        return found;
    }

    private void openLog(TopicPartition partition, Function<TopicName, LogConfig> configs, StopRecord.Stop stop) {
        try {
            logs.put(partition, recover(partition, configs.apply(partition.topic()), stop));
        } catch (StorageException e) {
            log.error("Log {} cannot be opened: {}", partition, e.getMessage());
            failures.put(partition, e);
        }
    }

    private PartitionLog recover(TopicPartition partition, LogConfig config, StopRecord.Stop stop) {
        Path directory = path.resolve(partition.toString());
        PartitionMetadata metadata = PartitionMetadata.load(disk, directory, partition);
        if (stop.doubtful()) {
            Rewrite.beyondRecoveryPoint(disk, directory, metadata);
        }
        Optional<ClosedLog> left = Optional.ofNullable(stop.logs().get(partition));
        if (left.isEmpty()) {
            // What the last process did to names can be seen, but need not be on disk: nothing may be built on it yet.
            disk.syncDirectory(directory);
        }
        Recovered recovered = new Recovery(context, directory).open(metadata, left);
        return new PartitionLog(context, recovered, config);
    }

    /**
     * Opens a log that could not be opened so far for want of room or of a descriptor, as the start would have done.
     *
     * @return empty if there is no such log here
     * @throws StorageException if it cannot be opened still
     */
    Optional<PartitionLog> reopen(TopicPartition partition, LogConfig config) {
        StorageException before = failures.get(partition);
        if (before == null || !before.kind().mayPass()) {
            return Optional.empty();
        }
        try {
            PartitionLog opened = recover(partition, config, stopped);
            logs.put(partition, opened);
            failures.remove(partition);
            return Optional.of(opened);
        } catch (StorageException e) {
            failures.put(partition, e);
            throw e;
        }
    }

    /** Every log that is open. */
    public Collection<PartitionLog> logs() {
        return logs.values();
    }

    Optional<PartitionLog> log(TopicPartition partition) {
        return Optional.ofNullable(logs.get(partition));
    }

    /** Partitions that are here but could not be opened, and why. */
    public Map<TopicPartition, StorageException> failures() {
        return Map.copyOf(failures);
    }

    /** The topic of a log that could not be opened; empty if that cannot be told, or there is no such log. Reads a file. */
    Optional<UUID> topicOfFailed(TopicPartition partition) {
        if (!failures.containsKey(partition)) {
            return Optional.empty();
        }
        try {
            return Optional.of(PartitionMetadata.load(disk, path.resolve(partition.toString()), partition)
                    .topicId());
        } catch (StorageException e) {
            log.debug("Whose {} is cannot be told", partition, e);
            return Optional.empty();
        }
    }

    /** Leaves a log that is open closed, as if it could not be opened. */
    void refuse(TopicPartition partition, StorageException why) {
        PartitionLog refused = logs.remove(partition);
        if (refused != null) {
            log.error("Log {} is not used: {}", partition, why.getMessage());
            refused.abandon();
            failures.put(partition, why);
        }
    }

    /** What speaks for and against making the next log here; empty while the directory is offline. */
    Optional<DirectoryChoice.Candidate> candidate() {
        if (health.failure().isPresent()) {
            return Optional.empty();
        }
        return attempt(healthy -> new DirectoryChoice.Candidate(
                logs.size() + failures.size() + beingMade.get(), sizeInBytes(), healthy.usableBytes(path)));
    }

    /** Makes a log, at once or not at all; the caller has counted it as being made. */
    PartitionLog make(TopicPartition partition, UUID topicId, LogConfig config) {
        try {
            return create(partition, topicId, config);
        } finally {
            beingMade.decrementAndGet();
        }
    }

    /** Counts one more log as being made, so that others go elsewhere. */
    void reserve() {
        beingMade.incrementAndGet();
    }

    private PartitionLog create(TopicPartition partition, UUID topicId, LogConfig config) {
        Path directory = path.resolve(partition.toString());
        if (logs.containsKey(partition) || disk.exists(directory)) {
            throw new StorageException(Kind.EXISTS, directory, "it exists");
        }
        PartitionMetadata metadata = new PartitionMetadata(partition, topicId);
        Path aside = path.resolve(DirectoryNames.beingMade(partition, environment.entropy()));
        disk.createDirectories(aside);
        metadata.make(disk, aside);
        LogJournal.make(disk, aside, metadata, new LogState(0, 0));
        disk.open(LogFiles.of(aside, 0, LogFiles.LOG), Access.CREATE).close();
        disk.syncDirectory(aside); // once for all names in it
        disk.rename(aside, directory);
        try {
            disk.syncDirectory(path);
            Recovered recovered = new Recovery(context, directory).open(metadata, Optional.empty());
            PartitionLog created = new PartitionLog(context, recovered, config);
            logs.put(partition, created);
            return created;
        } catch (StorageException e) {
            takeBack(directory, aside, e);
            throw e;
        }
    }

    /** Makes room for another attempt. */
    private void takeBack(Path directory, Path aside, StorageException cause) {
        try {
            disk.rename(directory, aside);
            context.later(() -> deleteAll(aside));
        } catch (StorageException e) {
            log.warn("Could not take back {}: {}", directory, e.getMessage());
            cause.addSuppressed(e);
        }
    }

    /**
     * Takes a log away; its files go soon after. False if it is not here.
     *
     * @throws StorageException if it stays; it is then among the {@link #failures}
     */
    boolean delete(TopicPartition partition) {
        Path aside = path.resolve(DirectoryNames.beingDeleted(partition, environment.entropy()));
        if (!moveAway(partition, aside)) {
            return false;
        }
        context.later(() -> deleteAll(aside));
        return true;
    }

    /**
     * Takes a damaged log away and keeps its files; on disk when this returns.
     *
     * @return where they are now; empty if it is not here
     * @throws StorageException if it stays; it is then among the {@link #failures}
     */
    Optional<Path> setAside(TopicPartition partition) {
        Path aside = path.resolve(DirectoryNames.damaged(partition, environment.entropy()));
        return moveAway(partition, aside) ? Optional.of(aside) : Optional.empty();
    }

    private boolean moveAway(TopicPartition partition, Path aside) {
        PartitionLog gone = logs.remove(partition);
        StorageException failure = failures.remove(partition);
        if (gone == null && failure == null) {
            return false;
        }
        if (gone != null) {
            gone.abandon();
        }
        try {
            disk.rename(path.resolve(partition.toString()), aside);
        } catch (StorageException e) {
            failures.put(partition, failure == null ? e : failure); // it is still here, and nobody may say otherwise
            throw e;
        }
        disk.syncDirectory(path);
        return true;
    }

    private void deleteAll(Path directory) {
        try {
            disk.list(directory).forEach(name -> disk.delete(directory.resolve(name)));
            disk.delete(directory);
        } catch (StorageException e) {
            log.warn("Cannot delete all of {}, the next start tries again: {}", directory, e.getMessage());
        }
    }

    /** Bytes of all logs. */
    public long sizeInBytes() {
        return logs.values().stream()
                .mapToLong(each -> each.view().sizeInBytes())
                .sum();
    }

    /** Bytes that could still be written here. */
    public long usableBytes() {
        return disk.usableBytes(path);
    }

    /** Size of the file system that the directory is on, in bytes. */
    public long totalBytes() {
        return disk.totalBytes(path);
    }

    /** Flushes and closes every log, and leaves word of it. */
    void close(InParallel threads) {
        Map<TopicPartition, ClosedLog> closed = new ConcurrentHashMap<>();
        try {
            threads.forEach(List.copyOf(logs.values()), each -> {
                try {
                    each.close().ifPresent(end -> closed.put(each.partition(), end));
                } catch (StorageException e) {
                    log.error("Log {} could not be closed cleanly: {}", each.partition(), e.getMessage());
                }
            });
            context.flusher().close();
            worker.close();
            // A clean stop would hide from the next start what nobody was told: that records are missing.
            if (health.failure().isEmpty() && claim != null && (begun || !mayLack())) {
                stops.leave(closed);
            }
        } catch (StorageException e) {
            log.error("Data directory {} was not closed cleanly: {}", path, e.getMessage());
        } finally {
            if (claim != null) {
                claim.close();
            }
        }
    }
}
