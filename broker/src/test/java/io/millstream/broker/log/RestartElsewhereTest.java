package io.millstream.broker.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.broker.simulation.SimDisk;
import io.millstream.broker.simulation.SimFaults;
import io.millstream.broker.simulation.SimFaults.Failure;
import io.millstream.broker.simulation.SimFaults.Fault;
import io.millstream.broker.simulation.SimFaults.Operation;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A log that gives up all it holds and begins elsewhere: what a follower does that its leader has left behind. */
final class RestartElsewhereTest {

    private static final Path ROOT = Path.of("/data");

    private SimDisk disk;
    private LogHome home;
    private PartitionLog log;
    private List<TestBatches.Entry> before;

    /** Some segments from offset 10 on, the first of them begun below the log's start. */
    private void fill() {
        disk = SimDisk.empty(new ManualClock(1_700_000_000_000L));
        disk.createDirectories(ROOT);
        disk.syncDirectory(ROOT.getParent());
        home = home();
        log = home.open();
        for (int i = 0; i < 20; i++) {
            assertThat(log.append(TestBatches.batch(9, 0, 2 * i, "v" + i, "w" + i), i < 8 ? 1 : 2)
                            .accepted())
                    .isTrue();
        }
        home.work();
        log.advanceStart(11);
        before = LogHome.readAll(log);
    }

    private LogHome home() {
        return new LogHome(ROOT, disk).segments(400, 100);
    }

    private void assertBeginsAt(PartitionLog found, long offset) {
        assertThat(found.view().startOffset()).isEqualTo(offset);
        assertThat(found.view().endOffset()).isEqualTo(offset);
        assertThat(found.read(offset, 100, Long.MAX_VALUE, FirstBatch.ALWAYS).isEmpty())
                .isTrue();
        assertThat(found.latestEpoch()).isEqualTo(EpochLineage.NONE);
    }

    /** The producer is unknown: what it sends goes in, wherever its sequence stands. */
    private void assertTakes(PartitionLog found, long offset) {
        assertThat(found.append(TestBatches.batch(9, 0, 4, "new"), 5).baseOffset())
                .isEqualTo(offset);
        assertThat(LogHome.readAll(found)).extracting(TestBatches.Entry::offset).containsExactly(offset);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 10, 11, 25, 40, 1_000, Long.MAX_VALUE - 2})
    void logBeginsWhereItIsTold(long offset) {
        fill();

        log.follower().startOver(offset);

        assertBeginsAt(log, offset);
        assertThat(log.flushedOffset()).isEqualTo(offset);
        disk = disk.crash(offset);
        log = home().open();
        assertBeginsAt(log, offset);
        if (offset < Long.MAX_VALUE - 2) {
            assertTakes(log, offset);
            log.flush();
            disk = disk.crash(offset);
            log = home().open();
            assertThat(LogHome.readAll(log))
                    .extracting(TestBatches.Entry::offset)
                    .containsExactly(offset);
        }
    }

    @Test
    void offsetMustBeOne() {
        fill();
        assertThatThrownBy(() -> log.follower().startOver(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 25, 1_000})
    void deathAtAnyStepLeavesALogThatHasLostItsEndOrBeginsAnew(long offset) {
        boolean died = true;
        for (int step = 0; died; step++) {
            for (int seed = 0; seed < 4; seed++) {
                fill();
                disk.faults(SimFaults.nth(step, new Fault(Failure.DEATH, 500), Operation.CHANGES));
                died = dies(offset);
                disk = seed == 0 ? disk.kill() : disk.crash(seed);
                PartitionLog found = home().open();
                String what = "step " + step + ", seed " + seed;
                long end = found.view().endOffset();
                boolean begunAnew = end == offset && found.view().startOffset() == offset;
                // A cut may take the start along, to the beginning of its segment.
                assertThat(LogHome.readAll(found, Math.max(11, found.view().startOffset())))
                        .as(what)
                        .isEqualTo(before.subList(0, begunAnew ? 0 : (int) Math.max(0, end - 11)));
                found.follower().startOver(offset);
                assertBeginsAt(found, offset);
                assertTakes(found, offset);
            }
        }
    }

    private boolean dies(long offset) {
        try {
            log.follower().startOver(offset);
            return false;
        } catch (SimDisk.Dead dead) {
            return true;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 25, 1_000})
    void failureAtAnyStepIsMadeGoodByAnotherTry(long offset) {
        boolean failed = true;
        for (int step = 0; failed; step++) {
            for (int remedy = 0; remedy < 4; remedy++) {
                fill();
                disk.faults(SimFaults.nth(step, new Fault(Failure.NO_SPACE, 500), Operation.CHANGES));
                failed = fails(offset);
                disk.faults(SimFaults.none());
                if (home.health.failure().isPresent()) {
                    continue; // an fsync that failed is final
                }
                String what = "step " + step + ", remedy " + remedy;
                long then = remedy == 1 ? offset + 7 : remedy == 2 && offset > 0 ? offset - 1 : offset;
                if (remedy == 3 && failed) {
                    then = log.truncateTo(0);
                    assertThat(LogHome.readAll(log)).as(what).isEmpty();
                    assertThat(log.append(TestBatches.batch(1, "new"), 5).baseOffset())
                            .isEqualTo(then);
                } else {
                    log.follower().startOver(then);
                    assertTakes(log, then);
                }
                log.flush();
                disk = disk.crash(step);
                PartitionLog found = home().open();
                assertThat(LogHome.readAll(found))
                        .as(what)
                        .extracting(TestBatches.Entry::offset)
                        .containsExactly(then);
            }
        }
    }

    private boolean fails(long offset) {
        try {
            log.follower().startOver(offset);
            return false;
        } catch (StorageException e) {
            assertThat(Optional.of(e.kind())).contains(StorageException.Kind.NO_SPACE);
            return true;
        }
    }
}
