package io.millstream.broker.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.broker.log.StorageException.Kind;
import io.millstream.broker.simulation.SimDisk;
import io.millstream.core.TopicPartition;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A file of another partition in the place of one's own is refused by its name, or told by the copy that is left. */
final class ForeignFilesTest {

    private static final Path ROOT = Path.of("/data");
    private static final TopicPartition OWN = new TopicPartition("clicks", 0);
    private static final TopicPartition OTHER = new TopicPartition("clicks", 1);

    private final ManualClock clock = new ManualClock(1_700_000_000_000L);
    private final List<ManualLoop> loops = new ArrayList<>();
    private final LogConfig config = LogConfig.DEFAULT.with(new LogConfig.Rolling(400, Long.MAX_VALUE, 100));
    private final Map<TopicPartition, List<TestBatches.Entry>> written = new HashMap<>();
    private SimDisk disk = SimDisk.empty(clock);

    /** How the logs were stopped before. */
    enum Stop {
        CLEAN,
        KILLED,
        POWER_LOST
    }

    private LogDirectories open() {
        loops.clear();
        return LogDirectories.open(
                List.of(ROOT),
                new LogEnvironment(disk, clock, new SeededEntropy(1), name -> {
                    ManualLoop loop = new ManualLoop();
                    loops.add(loop);
                    return loop;
                }),
                topic -> config);
    }

    /** Two logs with the same offsets in segments of the same size, but for the first byte of each value. */
    private void fill(Stop stop) {
        LogDirectories logs = open();
        for (TopicPartition each : List.of(OWN, OTHER)) {
            PartitionLog log = logs.create(each, new UUID(7, each.partition()), config);
            for (int i = 0; i < 12; i++) {
                String value = each.partition() + "v" + i % 10;
                assertThat(log.append(TestBatches.batch(1_000 + i, value, value), 1)
                                .accepted())
                        .isTrue();
            }
            for (int round = 0; round < 2; round++) {
                List.copyOf(loops).forEach(ManualLoop::run);
            }
            long unused = log.flush();
            written.put(each, LogHome.readAll(log));
        }
        if (stop == Stop.CLEAN) {
            logs.close();
        }
        disk = stop == Stop.POWER_LOST ? disk.crash(1) : disk.kill();
    }

    private static Path file(TopicPartition partition, String name) {
        return ROOT.resolve(partition.toString()).resolve(name);
    }

    private List<String> segments() {
        return disk.list(ROOT.resolve(OWN.toString())).stream()
                .filter(name -> name.endsWith(LogFiles.LOG))
                .toList();
    }

    private void plant(String name) {
        disk.replace(file(OWN, name), disk.content(file(OTHER, name)));
    }

    @ParameterizedTest
    @EnumSource(Stop.class)
    void segmentOfAnotherPartitionIsRefusedByName(Stop stop) {
        fill(stop);
        List<String> segments = segments();
        assertThat(segments).hasSizeGreaterThan(2);
        for (String segment : segments) {
            byte[] own = disk.content(file(OWN, segment));
            plant(segment);

            LogDirectories logs = open();

            assertThat(logs.failures()).containsOnlyKeys(OWN);
            assertThat(logs.failures().get(OWN).kind()).isEqualTo(Kind.DAMAGED);
            assertThat(logs.failures().get(OWN))
                    .hasMessageContaining(file(OWN, segment).toString())
                    .hasMessageContaining("byte 0")
                    .hasMessageContaining("not this partition's");
            disk = disk.kill();
            disk.replace(file(OWN, segment), own);
        }
        assertThat(LogHome.readAll(open().log(OWN).orElseThrow())).isEqualTo(written.get(OWN));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {LogFiles.STATE, LogFiles.EPOCHS, LogFiles.JOURNAL, LogFiles.JOURNAL_COPY, "*.snapshot", "*index"
            })
    void whatElseIsAnothersIsNotBelieved(String name) {
        fill(Stop.KILLED);
        for (String each : disk.list(ROOT.resolve(OWN.toString()))) {
            if (each.endsWith(name.replace("*", "")) && disk.exists(file(OTHER, each))) {
                plant(each);
            }
        }

        LogDirectories logs = open();

        assertThat(logs.failures()).isEmpty();
        PartitionLog log = logs.log(OWN).orElseThrow();
        assertThat(LogHome.readAll(log)).isEqualTo(written.get(OWN));
        assertThat(log.latestEpoch()).isEqualTo(1);
        logs.close();
        disk = disk.kill();
        assertThat(open().failures()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void startOfTheLogOutlivesItsFile(boolean wholeJournal) {
        fill(Stop.KILLED);
        LogDirectories logs = open();
        assertThat(logs.log(OWN).orElseThrow().advanceStart(5)).isEqualTo(5);
        logs.close();
        disk = disk.kill();
        disk.delete(file(OWN, LogFiles.STATE));
        if (!wholeJournal) {
            disk.delete(file(OWN, LogFiles.JOURNAL));
        }

        assertThat(open().log(OWN).orElseThrow().view().startOffset()).isEqualTo(5);

        disk = disk.kill();
        assertThat(LogState.load(disk, ROOT.resolve(OWN.toString()), new PartitionMetadata(OWN, new UUID(7, 0))))
                .map(LogState::logStartOffset)
                .contains(5L);
        assertThat(disk.exists(file(OWN, LogFiles.JOURNAL))).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Stop.class)
    void logWithoutAJournalIsOpenedAndGetsOne(Stop stop) {
        fill(stop);
        disk.delete(file(OWN, LogFiles.JOURNAL));
        disk.delete(file(OWN, LogFiles.JOURNAL_COPY));
        LogDirectories logs = open();
        assertThat(LogHome.readAll(logs.log(OWN).orElseThrow())).isEqualTo(written.get(OWN));
        disk = disk.kill();
        plant(segments().get(0));

        assertThat(open().failures()).containsOnlyKeys(OWN);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void swapThatNoCompactionHasLeftReplacesNothing(int segment) {
        LogHome home = new LogHome(Path.of("/home"), disk).segments(250, 50);
        disk.createDirectories(Path.of("/home"));
        home.config = home.config.with(KeyedRecords.compacting(Long.MAX_VALUE));
        PartitionLog log = home.open();
        for (int i = 0; i < 12; i++) {
            KeyedRecords.append(log, "k" + i % 2 + "=v" + i, "own" + i + "=w" + i);
        }
        home.work();
        KeyedRecords.compact(log, 20, KeyedRecords.PLENTY);
        Optional<ClosedLog> left = log.close();
        LogView view = log.view();
        Path swap = LogFiles.swap(
                home.directory, new LogFiles.Swap(view.segment(segment).baseOffset(), view.end(segment)));
        byte[] emptied = new byte[0];
        try (DiskFile planted = disk.open(swap, Disk.Access.CREATE)) {
            planted.write(io.netty.buffer.Unpooled.wrappedBuffer(emptied), 0);
        }

        assertThatThrownBy(() -> home.open(left)).hasMessageContaining(swap.toString());
        disk.delete(swap);
        assertThat(KeyedRecords.show(home.open(left))).isNotEmpty();
    }
}
