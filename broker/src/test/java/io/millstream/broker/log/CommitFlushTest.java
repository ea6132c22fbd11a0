package io.millstream.broker.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millstream.broker.log.HookedDisk.Step;
import io.millstream.broker.log.StorageException.Kind;
import io.millstream.broker.replica.Isr;
import io.millstream.broker.replica.Partition;
import io.millstream.broker.replica.Partition.Durability;
import io.millstream.core.Clock;
import io.millstream.core.Entropy;
import io.millstream.core.ThreadLoop;
import io.millstream.wire.ErrorCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code flush}, {@code flush.messages} and {@code flush.ms}: when records are forced to disk, and who waits for it. */
final class CommitFlushTest {

    private static final Isr ALONE = new Isr(Set.of(1), 1);
    private static final LogConfig.Flushing COMMIT =
            new LogConfig.Flushing(FlushMode.COMMIT, Long.MAX_VALUE, Long.MAX_VALUE);

    @TempDir
    Path root;

    private final AtomicInteger forced = new AtomicInteger(); // segments
    private HookedDisk disk;
    private LogHome home;

    @BeforeEach
    void home() {
        disk = HookedDisk.quick();
        disk.hook((step, path) -> count(step, path));
        home = new LogHome(root, disk);
    }

    private void count(Step step, Path path) {
        if (step == Step.FORCE && path.toString().endsWith(LogFiles.LOG)) {
            forced.incrementAndGet();
        }
    }

    private Partition leading(LogConfig.Flushing flushing) {
        home.config = home.config.with(flushing);
        Partition partition = new Partition(home.open(), 1, () -> true);
        partition.lead(3, ALONE);
        forced.set(0);
        return partition;
    }

    private static Appended append(Partition partition, Durability durability) {
        return partition.append(TestBatches.batch(1_000, "x"), durability);
    }

    @Test
    void recordsAreCommittedByTheFsyncThatTheyShare() {
        Partition partition = leading(COMMIT);
        List<Long> woken = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            long next = append(partition, i % 2 == 0 ? Durability.ALL : Durability.LEADER)
                    .nextOffset();
            partition.await(partition.role(), next - 1, () -> woken.add(next));
        }

        assertThat(partition.highWatermark()).isZero();
        assertThat(woken).isEmpty();
        home.flusher.run();

