package io.millstream.broker.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.simulation.SimDisk;
import io.millstream.broker.simulation.SimFaults;
import io.millstream.broker.simulation.SimFaults.Failure;
import io.millstream.broker.simulation.SimFaults.Fault;
import io.millstream.broker.simulation.SimFaults.Operation;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** L3: power that is lost at any step of a compaction, and again while the next start puts things right. */
final class L3CompactionCrashTest {

    private static final Path ROOT = Path.of("/data");
    private static final int SEEDS = 6;

    private SimDisk disk;
    private LogHome home;
    private List<String> before;
    private List<String> after;

    private LogHome home() {
        LogHome made = new LogHome(ROOT, disk).segments(250, 50);
        made.config = made.config.with(KeyedRecords.compacting(Long.MAX_VALUE));
        return made;
    }

    private PartitionLog filled() {
        disk = SimDisk.empty(new ManualClock(1_700_000_000_000L));
        disk.createDirectories(ROOT);
        disk.syncDirectory(ROOT.getParent());
        home = home();
        PartitionLog log = home.open();
        for (int i = 0; i < 16; i++) {
            KeyedRecords.append(log, "k" + i % 3 + "=v" + i, "own" + i + "=w" + i);
        }
        home.work();
        log.flush();
        before = KeyedRecords.show(log);
        return log;
    }

    private static boolean compactUntilDeath(PartitionLog log, LogHome home) {
        try {
            KeyedRecords.compact(log, Long.MAX_VALUE, KeyedRecords.PLENTY);
            home.work();
            return false;
        } catch (SimDisk.Dead died) {
            return true;
        }
    }

    private void dieAt(int step) {
        disk.faults(SimFaults.nth(step, new Fault(Failure.DEATH, 500), Operation.CHANGES));
    }

    @Test
    void l3_compactionCutShortAtAnyStepLosesNothing() {
        PartitionLog whole = filled();
        assertThat(compactUntilDeath(whole, home)).isFalse();
        after = KeyedRecords.show(whole);
        assertThat(after.size()).isLessThan(before.size());
        boolean died = true;
        for (int step = 0; died; step++) {
            for (int seed = 0; seed < SEEDS; seed++) {
                PartitionLog log = filled();
                dieAt(step);
                died = compactUntilDeath(log, home);
                disk = disk.crash(seed);
                dieAt(step % 11 + seed);
                try {
                    home().open();
                } catch (SimDisk.Dead again) {
                    assertThat(seed).isNotNegative();
                }
                disk = disk.crash(seed + 1_000);
                check("step " + step + ", seed " + seed);
            }
        }
    }

    @Test
    void passThatATruncationLeftBehindIsInNobodysWay() {
        PartitionLog log = filled();
        Compaction first = rewriting(log);
        log.truncateTo(31);
        home.work();
        log.flush();
        Compaction second = rewriting(log);

        first.close();
        while (!second.done()) {
            second.advance();
        }
        second.close();

        List<String> left = KeyedRecords.show(log);
        disk = disk.kill();
        assertThat(KeyedRecords.show(home().open())).isEqualTo(left);
    }

    /** A pass that has begun to write. */
    private Compaction rewriting(PartitionLog log) {
        Compaction pass = log.compact(Long.MAX_VALUE, KeyedRecords.PLENTY).orElseThrow();
        long others = cleaned();
        while (cleaned() == others && !pass.done()) {
            pass.advance();
        }
        return pass;
    }

    private long cleaned() {
        return disk.list(home.directory).stream()
                .filter(name -> name.startsWith("0") && name.contains(LogFiles.LOG) && name.endsWith(LogFiles.CLEANED))
                .count();
    }

    private void check(String what) {
        LogHome next = home();
        PartitionLog log = next.open();
        assertThat(log.view().endOffset()).as(what).isEqualTo(32);
        List<String> found = KeyedRecords.show(log);
        assertThat(before).as(what).containsSubsequence(found);
        assertThat(found).as(what).containsSubsequence(after);
        next.work();
        log.flush();
        KeyedRecords.compact(log, Long.MAX_VALUE, KeyedRecords.PLENTY);
        assertThat(KeyedRecords.show(log)).as(what).containsAll(after);
    }
}
