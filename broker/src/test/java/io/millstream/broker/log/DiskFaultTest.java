package io.millstream.broker.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.broker.log.HookedDisk.Step;
import io.millstream.broker.log.StorageException.Kind;
import io.millstream.broker.log.TestBatches.Entry;
import io.millstream.record.RecordBatch;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A full or failing disk costs what was being written, and nothing that was acknowledged. */
final class DiskFaultTest {

    @TempDir
    Path root;

    private HookedDisk disk;
    private LogHome home;
    private PartitionLog log;

    @BeforeEach
    void open() {
        disk = HookedDisk.quick();
        home = new LogHome(root, disk).segments(2_000, 100);
        log = home.open();
        append("first");
    }

    private Appended append(String value) {
        return log.append(TestBatches.batch(1_000, value), 1);
    }

    private void fail(Step failing, Kind kind) {
        disk.hook((step, path) -> {
            if (step == failing) {
                throw new StorageException(kind, path, "made to fail");
            }
        });
    }

    private static void assertFails(org.assertj.core.api.ThrowableAssert.ThrowingCallable action, Kind kind) {
        assertThatThrownBy(action).isInstanceOfSatisfying(StorageException.class, e -> assertThat(e.kind())
                .isEqualTo(kind));
    }

    @Test
    void l4_writeThatStopsAnywhereIsTakenBackAndLeavesNoGap() {
        ByteBuf lost = TestBatches.concat(TestBatches.batch(1, "lost", "lost"), TestBatches.batch(2, "lost"));
        int size = lost.readableBytes();
        List<Entry> before = LogHome.readAll(log);
        for (int bytes = 0; bytes < size; bytes++) {
            disk.nextWriteStopsAfter(bytes);

            assertFails(() -> log.append(lost, 1), Kind.NO_SPACE);

            assertThat(LogHome.readAll(log)).isEqualTo(before);
            assertThat(home.health.failure()).isEmpty();
        }
        assertThat(append("second").baseOffset()).isEqualTo(1);
        log.abandon();
        log = home.open();
        assertThat(LogHome.readAll(log)).extracting(Entry::value).containsExactly("first", "second");
        assertThat(append("third").baseOffset()).isEqualTo(2);
    }

    @Test
    void l4_partialWriteThatCannotBeTakenBackIsOverwrittenOrCutByTheNextStart() {
        disk.hook((step, path) -> {
            if (step == Step.TRUNCATE) {
                throw new StorageException(Kind.NO_SPACE, path, "made to fail");
            }
        });
        disk.nextWriteStopsAfter(40);
        assertFails(() -> append("lost"), Kind.NO_SPACE);
        disk.hook((step, path) -> {});
        log.abandon();

        log = home.open();

        assertThat(LogHome.readAll(log)).extracting(Entry::value).containsExactly("first");
        assertThat(append("second").baseOffset()).isEqualTo(1);
    }

    @Test
    void l4_noRoomForANewSegmentIsNoHarmToTheOldOnes() {
        String large = "x".repeat(1_200);
        append(large);
        fail(Step.CREATE, Kind.NO_SPACE);

        assertFails(() -> append(large), Kind.NO_SPACE);
        assertThat(LogHome.readAll(log)).hasSize(2);
        disk.hook((step, path) -> {});
        assertThat(append(large).baseOffset()).isEqualTo(2);
        assertThat(log.view().segmentCount()).isEqualTo(2);
    }

    /** Once cut, the log may fit the leader's: nobody asks for the same truncation again. */
    @Test
    void l4_aTruncationThatAFullDiskInterruptedIsFinishedByWhateverIsAppendedNext() {
        append("second");
        append("third");
        fail(Step.CREATE, Kind.NO_SPACE);
        assertFails(() -> log.truncateTo(2), Kind.NO_SPACE);
        disk.hook((step, path) -> {});
        assertFails(() -> append("too early"), Kind.CLOSED);
        ByteBuf replicated = TestBatches.batch(1_000, "replicated");
        RecordBatch.at(replicated).stamp(2, 1);

        log.follower().append(replicated, 1, 2);

        assertThat(LogHome.readAll(log)).extracting(Entry::value).containsExactly("first", "second", "replicated");
        fail(Step.CREATE, Kind.NO_SPACE);
        assertFails(() -> log.truncateTo(1), Kind.NO_SPACE);
        disk.hook((step, path) -> {});
        log.beginTerm(2);
        assertThat(log.append(TestBatches.batch(1_000, "led"), 2).baseOffset()).isEqualTo(1);
        assertThat(LogHome.readAll(log)).extracting(Entry::value).containsExactly("first", "led");
    }

    @Test
    void l4_retentionEmptiesADiskThatHasNoRoomLeft() {
        String large = "x".repeat(1_200);
        for (int i = 0; i < 4; i++) {
            append(large);
        }
        log.flush();
        AtomicBoolean full = new AtomicBoolean(true);
        disk.hook((step, path) -> {
            if (step == Step.DELETE && Files.exists(path)) {
                full.set(false);
            } else if (step == Step.WRITE && full.get()) {
                throw new StorageException(Kind.NO_SPACE, path, "made to fail");
            }
        });
        log.configure(home.config.with(new LogConfig.Keeping(LogConfig.UNLIMITED, 2_000)));

        log.applyRetention(Long.MAX_VALUE);

        assertThat(full).isFalse();
        assertThat(log.view().startOffset()).isPositive();
        assertThat(append("goes on").baseOffset()).isEqualTo(5);
        long start = log.view().startOffset();
        log.abandon();
        log = home.open();
        assertThat(log.view().startOffset()).isEqualTo(start);
        assertThat(LogHome.readAll(log)).hasSize((int) (6 - start));
    }

