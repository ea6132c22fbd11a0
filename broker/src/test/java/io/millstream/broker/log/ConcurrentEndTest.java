package io.millstream.broker.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.log.StorageException.Kind;
import io.millstream.core.Clock;
import io.millstream.core.Entropy;
import io.millstream.core.Loop;
import io.millstream.core.ThreadLoop;
import io.millstream.core.TopicPartition;
import io.millstream.record.CorruptBatchException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A log that ends while everybody is at work on it: each gets a clear error, nobody a wrong record, and no file stays open. */
final class ConcurrentEndTest {

    private static final TopicPartition PARTITION = new TopicPartition("clicks", 3);
    private static final int ROUNDS = 8;

    /** Records of a round at most: more would only be more open files. */
    private static final int RECORDS = 2_000;

    @TempDir
    Path root;

    /** How the log ends. */
    enum End {
        TOPIC_DELETED,
        BROKER_STOPPED
    }

    /** Something that is done again and again until it is refused. */
    @FunctionalInterface
    private interface Work {
        void once();
    }

    private static LogConfig config() {
        return LogConfig.DEFAULT
                .with(new LogConfig.Rolling(2_000, Long.MAX_VALUE, 300))
                .with(KeyedRecords.compacting(0))
                .with(new LogConfig.Flushing(FlushMode.COMMIT, Long.MAX_VALUE, Long.MAX_VALUE));
    }

    private LogDirectories open(List<Loop> loops) {
        LogEnvironment environment = new LogEnvironment(HookedDisk.quick(), Clock.system(), Entropy.system(), name -> {
            Loop loop = new ThreadLoop(name);
            loops.add(loop);
            return loop;
        });
        return LogDirectories.open(List.of(root), environment, topic -> config());
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void everybodyAtWorkGetsAClearErrorAndNoFileStaysOpen(End end) throws Exception {
        List<Loop> loops = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            LogDirectories logs = open(loops);
            PartitionLog log = logs.log(PARTITION).orElseGet(() -> logs.create(PARTITION, UUID.randomUUID(), config()));
            long full = log.view().endOffset() + RECORDS;
            CountDownLatch busy = new CountDownLatch(5);
            List<Callable<Void>> tasks = new ArrayList<>();
            tasks.add(until(busy, () -> append(log, full)));
            tasks.add(until(busy, () -> KeyedRecords.compact(log, log.view().endOffset(), KeyedRecords.PLENTY)));
            tasks.add(until(busy, log::flush));
            tasks.add(until(busy, () -> read(log)));
            tasks.add(until(busy, () -> look(log)));
            tasks.add(() -> {
                assertThat(busy.await(60, TimeUnit.SECONDS)).isTrue();
                if (end == End.TOPIC_DELETED) {
                    logs.delete(PARTITION);
                } else {
                    logs.close();
                }
                return null;
            });
            run(tasks);
            logs.close();
            assertThat(openFiles()).as("open files of round " + round).isEmpty();
            if (end == End.TOPIC_DELETED) {
                assertThat(root.resolve(PARTITION.toString())).doesNotExist();
            } else {
                checkContent(loops);
            }
        }
    }

    /** Does something until the log has ended, which it says of itself. */
    private static Callable<Void> until(CountDownLatch busy, Work work) {
        return () -> {
            for (int done = 0; ; done++) {
                if (done == 5) {
                    busy.countDown();
                }
                try {
                    work.once();
                } catch (StorageException e) {
                    assertThat(e.kind()).as(e.getMessage()).isIn(Kind.CLOSED, Kind.NOT_FOUND);
                    assertThat(e.getMessage()).contains(PARTITION.toString());
                    busy.countDown();
                    return null;
                }
            }
        };
    }

    private static void append(PartitionLog log, long full) {
        long next = log.view().endOffset();
        if (next >= full) {
            log.settledView();
            return;
        }
        KeyedRecords.append(log, "k" + next % 7 + "=" + next, "k" + (next + 1) % 7 + "=" + (next + 1));
    }

    private static void read(PartitionLog log) {
        try {
            KeyedRecords.read(log, log.view().startOffset())
                    .forEach(each -> assertThat(each.value()).isEqualTo(Long.toString(each.offset())));
        } catch (CorruptBatchException e) {
            throw new AssertionError("a wrong record", e);
        }
    }

    private static void look(PartitionLog log) {
        long end = log.view().endOffset();
        log.firstAtOrAfter(500, end);
        log.latestByTime(end);
        log.ranges(0, end, 500);
        log.verify(0, end, 4_000);
        log.closeIdleFiles();
        log.settledView(); // views alone are never refused
    }

    private void checkContent(List<Loop> loops) {
        try (LogDirectories logs = open(loops)) {
            assertThat(logs.failures()).isEmpty();
            read(logs.log(PARTITION).orElseThrow());
        }
    }

    /** Files below the directory that this process has open. */
    private List<String> openFiles() throws IOException {
        List<String> open = new ArrayList<>();
        try (var handles = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path handle : handles) {
                try {
                    String target = Files.readSymbolicLink(handle).toString();
                    if (target.startsWith(root.toRealPath().toString())) {
                        open.add(target);
                    }
                } catch (IOException closedMeanwhile) {
                    assertThat(handle).isNotNull();
                }
            }
        }
        return open;
    }

    private static void run(List<Callable<Void>> tasks) throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            List<Future<Void>> running = new ArrayList<>();
            tasks.forEach(task -> running.add(threads.submit(task)));
            for (Future<Void> each : running) {
                each.get(120, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
