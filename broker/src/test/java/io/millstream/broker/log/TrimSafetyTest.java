package io.millstream.broker.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.broker.simulation.SimDisk;
import io.millstream.broker.simulation.SimFaults;
import io.millstream.broker.simulation.SimFaults.Failure;
import io.millstream.broker.simulation.SimFaults.Fault;
import io.millstream.broker.simulation.SimFaults.Operation;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is cut, deleted or missing takes nothing along that is still needed, and is not passed over in silence. */
final class TrimSafetyTest {

    private static final Path ROOT = Path.of("/data");

    /** What may fail without taking the directory offline. */
    private static final Set<Operation> RETRIABLE =
            EnumSet.of(Operation.CREATE, Operation.WRITE, Operation.TRUNCATE, Operation.RENAME, Operation.DELETE);

    private SimDisk disk = newDisk();
    private LogHome home = home();
    private PartitionLog log = home.open();

    private static SimDisk newDisk() {
        SimDisk made = SimDisk.empty(new ManualClock(1_700_000_000_000L));
        made.createDirectories(ROOT);
        made.syncDirectory(ROOT.getParent());
        return made;
    }

    private LogHome home() {
        return new LogHome(ROOT, disk).segments(1, 100);
    }

    /** Each batch fills a segment. */
    private void append(int count) {
        for (int i = 0; i < count; i++) {
            assertThat(log.append(TestBatches.batch(1_000, "v" + log.view().endOffset()), 1)
                            .accepted())
                    .isTrue();
        }
    }

    private Path file(long offset, String suffix) {
        return LogFiles.of(home.directory, offset, suffix);
    }

    @Test
    void fileMissingInTheMiddleIsNoticedAtOpen() {
        append(5);
        home.work();
        var left = log.close();
        disk.delete(file(2, LogFiles.LOG));

        assertThatThrownBy(() -> home().open(left))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining(file(1, LogFiles.LOG).toString())
                .hasMessageContaining("a file is missing");
        assertThatThrownBy(() -> home().open()).hasMessageContaining("a file is missing");
    }

    @Test
    void rollFromBeforeATruncationLeavesNoSnapshot() {
        log.append(TestBatches.batch(7, 0, 0, "a"), 1);
        log.append(TestBatches.batch(7, 0, 1, "b"), 1);
        log.truncateTo(0);
        log.append(TestBatches.batch(8, 0, 0, "c", "d"), 1);
        home.worker.run(); // the roll at offset 1, of a log that is no more
        log.append(TestBatches.batch(8, 0, 2, "e"), 1);
        log.truncateTo(2);

        assertThat(log.append(TestBatches.batch(8, 0, 0, "c", "d"), 1).duplicate())
                .isTrue();
        assertThat(log.append(TestBatches.batch(7, 0, 0, "a"), 1).duplicate()).isFalse();
    }

    @Test
    void truncationThatFailsOnTheWayCanBeRepeated() {
        boolean done = false;
        for (int n = 0; !done; n++) {
            disk = newDisk();
            home = home();
            log = home.open();
            append(6);
            home.work();
            disk.faults(SimFaults.nth(n, new Fault(Failure.NO_SPACE, 0), RETRIABLE));
            try {
                log.truncateTo(2);
                done = true;
            } catch (StorageException e) {
                assertThat(e.kind()).isEqualTo(StorageException.Kind.NO_SPACE);
            }
            disk.faults(SimFaults.none());
            assertThat(log.truncateTo(2)).isEqualTo(2);
            append(1);
            assertThat(LogHome.readAll(log)).as("step " + n).hasSize(3);
            home.work();
            disk = disk.kill();
            log = home().open();
            assertThat(LogHome.readAll(log)).as("step " + n).hasSize(3);
        }
    }

    @Test
    void deletionOfASegmentSparesTheOneInItsPlace() {
        home = home().segments(100_000, 1);
        log = home.open();
        append(3);
        log.truncateTo(0);
        append(3);
        log.flush();
        log.close();
        assertThat(disk.exists(file(0, LogFiles.OFFSET_INDEX))).isTrue();

        home.worker.run();

        assertThat(disk.exists(file(0, LogFiles.OFFSET_INDEX))).isTrue();
        assertThat(disk.exists(file(0, LogFiles.TIME_INDEX))).isTrue();
    }

    @Test
    void producersOutliveTheirBatchesAndALossOfPower() {
        for (int seed = 0; seed < 30; seed++) {
            disk = newDisk();
            home = home();
            log = home.open();
            log.append(TestBatches.batch(7, 0, 0, "a"), 1);
            append(4);
            if (seed % 2 == 0) {
                home.work();
            } else {
                log.flush(); // the snapshots are still to be written
            }
            log.advanceStart(4);
            disk = disk.crash(seed);
            home = home();
            log = home.open();

            assertThat(log.append(TestBatches.batch(7, 0, 0, "a"), 1).duplicate())
                    .as("seed " + seed)
                    .isTrue();
        }
    }

    @Test
    void fileOfARollThatFailedIsNoDamage() {
        append(2);
        home.work();
        var left = log.close();
        disk.open(file(9, LogFiles.LOG), Disk.Access.CREATE).close();

        log = home().open(left);

        assertThat(log.view().endOffset()).isEqualTo(2);
        assertThat(disk.exists(file(9, LogFiles.LOG))).isFalse();
    }
}
