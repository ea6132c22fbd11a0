package io.millstream.broker.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.log.TestBatches.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** L7: a process that dies before any change of any file leaves a log that opens with the same content. */
final class KilledAtAnyStepTest {

    private static final int RECORDS = 60;

    @TempDir
    Path root;

    /** Thrown in place of dying. */
    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** Runs {@code action}, killed before its first, second, ... change of a file, and looks at what opens afterwards. */
    private void killAtEachStep(BiConsumer<LogHome, PartitionLog> action, BiConsumer<List<Entry>, PartitionLog> check)
            throws IOException {
        int steps = 0;
        for (boolean finished = false; !finished; steps++) {
            Path place = Files.createDirectory(root.resolve("step" + steps));
            HookedDisk disk = HookedDisk.quick();
            LogHome home = new LogHome(place, disk).segments(900, 150);
            PartitionLog log = home.open();
            fill(log);
            home.work();
            List<Entry> before = LogHome.readAll(log);

            AtomicInteger left = new AtomicInteger(steps);
            disk.hook((step, path) -> {
                if (left.getAndDecrement() <= 0) {
                    throw new Killed();
                }
            });
            try {
                action.accept(home, log);
                finished = true;
            } catch (Killed killed) {
                assertThat(left.get()).isNegative();
            }

            LogHome after = new LogHome(place, HookedDisk.quick()).segments(900, 150);
            PartitionLog opened = after.open();
            check.accept(before, opened);
            long end = opened.view().endOffset();
            assertThat(opened.append(TestBatches.batch(9, "next"), Math.max(7, opened.latestEpoch()))
                            .baseOffset())
                    .isEqualTo(end);
            opened.abandon();
            after.open().abandon();
            deleteAll(place);
        }
        assertThat(steps).as("changes of files").isGreaterThan(3);
    }

    private static void fill(PartitionLog log) {
        for (int i = 0; i < RECORDS; i += 2) {
            log.append(TestBatches.batch(1_000 + i, "v" + i, "v" + (i + 1)), 7);
        }
    }

    private static void deleteAll(Path place) throws IOException {
        try (var files = Files.walk(place)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static Consumer<PartitionLog> same(List<Entry> before) {
        return log -> assertThat(LogHome.readAll(log)).isEqualTo(before);
    }

    @Test
    void l7_roll() throws IOException {
        killAtEachStep(
                (home, log) -> {
                    log.append(TestBatches.batch(5_000, "x".repeat(800)), 7);
                    home.work();
                },
                (before, log) -> {
                    List<Entry> now = LogHome.readAll(log);
                    assertThat(now).hasSizeBetween(before.size(), before.size() + 1);
                    assertThat(now.subList(0, before.size())).isEqualTo(before);
                });
    }

    @Test
    void l7_newTerm() throws IOException {
        killAtEachStep(
                (home, log) -> {
                    log.beginTerm(8);
                    log.append(TestBatches.batch(5_000, "x"), 8);
                    log.truncateTo(RECORDS);
                },
                (before, log) -> assertThat(LogHome.readAll(log)).startsWith(before.toArray(new Entry[0])));
    }

    @Test
    void l7_truncate() throws IOException {
        long target = 21;
        killAtEachStep((home, log) -> log.truncateTo(target), (before, log) -> {
            List<Entry> now = LogHome.readAll(log);
            assertThat(now.size()).isBetween((int) target - 1, before.size());
            assertThat(now).isEqualTo(before.subList(0, now.size()));
        });
    }

    @Test
    void l7_truncateAtASegmentsStart() throws IOException {
        killAtEachStep((home, log) -> log.truncateTo(log.view().segment(2).baseOffset()), (before, log) -> {
            List<Entry> now = LogHome.readAll(log);
            assertThat(now).isEqualTo(before.subList(0, now.size()));
        });
    }

    @Test
    void l7_retention() throws IOException {
        killAtEachStep(
                (home, log) -> {
                    log.configure(home.config.with(new LogConfig.Keeping(LogConfig.UNLIMITED, 1_000)));
                    log.applyRetention(Long.MAX_VALUE);
                    home.work();
                },
                (before, log) -> {
                    List<Entry> now = LogHome.readAll(log);
                    assertThat(now).isNotEmpty();
                    assertThat(now).isEqualTo(before.subList(before.size() - now.size(), before.size()));
                });
    }

    @Test
    void l7_deleteRecords() throws IOException {
        killAtEachStep(
                (home, log) -> {
                    log.advanceStart(31);
                    home.work();
                },
                (before, log) -> {
                    List<Entry> now = LogHome.readAll(log);
                    assertThat(now.size()).isIn(before.size(), before.size() - 31);
                    assertThat(now).isEqualTo(before.subList(before.size() - now.size(), before.size()));
                });
    }

    @Test
    void l7_flushAndClose() throws IOException {
        killAtEachStep((home, log) -> log.close(), (before, log) -> same(before).accept(log));
    }

    @Test
    void l7_recoveryItself() throws IOException {
        Path place = Files.createDirectory(root.resolve("recovered"));
        LogHome home = new LogHome(place, HookedDisk.quick()).segments(900, 150);
        PartitionLog log = home.open();
        fill(log);
        List<Entry> before = LogHome.readAll(log);
        log.abandon();
        Path torn = LogFiles.of(home.directory, log.view().segment(2).baseOffset(), LogFiles.LOG);
        byte[] bytes = Files.readAllBytes(torn);
        bytes[bytes.length - 1] ^= 1;
        Files.write(torn, bytes);

        int steps = 0;
        for (boolean finished = false; !finished; steps++) {
            AtomicInteger left = new AtomicInteger(steps);
            HookedDisk disk = HookedDisk.quick();
            LogHome again = new LogHome(place, disk).segments(900, 150);
            disk.hook((step, path) -> {
                if (left.getAndDecrement() <= 0) {
                    throw new Killed();
                }
            });
            try {
                log = again.open();
                finished = true;
            } catch (Killed killed) {
                assertThat(left.get()).isNegative();
            }
        }

        List<Entry> now = LogHome.readAll(log);
        assertThat(now).isNotEmpty().isEqualTo(before.subList(0, now.size()));
        assertThat(steps).isGreaterThan(3);
        assertThat(Optional.of(log.view().endOffset())).contains((long) now.size());
        log.abandon();
    }
}
