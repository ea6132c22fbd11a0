package io.millstream.broker.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.broker.log.TestBatches.Entry;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** L6: everything beside the batches is rebuilt from them if it is missing or wrong. */
final class L6DamagedFilesTest {

    @TempDir
    Path root;

    /** What befalls a file. */
    enum Mishap {
        MISSING,
        EMPTY,
        GARBAGE,
        CUT,
        LONGER,
        ONE_BIT;

        void befall(Path file) {
            try {
                byte[] bytes = Files.readAllBytes(file);
                Random random = new Random(bytes.length);
                switch (this) {
                    case MISSING -> Files.delete(file);
                    case EMPTY -> Files.write(file, new byte[0]);
                    case GARBAGE -> {
                        random.nextBytes(bytes);
                        Files.write(file, bytes);
                    }
                    case CUT -> Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length / 2));
                    case LONGER -> Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length * 2 + 12));
                    case ONE_BIT -> {
                        bytes[bytes.length / 2] ^= 16;
                        Files.write(file, bytes);
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** How the log was stopped before. */
    enum Stop {
        CLEAN,
        KILLED
    }

    static List<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        for (Stop stop : Stop.values()) {
            for (Mishap mishap : Mishap.values()) {
                for (String files : List.of(
                        ".index", ".timeindex", ".snapshot", "leader-epochs", "log-state", "journal", "-copy", "")) {
                    cases.add(Arguments.of(stop, mishap, files));
                }
            }
        }
        return cases;
    }

    @ParameterizedTest(name = "{0} {1} *{2}")
    @MethodSource("cases")
    void l6_logIsRebuiltEqual(Stop stop, Mishap mishap, String suffix) throws IOException {
        LogHome home = new LogHome(root, HookedDisk.quick()).segments(600, 100);
        PartitionLog log = filled(home);
        Facts facts = Facts.of(log);
        Optional<ClosedLog> left = Optional.empty();
        if (stop == Stop.CLEAN) {
            left = log.close();
        } else {
            log.abandon();
        }

        try (var files = Files.list(home.directory)) {
            files.filter(file -> file.toString().endsWith(suffix))
                    .filter(file -> !file.toString().endsWith(".log"))
                    .filter(file -> !file.toString().endsWith(LogFiles.METADATA))
                    .toList()
                    .forEach(mishap::befall);
        }

        log = home.open(left);
        assertThat(Facts.of(log)).isEqualTo(facts);
        assertDuplicatesAreKnown(log);
        log.abandon();
    }

    /** Batches of two terms and two producers over several segments, some of them flushed. */
    private static PartitionLog filled(LogHome home) {
        PartitionLog log = home.open();
        for (int i = 0; i < 30; i++) {
            ByteBuf batch = i % 3 == 0
                    ? TestBatches.batch(70 + i % 2, 0, i / 6 * 2, "p" + i, "q" + i)
                    : TestBatches.batch(3_000 + i * 7 % 40, "v" + i, "w" + i);
            assertThat(log.append(batch, i < 17 ? 2 : 5).accepted()).isTrue();
            if (i == 20) {
                home.work();
            }
        }
        return log;
    }

    private static void assertDuplicatesAreKnown(PartitionLog log) {
        long end = log.view().endOffset();
        Appended again = log.append(TestBatches.batch(71, 0, 8, "p27", "q27"), 5);
        assertThat(again.duplicate()).isTrue();
        assertThat(again.baseOffset()).isEqualTo(54);
        assertThat(log.view().endOffset()).isEqualTo(end);
        assertThat(log.append(TestBatches.batch(71, 0, 10, "new"), 5).baseOffset())
                .isEqualTo(end);
    }

    /** What must be the same afterwards. */
    private record Facts(
            List<Entry> entries, List<Optional<TimestampedOffset>> byTime, int epoch, long end, List<Long> borders) {

        static Facts of(PartitionLog log) {
            List<Optional<TimestampedOffset>> byTime = new ArrayList<>();
            for (long time = 995; time < 3_050; time = time == 1_002 ? 2_995 : time + 1) {
                byTime.add(log.firstAtOrAfter(time, Long.MAX_VALUE));
            }
            byTime.add(log.latestByTime(Long.MAX_VALUE));
            return new Facts(
                    LogHome.readAll(log),
                    byTime,
                    log.latestEpoch(),
                    log.view().endOffset(),
                    List.of(log.view().startOffset()));
        }
    }

