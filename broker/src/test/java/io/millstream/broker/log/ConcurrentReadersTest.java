package io.millstream.broker.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.log.TestBatches.Entry;
import io.millstream.core.Clock;
import io.millstream.core.Entropy;
import io.millstream.core.ThreadLoop;
import io.millstream.core.TopicPartition;
import io.millstream.record.CorruptBatchException;
import io.millstream.wire.ErrorCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Readers see a whole log or a clear answer, whatever is done to it at the same time by other threads. */
final class ConcurrentReadersTest {

    private static final TopicPartition PARTITION = new TopicPartition("clicks", 3);

    @TempDir
    Path root;

    private LogDirectories open() {
        LogEnvironment environment =
                new LogEnvironment(HookedDisk.quick(), Clock.system(), Entropy.system(), ThreadLoop::new);
        return LogDirectories.open(List.of(root), environment, topic -> config());
    }

    private static LogConfig config() {
        return LogConfig.DEFAULT
                .with(new LogConfig.Rolling(4_000, Long.MAX_VALUE, 300))
                .with(new LogConfig.Keeping(LogConfig.UNLIMITED, 40_000))
                .with(new LogConfig.Flushing(FlushMode.COMMIT, Long.MAX_VALUE, Long.MAX_VALUE));
    }

    private static void run(List<Callable<Void>> tasks) throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            List<Future<Void>> running = new ArrayList<>();
            tasks.forEach(task -> running.add(threads.submit(task)));
            for (Future<Void> each : running) {
                each.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void append(PartitionLog log, int count) {
        for (int i = 0; i < count; i++) {
            long next = log.view().endOffset();
            log.append(TestBatches.batch(next, "v" + next, "v" + (next + 1)), 1);
        }
    }

    /** Reads along until {@code stopped}, then to the end; skips ahead when what it wants has been deleted. */
    private static long follow(PartitionLog log, AtomicBoolean stopped) {
        long next = 0;
        long read = 0;
        while (true) {
            boolean last = stopped.get();
            LogSlice slice = log.read(next, 3_000, Long.MAX_VALUE, FirstBatch.ALWAYS);
            try {
                if (slice.error() == ErrorCode.OFFSET_OUT_OF_RANGE) {
                    assertThat(slice.view().startOffset()).isGreaterThan(next);
                    next = slice.view().startOffset();
                } else if (!slice.isEmpty()) {
                    for (Entry entry : TestBatches.entries(slice.copy(TestBatches.HEAP))) {
                        assertThat(entry.value()).isEqualTo("v" + entry.offset());
                        if (entry.offset() >= next) {
                            assertThat(entry.offset()).isEqualTo(next);
                            next++;
                            read++;
                        }
                    }
                } else if (last) {
                    return read;
                }
            } finally {
                slice.release();
            }
        }
    }

    @Test
    void readersFollowThroughRollsRetentionFlushesAndDeletedRecords() throws Exception {
        try (LogDirectories logs = open()) {
            PartitionLog log = logs.create(PARTITION, UUID.randomUUID(), config());
            AtomicBoolean stopped = new AtomicBoolean();
            List<Callable<Void>> tasks = new ArrayList<>();
            tasks.add(() -> {
                append(log, 5_000);
                stopped.set(true);
                return null;
            });
            tasks.add(() -> {
                while (!stopped.get()) {
                    log.applyRetention(Long.MAX_VALUE);
                    log.advanceStart(log.view().endOffset() - 200);
                    log.closeIdleFiles();
                    log.flush();
                }
                return null;
            });
            for (int i = 0; i < 3; i++) {
                tasks.add(() -> {
                    assertThat(follow(log, stopped)).isPositive();
                    return null;
                });
            }
            tasks.add(() -> {
                while (!stopped.get()) {
                    long end = log.view().endOffset();
                    log.firstAtOrAfter(end - 50, end)
                            .ifPresent(found -> assertThat(found.timestamp()).isGreaterThanOrEqualTo(end - 50));
                    log.latestByTime(end)
                            .ifPresent(found -> assertThat(found.timestamp()).isLessThan(end));
                    log.ranges(0, end, 1_000);
                }
                return null;
            });
            run(tasks);
            assertThat(log.view().endOffset()).isEqualTo(10_000);
        }
    }

    @Test
    void readersOfALogThatIsCompactedFindWhatWasThereAndEachKeysLastRecord() throws Exception {
        int rounds = 1_500;
        int keys = 7;
        LogConfig compacted = config().with(new LogConfig.Keeping(LogConfig.UNLIMITED, LogConfig.UNLIMITED))
                .with(KeyedRecords.compacting(0));
        try (LogDirectories logs = open()) {
            PartitionLog log = logs.create(PARTITION, UUID.randomUUID(), compacted);
            AtomicBoolean stopped = new AtomicBoolean();
            List<Callable<Void>> tasks = new ArrayList<>();
            tasks.add(() -> {
                for (int i = 0; i < rounds; i++) {
                    KeyedRecords.append(
                            log, "k" + (2 * i % keys) + "=" + 2 * i, "k" + ((2 * i + 1) % keys) + "=" + (2 * i + 1));
                }
                stopped.set(true);
                return null;
            });
            tasks.add(() -> {
                int passes = 0;
                while (!stopped.get() || passes == 0) {
                    log.flush();
                    passes += KeyedRecords.compact(log, log.view().endOffset(), KeyedRecords.PLENTY)
                                    .isPresent()
                            ? 1
                            : 0;
                    log.closeIdleFiles();
                }
                return null;
            });
            for (int i = 0; i < 3; i++) {
                tasks.add(() -> {
                    boolean last = false;
                    while (!last) {
                        last = stopped.get();
                        long end = log.view().endOffset();
                        List<KeyedRecords.Keyed> read = KeyedRecords.read(log, 0);
                        long offset = -1;
                        for (KeyedRecords.Keyed each : read) {
                            assertThat(each.offset()).isGreaterThan(offset);
                            offset = each.offset();
                            assertThat(each.value()).isEqualTo(Long.toString(offset));
                        }
                        assertThat(offset).isGreaterThanOrEqualTo(end - 1);
                        assertThat(read.stream().map(KeyedRecords.Keyed::key).distinct())
                                .hasSizeGreaterThanOrEqualTo((int) Math.min(end, keys));
                    }
                    return null;
                });
            }
            run(tasks);
            assertThat(KeyedRecords.read(log, 0)).hasSizeLessThan(2 * rounds);
        }
    }

    @Test
    void readersOfALogThatIsTruncatedNeverSeeWhatWasNotThere() throws Exception {
        try (LogDirectories logs = open()) {
            PartitionLog log = logs.create(PARTITION, UUID.randomUUID(), config());
            AtomicBoolean stopped = new AtomicBoolean();
            List<Callable<Void>> tasks = new ArrayList<>();
            tasks.add(() -> {
                for (int i = 0; i < 50; i++) {
                    append(log, 30);
                    log.truncateTo(log.view().endOffset() - 41);
                }
                stopped.set(true);
                return null;
            });
            for (int i = 0; i < 3; i++) {
                tasks.add(() -> {
                    while (!stopped.get()) {
                        readWhatMayBeCut(log);
                    }
                    return null;
                });
            }
            run(tasks);
        }
    }

    /** The system zeroes the rest of the page that it cuts, under the eyes of whoever reads it: no checksum fits that. */
    private static void readWhatMayBeCut(PartitionLog log) {
        try {
            readOnce(log);
        } catch (CorruptBatchException e) {
            assertThat(e).hasMessageMatching(".*(format v0|checksum).*");
        }
    }

    private static void readOnce(PartitionLog log) {
        long from = Math.max(log.view().startOffset(), log.view().endOffset() - 60);
        LogSlice slice = log.read(from, 2_000, Long.MAX_VALUE, FirstBatch.ALWAYS);
        try {
            for (Entry entry : TestBatches.entries(slice.copy(TestBatches.HEAP))) {
                assertThat(entry.value()).isEqualTo("v" + entry.offset());
            }
        } catch (StorageException e) {
            // The file ended where it was cut after the read was planned: a clear error.
            assertThat(e.kind()).isEqualTo(StorageException.Kind.DAMAGED);
        } finally {
            slice.release();
        }
    }

    @Test
    void readersOfADeletedTopicFinishWhatTheyBeganAndGetAClearErrorThen() throws Exception {
        try (LogDirectories logs = open()) {
            for (int round = 0; round < 20; round++) {
                PartitionLog log = logs.create(PARTITION, UUID.randomUUID(), config());
                append(log, 200);
                LogSlice begun = log.read(0, 3_000, Long.MAX_VALUE, FirstBatch.ALWAYS);
                AtomicBoolean refused = new AtomicBoolean();
                List<Callable<Void>> tasks = new ArrayList<>();
                for (int i = 0; i < 2; i++) {
                    tasks.add(() -> {
                        while (!refused.get()) {
                            try {
                                readOnce(log);
                            } catch (StorageException e) {
                                assertThat(e.kind())
                                        .isIn(StorageException.Kind.CLOSED, StorageException.Kind.NOT_FOUND);
                                refused.set(true);
                            }
                        }
                        return null;
                    });
                }
                tasks.add(() -> {
                    logs.delete(PARTITION);
                    return null;
                });
                run(tasks);

                assertThat(TestBatches.entries(begun.copy(TestBatches.HEAP))).isNotEmpty();
                begun.release();
            }
        }
    }
}
