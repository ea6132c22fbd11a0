package io.millstream.broker.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millstream.broker.log.HookedDisk.Step;
import io.millstream.broker.log.StorageException.Kind;
import io.millstream.core.Clock;
import io.millstream.core.Entropy;
import io.millstream.core.ThreadLoop;
import io.millstream.core.TopicPartition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data directories hold what was put there, through any stop, for one broker at a time. */
final class LogDirectoriesTest {

    private static final TopicPartition CLICKS = new TopicPartition("clicks", 0);
    private static final TopicPartition VIEWS = new TopicPartition("views", 7);
    private static final UUID ID = new UUID(3, 4);

    @TempDir
    Path root;

    private HookedDisk disk = HookedDisk.quick();

    private LogDirectories open(String... names) {
        LogEnvironment environment = new LogEnvironment(disk, Clock.system(), Entropy.system(), ThreadLoop::new);
        return LogDirectories.open(
                java.util.Arrays.stream(names).map(root::resolve).toList(), environment, topic -> LogConfig.DEFAULT);
    }

    private static void append(PartitionLog log, String value) {
        assertThat(log.append(TestBatches.batch(1_000, value), 1).accepted()).isTrue();
    }

    private static PreviousStop previous(LogDirectories logs) {
        return logs.directories().get(0).previousStop();
    }

    @Test
    void logsAreThereAgainAfterACleanStop() {
        try (LogDirectories logs = open("a")) {
            append(logs.create(CLICKS, ID, LogConfig.DEFAULT), "x");
            append(logs.create(VIEWS, ID, LogConfig.DEFAULT), "y");
        }
        try (LogDirectories logs = open("a")) {
            assertThat(previous(logs)).isEqualTo(PreviousStop.CLEAN);
            PartitionLog log = logs.log(VIEWS).orElseThrow();
            assertThat(log.partition()).isEqualTo(VIEWS);
            assertThat(log.topicId()).isEqualTo(ID);
            assertThat(LogHome.readAll(log))
                    .extracting(TestBatches.Entry::value)
                    .containsExactly("y");
            assertThat(logs.logs()).hasSize(2);
        }
    }

    @Test
    void l8_recordOfACleanStopIsGoneBeforeTheFirstAppendAndAStaleOneIsNotBelieved() throws IOException {
        Path marker = root.resolve("a/clean-shutdown");
        try (LogDirectories logs = open("a")) {
            append(logs.create(CLICKS, ID, LogConfig.DEFAULT), "x");
        }
        byte[] stale = Files.readAllBytes(marker);
        LogDirectories logs = open("a");
        assertThat(marker).doesNotExist();
        append(logs.log(CLICKS).orElseThrow(), "y");
        kill(logs);
        Files.write(marker, stale);

        try (LogDirectories again = open("a")) {
            assertThat(LogHome.readAll(again.log(CLICKS).orElseThrow())).hasSize(2);
        }
    }

    /** Gives up the lock and nothing else, as the death of a process does. */
    private void kill(LogDirectories logs) {
        disk.hook((step, path) -> {
            throw new StorageException(Kind.IO, path, "made to fail");
        });
        logs.close();
        disk = HookedDisk.quick();
    }

    @Test
    void l8_crashOfTheProcessIsToldFromARestartOfTheMachine() {
        disk.bootId("boot 1");
        kill(open("a"));
        disk.bootId("boot 1");
        LogDirectories logs = open("a");
        assertThat(previous(logs)).isEqualTo(PreviousStop.CRASH);
        kill(logs);
        disk.bootId("boot 2");
        logs = open("a");
        assertThat(previous(logs)).isEqualTo(PreviousStop.REBOOT);
        kill(logs);
        disk.bootId(null);
        logs = open("a");
        assertThat(previous(logs)).isEqualTo(PreviousStop.UNKNOWN);
        logs.close();
        disk.bootId("boot 3");
        logs = open("a");
        assertThat(previous(logs)).isEqualTo(PreviousStop.CLEAN);
        logs.close();
    }