    @Test
    void snapshotAndIndexesFromBeyondTheEndAreIgnored() throws IOException {
        LogHome home = new LogHome(root, HookedDisk.quick()).segments(600, 100);
        PartitionLog log = filled(home);
        Facts facts = Facts.of(log);
        log.close();
        Path newest = LogFiles.of(home.directory, facts.end(), LogFiles.SNAPSHOT);
        Path beyond = LogFiles.of(home.directory, facts.end() + 100, LogFiles.SNAPSHOT);
        Files.copy(newest, beyond);
        Files.copy(newest, LogFiles.of(home.directory, facts.end() + 200, LogFiles.OFFSET_INDEX));

        log = home.open();

        assertThat(Facts.of(log)).isEqualTo(facts);
        assertThat(beyond).doesNotExist();
        log.abandon();
    }

    @ParameterizedTest
    @MethodSource("truths")
    void formatOfALaterVersionIsRefusedByName(String name) throws IOException {
        LogHome home = new LogHome(root, HookedDisk.quick());
        PartitionLog log = filled(home);
        log.close();
        Path file = home.directory.resolve(name);
        String kind = Files.readString(file).split(" ", 3)[1];
        new Checkpoint(kind, 9).write(Disk.system(), file, List.of("whatever comes then"));

        assertThatThrownBy(home::open)
                .isInstanceOfSatisfying(StorageException.class, e -> assertThat(e.kind())
                        .isEqualTo(StorageException.Kind.UNKNOWN_FORMAT))
                .hasMessageContaining(file.toString())
                .hasMessageContaining("format 9");
    }

    static List<String> truths() {
        return List.of(LogFiles.METADATA, LogFiles.STATE, LogFiles.EPOCHS);
    }

    @ParameterizedTest
    @MethodSource("directoryCases")
    void l6_logsOpenEqualWhateverBecameOfTheDirectorysOwnFiles(Stop stop, Mishap mishap, String name) {
        HookedDisk disk = HookedDisk.quick();
        LogDirectories logs = open(disk);
        PartitionLog log = logs.create(LogHome.PARTITION, LogHome.TOPIC_ID, LogConfig.DEFAULT);
        for (int i = 0; i < 20; i++) {
            assertThat(log.append(TestBatches.batch(1_000 + i, "v" + i), 3).accepted())
                    .isTrue();
        }
        Facts facts = Facts.of(log);
        if (stop == Stop.KILLED) {
            disk.hook((step, path) -> {
                throw new StorageException(StorageException.Kind.IO, path, "the process is dead");
            });
        }
        logs.close();
        if (Files.exists(root.resolve(name))) {
            mishap.befall(root.resolve(name));
        }

        try (LogDirectories again = open(HookedDisk.quick())) {
            assertThat(again.failures()).isEmpty();
            assertThat(Facts.of(again.log(LogHome.PARTITION).orElseThrow())).isEqualTo(facts);
        }
    }

    static List<Arguments> directoryCases() {
        List<Arguments> cases = new ArrayList<>();
        for (Stop stop : Stop.values()) {
            for (Mishap mishap : Mishap.values()) {
                for (String name : List.of("running", "clean-shutdown", "failed")) {
                    cases.add(Arguments.of(stop, mishap, name));
                }
            }
        }
        return cases;
    }

    private LogDirectories open(Disk disk) {
        return LogDirectories.open(
                List.of(root),
                new LogEnvironment(disk, new ManualClock(5_000), new SeededEntropy(1), name -> new ManualLoop()),
                topic -> LogConfig.DEFAULT);
    }

    @Test
    void logWithoutMetadataIsNotAttributedToAnybody() throws IOException {
        LogHome home = new LogHome(root, HookedDisk.quick());
        filled(home).abandon();
        Files.delete(home.directory.resolve(LogFiles.METADATA));

        assertThatThrownBy(home::open).hasMessageContaining("cannot be attributed to a topic");
    }
}