        assertThat(forced).hasValue(1);
        assertThat(partition.highWatermark()).isEqualTo(20);
        assertThat(woken).hasSize(20);
    }

    /** A follower fetches from what is stored; nothing else comes that would have the rest forced. */
    @Test
    void whatATruncationLeavesIsForcedWithoutAnotherAppend() {
        home.config = home.config.with(COMMIT);
        PartitionLog log = home.open();
        for (int i = 0; i < 3; i++) {
            log.append(TestBatches.batch(1_000, "x"), 3);
        }
        home.flusher.run();
        assertThat(log.storedOffset()).isEqualTo(3);

        log.truncateTo(2);
        home.flusher.run();

        assertThat(log.storedOffset()).isEqualTo(2);
    }

    @Test
    void whatAFullDiskDidNotLetBeForcedIsForcedLaterWithoutAnotherAppend() {
        home.config = home.config.with(new LogConfig.Rolling(2_000, Long.MAX_VALUE, 0));
        Partition partition = leading(COMMIT);
        for (int i = 0; i < 3; i++) { // with a segment that is complete, of which the flush writes something down
            partition.append(TestBatches.batch(1_000, "x".repeat(1_200)), Durability.ALL);
        }
        disk.hook((step, path) -> {
            if (step == Step.WRITE || step == Step.CREATE) {
                throw new StorageException(Kind.NO_SPACE, path, "made to fail");
            }
        });
        home.flusher.run();
        assertThat(partition.highWatermark()).isZero();

        disk.hook((step, path) -> {});
        home.flusher.fire();

        assertThat(partition.highWatermark()).isEqualTo(3);
    }

    @Test
    void producersOnManyThreadsNeedFewerFsyncsThanAppends() throws Exception {
        int threads = 8;
        int appends = 25;
        int all = threads * appends;
        CountDownLatch appended = new CountDownLatch(all);
        LogEnvironment environment = new LogEnvironment(disk, Clock.system(), Entropy.system(), ThreadLoop::new);
        ExecutorService producers = Executors.newFixedThreadPool(threads);
        try (LogDirectories logs = LogDirectories.open(List.of(root), environment, topic -> LogConfig.DEFAULT)) {
            PartitionLog log = logs.create(LogHome.PARTITION, LogHome.TOPIC_ID, LogConfig.DEFAULT.with(COMMIT));
            Partition partition = new Partition(log, 1, () -> true);
            partition.lead(3, ALONE);
            disk.hook((step, path) -> {
                count(step, path);
                if (step == Step.FORCE && path.toString().endsWith(LogFiles.LOG)) {
                    awaitAll(appended); // the disk is slow: what comes meanwhile shares the next one
                }
            });
            List<Future<?>> running = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                running.add(producers.submit(() -> {
                    for (int i = 0; i < appends; i++) {
                        assertThat(append(partition, Durability.ALL).accepted()).isTrue();
                        appended.countDown();
                    }
                }));
            }
            for (Future<?> each : running) {
                each.get(60, TimeUnit.SECONDS);
            }

            await().atMost(60, TimeUnit.SECONDS).until(() -> partition.highWatermark() == all);
            assertThat(forced.get()).isBetween(1, 2);
        } finally {
            producers.shutdownNow();
        }
    }

    private static void awaitAll(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void l5_nothingIsCommittedAfterAnFsyncThatFailed() {
        Partition partition = leading(COMMIT);
        append(partition, Durability.ALL);
        home.flusher.run();
        append(partition, Durability.ALL);
        AtomicInteger attempts = new AtomicInteger();
        disk.hook((step, path) -> {
            if (step == Step.FORCE) {
                attempts.incrementAndGet();
                throw new StorageException(Kind.IO, path, "made to fail");
            }
        });

        home.flusher.run();
        disk.hook((step, path) -> count(step, path));
        home.flusher.run();

        assertThat(attempts).hasValue(1);
        assertThat(partition.highWatermark()).isEqualTo(1);
        assertThatThrownBy(() -> append(partition, Durability.ALL)).isInstanceOf(StorageException.class);
        assertThatThrownBy(() -> partition.log().flush()).isInstanceOf(StorageException.class);
        partition.stop(ErrorCode.KAFKA_STORAGE_ERROR);
        assertThatThrownBy(() -> partition.lead(3, new Isr(Set.of(1, 2), 1)))
                .as("not even by whoever leads on in the same term")
                .isInstanceOf(StorageException.class);
        assertThat(partition.highWatermark()).isEqualTo(1);
        assertThat(forced).hasValue(1);
    }

    @Test
    void whatAnEarlierProcessWroteIsForcedBeforeThePartitionLeads() {
        leading(home.config.flushing()).append(TestBatches.batch(1_000, "a", "b"), Durability.LEADER);

        Partition again = leading(COMMIT);

        assertThat(again.highWatermark()).isEqualTo(2);
        assertThat(again.log().flushedOffset()).isEqualTo(2);
    }

    @Test
    void modeChangesWhileThePartitionLeads() {
        Partition partition = leading(LogConfig.DEFAULT.flushing());
        append(partition, Durability.ALL);
        assertThat(partition.highWatermark()).isEqualTo(1);

        partition.log().configure(home.config.with(COMMIT));
        append(partition, Durability.ALL);
        assertThat(partition.highWatermark()).isEqualTo(1);
        home.flusher.run();
        assertThat(partition.highWatermark()).isEqualTo(2);

        partition.log().configure(home.config);
        append(partition, Durability.ALL);
        assertThat(partition.highWatermark()).isEqualTo(3);
        assertThat(forced).hasValue(1);
    }

    @Test
    void flushMessagesForcesAfterSoManyRecords() {
        Partition partition = leading(new LogConfig.Flushing(FlushMode.OS, 3, Long.MAX_VALUE));
        for (int i = 0; i < 9; i++) {
            append(partition, Durability.ALL);
            home.flusher.run();
            assertThat(partition.log().flushedOffset()).isEqualTo((i + 1) / 3 * 3L);
        }
        assertThat(forced).hasValue(3);
        assertThat(partition.highWatermark()).as("nobody waits for it").isEqualTo(9);
    }

    @Test
    void flushMillisForcesOnceTheTimeIsUp() {
        Partition partition = leading(new LogConfig.Flushing(FlushMode.OS, Long.MAX_VALUE, 500));
        append(partition, Durability.ALL);
        append(partition, Durability.ALL);
        home.flusher.run();
        assertThat(forced).hasValue(0);

        home.flusher.fire();

        assertThat(forced).hasValue(1);
        assertThat(partition.log().flushedOffset()).isEqualTo(2);
        append(partition, Durability.ALL);
        home.flusher.fire();
        assertThat(partition.log().flushedOffset()).isEqualTo(3);
    }
}