    @Test
    void tooManyOpenFilesSayNothingOfTheDisk() {
        append("second");
        fail(Step.CREATE, Kind.NO_DESCRIPTOR);
        assertFails(() -> log.truncateTo(1), Kind.NO_DESCRIPTOR);
        fail(Step.SYNC_DIRECTORY, Kind.NO_DESCRIPTOR);
        assertFails(() -> Checkpoint.replace(home.disk, root.resolve("x"), Unpooled.EMPTY_BUFFER), Kind.NO_DESCRIPTOR);

        assertThat(home.health.failure()).isEmpty();
    }

    @Test
    void namesThatCouldNotBeMadeSafeAreMadeSafeByTheNextFlush() {
        String large = "x".repeat(1_200);
        append(large);
        append(large);
        home.work();
        append(large); // rolls
        AtomicInteger synced = new AtomicInteger();
        fail(Step.SYNC_DIRECTORY, Kind.NO_DESCRIPTOR);
        assertFails(log::flush, Kind.NO_DESCRIPTOR);
        disk.hook((step, path) -> {
            if (step == Step.SYNC_DIRECTORY && path.equals(home.directory)) {
                synced.incrementAndGet();
            }
        });

        log.flush();

        assertThat(synced.get()).isEqualTo(2); // of the segment's name, and of the recovery point's
    }

    @Test
    void whatTheSystemSaysOfDescriptorsIsToldFromAFailingDisk() {
        for (String said : List.of("Too many open files", "Too many open files in system")) {
            assertFails(
                    () -> SystemDisk.attempt(root, "open", () -> {
                        throw new FileSystemException(root.toString(), null, said);
                    }),
                    Kind.NO_DESCRIPTOR);
        }
    }

    @Test
    void idempotentBatchThatCouldNotBeWrittenIsNoDuplicateLater() {
        disk.nextWriteStopsAfter(10);
        assertFails(() -> log.append(TestBatches.batch(9, 0, 0, "a"), 1), Kind.NO_SPACE);

        Appended again = log.append(TestBatches.batch(9, 0, 0, "a"), 1);

        assertThat(again.duplicate()).isFalse();
        assertThat(again.baseOffset()).isEqualTo(1);
    }

    @Test
    void l5_failedFsyncTakesTheDirectoryOfflineForGood() {
        append("second");
        fail(Step.FORCE, Kind.IO);
        assertFails(log::flush, Kind.IO);
        disk.hook((step, path) -> {});

        assertThat(home.health.failure()).isPresent();
        assertThat(log.flushedOffset()).isZero();
        assertFails(log::flush, Kind.OFFLINE);
        assertFails(() -> append("third"), Kind.OFFLINE);
        assertFails(() -> log.read(0, 100, Long.MAX_VALUE, FirstBatch.ALWAYS), Kind.OFFLINE);
        assertThat(log.flushedOffset()).isZero();
    }

    @Test
    void l5_fsyncThatFailsForLackOfSpaceIsFinalToo() {
        fail(Step.FORCE, Kind.NO_SPACE);

        assertFails(log::flush, Kind.NO_SPACE);

        assertThat(home.health.failure()).isPresent();
    }

    @Test
    void l5_listenersHearOfTheFailureOnceAndNothingIsReportedFlushed() {
        int[] failures = {0};
        int[] flushes = {0};
        home.health.onFailure(cause -> failures[0]++);
        log.onFlush(offset -> flushes[0]++);
        log.configure(home.config.with(new LogConfig.Flushing(FlushMode.COMMIT, Long.MAX_VALUE, Long.MAX_VALUE)));
        fail(Step.FORCE, Kind.IO);

        append("second");
        home.work();
        assertFails(log::flush, Kind.OFFLINE);

        assertThat(failures[0]).isEqualTo(1);
        assertThat(flushes[0]).isZero();
    }

    @Test
    void diskErrorWhileWritingTakesTheDirectoryOffline() {
        fail(Step.WRITE, Kind.IO);

        assertFails(() -> append("lost"), Kind.IO);
        disk.hook((step, path) -> {});

        assertFails(() -> append("later"), Kind.OFFLINE);
    }

    @Test
    void indexThatCannotBeWrittenIsKeptInMemory() {
        log.configure(home.config.with(new LogConfig.Rolling(1 << 30, Long.MAX_VALUE, 0)));
        disk.hook((step, path) -> {
            if (!path.toString().endsWith(".log")) {
                throw new StorageException(Kind.NO_SPACE, path, "made to fail");
            }
        });
        for (int i = 1; i < 1_500; i++) {
            append("v" + i);
        }

        assertThat(LogHome.readAll(log, 1_400)).hasSize(100);
        disk.hook((step, path) -> {});
        append("last");
        assertThat(LogHome.readAll(log, 3).get(0).value()).isEqualTo("v3");
    }
}
