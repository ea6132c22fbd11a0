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
final class L7KilledAtAnyStepTest {

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

    /** Keys are unique in the segments that were compacted, so that what is there tells which were. */
    @Test
    void l7_compaction() throws IOException {
        int steps = 0;
        for (boolean finished = false; !finished; steps++) {
            Path place = Files.createDirectory(root.resolve("compaction" + steps));
            HookedDisk disk = HookedDisk.quick();
            LogHome home = new LogHome(place, disk).segments(600, 150);
            home.config = home.config.with(KeyedRecords.compacting(0));
            PartitionLog log = home.open();
            for (int i = 0; i < 40; i++) {
                KeyedRecords.append(
                        log, "k" + (i % 3) + "=" + i, "once" + i + "=" + (i % 5 == 0 ? "x" : "y".repeat(40)));
            }
            home.work();
            List<KeyedRecords.Keyed> before = KeyedRecords.read(log, 0);

            AtomicInteger left = new AtomicInteger(steps);
            disk.hook((step, path) -> {
                if (left.getAndDecrement() <= 0) {
                    throw new Killed();
                }
            });
            try {
                KeyedRecords.compact(log, 80, KeyedRecords.PLENTY);
                home.work();
                finished = true;
            } catch (Killed killed) {
                assertThat(left.get()).isNegative();
            }

            LogHome after = new LogHome(place, HookedDisk.quick()).segments(600, 150);
            after.config = home.config;
            PartitionLog opened = after.open();
            List<KeyedRecords.Keyed> now = KeyedRecords.read(opened, 0);
            assertThat(before).containsSubsequence(now);
            assertThat(now).filteredOn(each -> each.key().startsWith("once")).hasSize(40);
            assertThat(now).extracting(KeyedRecords.Keyed::value).contains("37", "38", "39");
            assertThat(opened.view().endOffset()).isEqualTo(80);
            assertThat(after.disk.list(after.directory))
                    .noneMatch(LogFiles::isLeftover)
                    .noneMatch(name -> LogFiles.swap(name).isPresent());
            KeyedRecords.compact(opened, 80, KeyedRecords.PLENTY);
            long below = opened.view().last().baseOffset();
            assertThat(KeyedRecords.read(opened, 0))
                    .filteredOn(each -> each.offset() < below && each.key().startsWith("k"))
                    .hasSize(3);
            opened.abandon();
            after.open().abandon();
            deleteAll(place);
        }
        assertThat(steps).as("changes of files").isGreaterThan(30);
    }

    /** The rest of a swap is finished by the next start, which may die too. */
    @Test
    void l7_recoveryFromACompaction() throws IOException {
        LogHome home = new LogHome(root, HookedDisk.quick()).segments(600, 150);
        home.config = home.config.with(KeyedRecords.compacting(0));
        PartitionLog log = home.open();
        for (int i = 0; i < 40; i++) {
            KeyedRecords.append(log, "k=" + i, "once" + i + "=y");
        }
        home.work();
        long base = log.view().segment(1).baseOffset();
        long end = log.view().segment(3).baseOffset();
        Path first = log.view().segment(1).path();
        log.abandon();
        Files.copy(first, LogFiles.swap(home.directory, new LogFiles.Swap(base, end)));
        new LogState(0, log.view().last().baseOffset(), end).save(home.disk, home.directory, LogHome.METADATA);
        try (DiskFile file = home.disk.open(first, Disk.Access.READ)) {
            LogJournal.open(home.disk, home.directory, LogHome.METADATA)
                    .announce(SegmentIdentity.complete(base, file, (int) file.size(), OffsetSum.UNKNOWN));
        }

        int steps = 0;
        for (boolean finished = false; !finished; steps++) {
            AtomicInteger left = new AtomicInteger(steps);
            HookedDisk disk = HookedDisk.quick();
            LogHome again = new LogHome(root, disk).segments(600, 150);
            disk.hook((step, path) -> {
                if (left.getAndDecrement() <= 0) {
                    throw new Killed();
                }
            });
            try {
                log = again.open();
                finished = true;
                disk.hook((step, path) -> {});
            } catch (Killed killed) {
                assertThat(left.get()).isNegative();
            }
        }

        assertThat(log.view().segment(1).baseOffset()).isEqualTo(base);
        assertThat(log.view().segment(2).baseOffset()).isEqualTo(end);
        assertThat(KeyedRecords.read(log, 0))
                .extracting(KeyedRecords.Keyed::offset)
                .contains(base, end);
        assertThat(steps).isGreaterThan(3);
        log.abandon();
    }

    @Test
    void l7_truncateWithinAGap() throws IOException {
        int steps = 0;
        for (boolean finished = false; !finished; steps++) {
            Path place = Files.createDirectory(root.resolve("gap" + steps));
            HookedDisk disk = HookedDisk.quick();
            LogHome home = new LogHome(place, disk).segments(100_000, 150);
            home.config = home.config.with(new LogConfig.Cleanup(LogConfig.Policy.COMPACT, 0, 0, 1, 0));
            PartitionLog log = home.open();
            for (int i = 0; i < 20; i++) {
                KeyedRecords.append(log, i == 5 ? "five=1" : "a=" + i);
            }
            home.clock.advance(2);
            log.compactionNeed(20);
            home.work();
            KeyedRecords.compact(log, 20, KeyedRecords.PLENTY);
            AtomicInteger left = new AtomicInteger(steps);
            disk.hook((step, path) -> {
                if (left.getAndDecrement() <= 0) {
                    throw new Killed();
                }
            });
            try {
                log.truncateTo(12);
                finished = true;
            } catch (Killed killed) {
                assertThat(left.get()).isNegative();
            }
            LogHome after = new LogHome(place, HookedDisk.quick()).segments(100_000, 150);
            PartitionLog opened = after.open();
            assertThat(opened.view().endOffset()).isIn(12L, 20L);
            assertThat(KeyedRecords.show(opened)).startsWith("5:five=1");
            opened.abandon();
            after.open().abandon();
            deleteAll(place);
        }
        assertThat(steps).isGreaterThan(5);
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