    @Test
    void secondBrokerIsRefused() {
        try (LogDirectories logs = open("a")) {
            assertThatThrownBy(() -> open("b", "a"))
                    .isInstanceOfSatisfying(
                            StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.LOCKED));
            assertThat(logs.directories().get(0).failure()).isEmpty();
        }
        open("b", "a").close();
    }

    @Test
    void newLogsGoWhereTheFewestAre() {
        try (LogDirectories logs = open("a", "b", "c")) {
            for (int i = 0; i < 9; i++) {
                logs.create(new TopicPartition("t", i), ID, LogConfig.DEFAULT);
            }
            assertThat(logs.directories())
                    .allMatch(directory -> directory.logs().size() == 3);
            assertThat(logs.directories()).allMatch(directory -> directory.usableBytes() > 0);
            assertThat(logs.directories()).allMatch(directory -> directory.totalBytes() > 0);
        }
    }

    @Test
    void logExistsOnce() {
        try (LogDirectories logs = open("a", "b")) {
            logs.create(CLICKS, ID, LogConfig.DEFAULT);

            assertThatThrownBy(() -> logs.create(CLICKS, ID, LogConfig.DEFAULT))
                    .isInstanceOfSatisfying(
                            StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.EXISTS));
        }
    }

    @Test
    void deletedLogIsGoneAtOnceItsFilesSoonAndItMayComeBackEmpty() {
        try (LogDirectories logs = open("a")) {
            append(logs.create(CLICKS, ID, LogConfig.DEFAULT), "x");

            logs.delete(CLICKS);
            logs.delete(CLICKS);

            assertThat(logs.log(CLICKS)).isEmpty();
            PartitionLog again = logs.create(CLICKS, new UUID(5, 6), LogConfig.DEFAULT);
            assertThat(again.view().endOffset()).isZero();
            await().atMost(10, TimeUnit.SECONDS).until(() -> partitionDirectories("a") == 1);
        }
        try (LogDirectories logs = open("a")) {
            assertThat(logs.log(CLICKS).orElseThrow().topicId()).isEqualTo(new UUID(5, 6));
        }
    }

    private long partitionDirectories(String name) throws IOException {
        try (var files = Files.list(root.resolve(name))) {
            return files.filter(Files::isDirectory).count();
        }
    }

    @Test
    void longestTopicNameCanBeMadeAndDeleted() {
        TopicPartition longest = new TopicPartition("x".repeat(249), 99_999);
        try (LogDirectories logs = open("a")) {
            append(logs.create(longest, ID, LogConfig.DEFAULT), "x");
            logs.delete(longest);
            assertThat(logs.logs()).isEmpty();
        }
    }

    @Test
    void halfMadeAndHalfDeletedLogsAreClearedAndStrangersLeftAlone() throws IOException {
        open("a").close();
        Path half = Files.createDirectory(root.resolve("a/clicks-0.0123-new"));
        Files.writeString(half.resolve("partition.metadata"), "x");
        Path gone = Files.createDirectory(root.resolve("a/views-7.4567-delete"));
        Files.writeString(gone.resolve("00000000000000000000.log"), "x");
        Path stranger = Files.createDirectory(root.resolve("a/lost+found"));
        Path other = Files.createDirectory(root.resolve("a/clicks-01"));

        try (LogDirectories logs = open("a")) {
            assertThat(logs.logs()).isEmpty();
            assertThat(logs.failures()).isEmpty();
            await().atMost(10, TimeUnit.SECONDS).until(() -> !Files.exists(half) && !Files.exists(gone));
            assertThat(stranger).exists();
            assertThat(other).exists();
        }
    }

    @Test
    void damagedLogIsNamedAndTheOthersOpen() throws IOException {
        try (LogDirectories logs = open("a")) {
            append(logs.create(CLICKS, ID, LogConfig.DEFAULT), "x");
            append(logs.create(VIEWS, ID, LogConfig.DEFAULT), "y");
        }
        Files.delete(root.resolve("a/clicks-0/partition.metadata"));

        try (LogDirectories logs = open("a")) {
            assertThat(logs.failures()).containsOnlyKeys(CLICKS);
            assertThat(logs.log(VIEWS)).isPresent();
            assertThatThrownBy(() -> logs.create(CLICKS, ID, LogConfig.DEFAULT)).hasMessageContaining("clicks-0");
            logs.delete(CLICKS);
            assertThat(logs.failures()).isEmpty();
            logs.create(CLICKS, ID, LogConfig.DEFAULT);
        }
    }

    @Test
    void logThatCouldNotBeMadeCanBeMadeLater() {
        try (LogDirectories logs = open("a")) {
            disk.hook((step, path) -> {
                if (step == Step.CREATE && path.toString().endsWith(".log")) {
                    throw new StorageException(Kind.NO_SPACE, path, "made to fail");
                }
            });
            assertThatThrownBy(() -> logs.create(CLICKS, ID, LogConfig.DEFAULT)).hasMessageContaining("made to fail");
            disk.hook((step, path) -> {});

            append(logs.create(CLICKS, ID, LogConfig.DEFAULT), "x");
        }
    }

    @Test
    void logThatCouldNotBeDeletedIsNotSaidToBeGoneAndItsTopicIsKnown() {
        try (LogDirectories logs = open("a")) {
            append(logs.create(CLICKS, ID, LogConfig.DEFAULT), "x");
            disk.hook((step, path) -> {
                if (step == Step.RENAME) {
                    throw new StorageException(Kind.NO_SPACE, path, "made to fail");
                }
            });
            assertThatThrownBy(() -> logs.delete(CLICKS)).hasMessageContaining("made to fail");
            disk.hook((step, path) -> {});

            assertThat(logs.failures()).containsOnlyKeys(CLICKS);
            assertThat(logs.topicOfFailed(CLICKS)).contains(ID);
            assertThat(logs.topicOfFailed(VIEWS)).isEmpty();
            logs.delete(CLICKS);
            assertThat(logs.failures()).isEmpty();
            assertThat(logs.topicOfFailed(CLICKS)).isEmpty();
        }
    }

    @Test
    void failedDirectoryTakesOnlyItsOwnLogsOffline() {
        try (LogDirectories logs = open("a", "b")) {
            PartitionLog first = logs.create(CLICKS, ID, LogConfig.DEFAULT);
            PartitionLog second = logs.create(VIEWS, ID, LogConfig.DEFAULT);
            append(first, "x");
            append(second, "y");
            disk.hook((step, path) -> {
                if (step == Step.FORCE && path.startsWith(root.resolve("a"))) {
                    throw new StorageException(Kind.IO, path, "made to fail");
                }
            });

            assertThatThrownBy(first::flush).isInstanceOf(StorageException.class);
            disk.hook((step, path) -> {});

            assertThat(logs.directories().get(0).failure()).isPresent();
            assertThat(logs.directories().get(1).failure()).isEmpty();
            append(second, "z");
            assertThatThrownBy(() -> append(first, "z"))
                    .isInstanceOfSatisfying(
                            StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.OFFLINE));
            assertThat(logs.create(new TopicPartition("t", 1), ID, LogConfig.DEFAULT)
                            .directory())
                    .startsWith(root.resolve("b"));
        }
        assertThat(root.resolve("a/clean-shutdown")).doesNotExist();
        assertThat(root.resolve("b/clean-shutdown")).exists();
    }

    @Test
    void directoryThatCannotBeUsedIsAnErrorOnlyIfThereIsNoOther() throws IOException {
        Files.writeString(root.resolve("file"), "x");

        assertThatThrownBy(() -> open("file")).isInstanceOf(StorageException.class);
    }

    @Test
    void logsOfSeveralDirectoriesAreRecoveredTogetherAfterACrash() {
        LogDirectories logs = open("a", "b");
        for (int i = 0; i < 20; i++) {
            append(logs.create(new TopicPartition("t", i), ID, LogConfig.DEFAULT), "v" + i);
        }
        kill(logs);
        try (LogDirectories again = open("a", "b")) {
            assertThat(again.directories()).allMatch(directory -> directory.previousStop() == PreviousStop.CRASH);
            for (int i = 0; i < 20; i++) {
                assertThat(LogHome.readAll(again.log(new TopicPartition("t", i)).orElseThrow()))
                        .extracting(TestBatches.Entry::value)
                        .containsExactly("v" + i);
            }
        }
    }

    @Test
    void logsThatAreMadeSideBySideSpread() throws InterruptedException {
        try (LogDirectories logs = open("a", "b", "c")) {
            List<Thread> makers = IntStream.range(0, 12)
                    .mapToObj(i -> new Thread(() -> logs.create(new TopicPartition("t", i), ID, LogConfig.DEFAULT)))
                    .toList();
            makers.forEach(Thread::start);
            for (Thread maker : makers) {
                maker.join();
            }

            assertThat(logs.directories())
                    .allMatch(directory -> directory.logs().size() == 4);
        }
    }

    @Test
    void directoryThatCannotBeUsedIsOfflineAndTheOthersOpen() throws IOException {
        Files.writeString(root.resolve("file"), "x");

        try (LogDirectories logs = open("file", "a")) {
            assertThat(logs.anyOffline()).isTrue();
            assertThat(logs.directories().get(0).failure()).isPresent();
            assertThat(logs.create(CLICKS, ID, LogConfig.DEFAULT).directory()).startsWith(root.resolve("a"));
        }
        // what has never worked may be empty when it does
        Files.delete(root.resolve("file"));
        try (LogDirectories logs = open("file", "a")) {
            assertThat(logs.anyOffline()).isFalse();
            assertThat(logs.log(CLICKS)).isPresent();
        }
    }

    @Test
    void directoryThatHeldLogsAndIsEmptyIsNotUsedUnlessAStartWithoutItSaysSo() throws IOException {
        open("a", "b").close();
        Files.move(root.resolve("b"), root.resolve("aside"));

        try (LogDirectories logs = open("a", "b")) {
            assertThat(logs.directories().get(1).failure().orElseThrow())
                    .hasMessageContaining(root.resolve("b").toString())
                    .hasMessageContaining("mount its disk");
        }
        open("a").close();
        try (LogDirectories logs = open("a", "b")) {
            assertThat(logs.anyOffline()).isFalse();
        }
        // with another name for the mount, all is well
        Files.move(root.resolve("b"), root.resolve("renamed"));
        try (LogDirectories logs = open("a", "renamed")) {
            assertThat(logs.anyOffline()).isFalse();
        }
    }

    @Test
    void logThatIsInTwoDirectoriesIsLeftToAPerson() throws IOException {
        open("a", "b").close();
        for (String name : List.of("a", "b")) {
            try (LogDirectories logs = open(name)) {
                append(logs.create(CLICKS, ID, LogConfig.DEFAULT), name);
                append(logs.create(new TopicPartition(name, 0), ID, LogConfig.DEFAULT), name);
            }
        }

        try (LogDirectories logs = open("a", "b")) {
            assertThat(logs.failures()).containsOnlyKeys(CLICKS);
            assertThat(logs.failures().get(CLICKS)).hasMessageContaining("move one of them away");
            assertThat(logs.logs()).hasSize(2);
        }
        Files.move(root.resolve("b/clicks-0"), root.resolve("clicks-0"));
        try (LogDirectories logs = open("a", "b")) {
            assertThat(LogHome.readAll(logs.log(CLICKS).orElseThrow()))
                    .extracting(TestBatches.Entry::value)
                    .containsExactly("a");
        }
    }
}
