package io.millstream.broker.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.simulation.SimDisk;
import io.millstream.core.Clock;
import io.millstream.core.Entropy;
import io.millstream.core.TopicPartition;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a start finds out about what is missing, and what it still knows of high watermarks. */
final class DirectoryLossTest {

    private static final Path ONE = Path.of("/one");
    private static final Path TWO = Path.of("/two");
    private static final TopicPartition ID = new TopicPartition("clicks", 0);
    private static final UUID TOPIC = new UUID(5, 6);

    private SimDisk disk = SimDisk.empty(Clock.system());

    private LogDirectories recover(Path... directories) {
        return LogDirectories.recover(
                List.of(directories),
                new LogEnvironment(disk, Clock.system(), Entropy.system(), name -> new ManualLoop()),
                topic -> LogConfig.DEFAULT);
    }

    /** A start, and a clean stop. */
    private boolean lacks(Path... directories) {
        LogDirectories logs = recover(directories);
        logs.begin();
        boolean lacks = logs.mayLackRecords();
        logs.close();
        return lacks;
    }

    @Test
    void newDirectoriesLackWhatTheBrokerMayHaveHadElsewhere() {
        assertThat(lacks(ONE)).isTrue();
        assertThat(lacks(ONE)).isFalse();
        assertThat(lacks(ONE, TWO)).isTrue();
        assertThat(lacks(ONE, TWO)).isFalse();
    }

    @Test
    void aDirectoryThatIsGoneIsMissed() {
        assertThat(lacks(ONE, TWO)).isTrue();
        assertThat(lacks(ONE, TWO)).isFalse();
        assertThat(lacks(ONE)).isTrue();
        assertThat(lacks(ONE)).isFalse();
    }

    @Test
    void theDeathOfTheProcessLosesNothing() {
        assertThat(lacks(ONE)).isTrue();
        recover(ONE).begin();
        disk = disk.kill();
        assertThat(lacks(ONE)).isFalse();
    }

    @Test
    void aLossOfPowerIsNotForgottenBeforeTheStartHasSaidSo() {
        assertThat(lacks(ONE)).isTrue();
        recover(ONE).begin();
        disk = disk.crash(1);

        for (int life = 0; life < 3; life++) {
            assertThat(recover(ONE).mayLackRecords()).isTrue();
            disk = disk.kill(); // before anybody was told
        }

        LogDirectories logs = recover(ONE);
        logs.begin();
        assertThat(logs.mayLackRecords()).isTrue();
        disk = disk.kill();
        assertThat(lacks(ONE)).isFalse();
    }

    @Test
    void aStopBeforeTheStartHasSaidSoForgetsNoLossEither() {
        assertThat(lacks(ONE, TWO)).isTrue();
        recover(ONE, TWO).begin();
        disk = disk.crash(1);
        for (int life = 0; life < 3; life++) {
            LogDirectories logs = recover(ONE, TWO);
            assertThat(logs.mayLackRecords()).isTrue();
            logs.close();
        }
        assertThat(lacks(ONE, TWO)).isTrue();
        assertThat(lacks(ONE, TWO)).isFalse();

        for (int life = 0; life < 3; life++) {
            LogDirectories logs = recover(ONE);
            assertThat(logs.mayLackRecords()).as("the other directory is gone").isTrue();
            logs.close();
        }
        assertThat(lacks(ONE)).isTrue();
        assertThat(lacks(ONE)).isFalse();
    }

    @Test
    void aStopBeforeTheStartHasSaidAnythingIsCleanWhereNothingIsMissing() {
        assertThat(lacks(ONE)).isTrue();
        recover(ONE).close();
        disk = disk.crash(1);
        assertThat(lacks(ONE)).isFalse();
    }

    @Test
    void highWatermarksOutliveAStopAndAreThoseOfThatVeryTopic() {
        LogDirectories logs = recover(ONE);
        logs.begin();
        PartitionLog log = logs.create(ID, TOPIC, LogConfig.DEFAULT);
        assertThat(logs.highWatermark(log)).isEmpty();
        logs.saveHighWatermarks(Map.of(log, 42L));
        logs.close();

        logs = recover(ONE);
        log = logs.log(ID).orElseThrow();
        assertThat(logs.highWatermark(log)).isEqualTo(OptionalLong.of(42));
        logs.saveHighWatermarks(Map.of()); // nobody asked about it yet
        logs.close();

        logs = recover(ONE);
        log = logs.log(ID).orElseThrow();
        assertThat(logs.highWatermark(log)).isEqualTo(OptionalLong.of(42));
        logs.delete(log);
        assertThat(logs.highWatermark(logs.create(ID, new UUID(7, 8), LogConfig.DEFAULT)))
                .isEmpty();
        logs.close();
    }

    @Test
    void aDamagedFileOfHighWatermarksIsNone() {
        LogDirectories logs = recover(ONE);
        PartitionLog log = logs.create(ID, TOPIC, LogConfig.DEFAULT);
        logs.saveHighWatermarks(Map.of(log, 42L));
        logs.close();
        disk.replace(ONE.resolve("high-watermarks"), new byte[] {1, 2, 3});

        logs = recover(ONE);

        assertThat(logs.highWatermark(logs.log(ID).orElseThrow())).isEmpty();
        logs.close();
    }
}
