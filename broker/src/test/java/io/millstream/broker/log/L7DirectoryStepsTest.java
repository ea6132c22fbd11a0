package io.millstream.broker.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.simulation.SimDisk;
import io.millstream.broker.simulation.SimFaults;
import io.millstream.broker.simulation.SimFaults.Failure;
import io.millstream.broker.simulation.SimFaults.Fault;
import io.millstream.broker.simulation.SimFaults.Operation;
import io.millstream.core.TopicPartition;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** L7, L8: whoever dies before any step of making, deleting or recovering a log leaves it whole or not at all. */
final class L7DirectoryStepsTest {

    private static final TopicPartition CLICKS = new TopicPartition("clicks", 0);
    private static final TopicPartition VIEWS = new TopicPartition("views", 1);
    private static final UUID OLD = new UUID(1, 2);
    private static final UUID NEW = new UUID(3, 4);

    private final ManualClock clock = new ManualClock(1_700_000_000_000L);
    private long lives;

    /** What follows the death of the process. */
    enum Death {
        KILLED,
        POWER_LOST;

        SimDisk next(SimDisk disk) {
            return this == KILLED ? disk.kill() : disk.crash(disk.operations());
        }
    }

    private LogDirectories open(SimDisk disk) {
        LogEnvironment environment =
                new LogEnvironment(disk, clock, new SeededEntropy(lives++), name -> new ManualLoop());
        return LogDirectories.open(List.of(Path.of("/data")), environment, topic -> LogConfig.DEFAULT);
    }

    /** A disk with one log of three records, all of them safe. */
    private SimDisk withOneLog() {
        SimDisk disk = SimDisk.empty(clock);
        try (LogDirectories logs = open(disk)) {
            logs.create(CLICKS, OLD, LogConfig.DEFAULT).append(TestBatches.batch(1, "a", "b", "c"), 1);
        }
        return disk.kill();
    }

    private static List<String> values(PartitionLog log) {
        return LogHome.readAll(log).stream().map(TestBatches.Entry::value).toList();
    }

    /** Runs {@code action}, dead before its first, second, ... step, and looks at what is there afterwards. */
    private void dieAtEachStep(Death death, Consumer<LogDirectories> action, Consumer<LogDirectories> check) {
        boolean finished = false;
        for (int steps = 0; !finished; steps++) {
            SimDisk disk = withOneLog();
            LogDirectories logs = open(disk);
            disk.faults(SimFaults.nth(steps, new Fault(Failure.DEATH, 0), Operation.CHANGES));
            try {
                action.accept(logs);
                finished = true;
                assertThat(steps).as("steps").isGreaterThan(2);
            } catch (SimDisk.Dead died) {
                assertThat(finished).isFalse();
            }
            try (LogDirectories after = open(death.next(disk))) {
                assertThat(after.failures()).isEmpty();
                check.accept(after);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Death.class)
    void l7_topicDelete(Death death) {
        Consumer<LogDirectories> deleted = logs -> {
            logs.delete(CLICKS);
            logs.close(); // ends what deletes the files
        };
        dieAtEachStep(death, deleted, logs -> {
            Optional<PartitionLog> left = logs.log(CLICKS);
            left.ifPresent(log -> assertThat(values(log)).containsExactly("a", "b", "c"));
            logs.delete(CLICKS);
            PartitionLog again = logs.create(CLICKS, NEW, LogConfig.DEFAULT);
            assertThat(again.view().endOffset()).isZero();
            assertThat(again.topicId()).isEqualTo(NEW);
        });
    }

    @ParameterizedTest
    @EnumSource(Death.class)
    void l7_topicCreate(Death death) {
        dieAtEachStep(death, logs -> logs.create(VIEWS, NEW, LogConfig.DEFAULT), logs -> {
            PartitionLog log = logs.log(VIEWS).orElseGet(() -> logs.create(VIEWS, NEW, LogConfig.DEFAULT));
            assertThat(log.topicId()).isEqualTo(NEW);
            assertThat(log.append(TestBatches.batch(1, "x"), 1).baseOffset()).isZero();
            assertThat(values(logs.log(CLICKS).orElseThrow())).containsExactly("a", "b", "c");
        });
    }

    @ParameterizedTest
    @EnumSource(Death.class)
    void l8_restartOfTheMachineIsSeenHoweverOftenTheBrokerDiesWhileItRecovers(Death death) {
        boolean finished = false;
        for (int steps = 0; !finished; steps++) {
            SimDisk disk = withOneLog();
            open(disk).log(CLICKS).orElseThrow().append(TestBatches.batch(1, "d"), 1);
            disk = disk.crash(steps);
            disk.faults(SimFaults.nth(steps, new Fault(Failure.DEATH, 0), Operation.CHANGES));
            try {
                assertThat(open(disk).directories().get(0).previousStop()).isEqualTo(PreviousStop.REBOOT);
                finished = true;
            } catch (SimDisk.Dead died) {
                disk = death.next(disk);
                boolean noted = isNoted(disk);
                PreviousStop seen = open(disk).directories().get(0).previousStop();
                assertThat(seen).isIn(PreviousStop.REBOOT, noted ? PreviousStop.CRASH : PreviousStop.REBOOT);
            }
        }
    }

    /** Whether the start had come to its end but for making that safe. */
    private static boolean isNoted(SimDisk disk) {
        return new String(disk.content(Path.of("/data/running")), java.nio.charset.StandardCharsets.UTF_8)
                .contains(disk.bootId().orElseThrow());
    }

    @Test
    void producerWhoseLastRecordsWereDeletedAndThenLostGoesOn() {
        for (int seed = 0; seed < 20; seed++) {
            SimDisk disk = withOneLog();
            PartitionLog log = open(disk).log(CLICKS).orElseThrow();
            log.append(TestBatches.batch(7, 0, 0, "x", "y"), 1);
            log.flush();
            log.append(TestBatches.batch(7, 0, 2, "z"), 1);
            log.advanceStart(6);

            try (LogDirectories after = open(disk.crash(seed))) {
                PartitionLog left = after.log(CLICKS).orElseThrow();
                assertThat(left.view().startOffset()).isEqualTo(6);
                assertThat(left.append(TestBatches.batch(7, 0, 3, "next"), 1).message())
                        .isEmpty();
                assertThat(values(left)).containsExactly("next");
            }
        }
    }
}
