package io.millstream.broker.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.simulation.SimDisk;
import io.millstream.broker.simulation.SimFaults;
import io.millstream.broker.simulation.SimFaults.Failure;
import io.millstream.broker.simulation.SimFaults.Fault;
import io.millstream.broker.simulation.SimFaults.Operation;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A disk that fails in the middle of a compaction, whatever is done to the log next, leaves old or new: never both, nor less. */
final class SwapFaultTest {

    private static final Path ROOT = Path.of("/data");
    private static final long CUT = 21;

    private SimDisk disk;
    private LogHome home;
    private List<String> before;
    private List<String> after;

    /** What is done after the failure. */
    enum Next {
        TRUNCATE,
        ADVANCE_START,
        APPEND,
        COMPACT_AGAIN,
        CLOSE,
        NOTHING
    }

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

    private boolean compactionFails(PartitionLog log) {
        try {
            KeyedRecords.compact(log, Long.MAX_VALUE, KeyedRecords.PLENTY);
            return false;
        } catch (StorageException e) {
            return true;
        }
    }

    @ParameterizedTest
    @EnumSource(Next.class)
    void exchangeThatFailsAtAnyStepIsFinishedBeforeAnythingElse(Next next) {
        for (Failure failure : List.of(Failure.NO_SPACE, Failure.IO)) {
            PartitionLog whole = filled();
            assertThat(compactionFails(whole)).isFalse();
            after = KeyedRecords.show(whole);
            boolean failed = true;
            for (int step = 0; failed; step++) {
                String what = failure + " at step " + step + ", then " + next;
                PartitionLog log = filled();
                disk.faults(SimFaults.nth(step, new Fault(failure, 300), Operation.CHANGES));
                failed = compactionFails(log);
                disk.faults(SimFaults.none());
                boolean healthy = home.health.failure().isEmpty();
                List<String> seen = healthy ? afterwards(log, next) : before;
                disk = step % 2 == 0 ? disk.kill() : disk.crash(step);
                PartitionLog found = home().open();
                check(found, healthy ? next : Next.NOTHING, what);
                if (healthy && next != Next.APPEND) {
                    assertThat(KeyedRecords.show(found)).as(what).isEqualTo(seen);
                }
            }
        }
    }

    private List<String> afterwards(PartitionLog log, Next next) {
        switch (next) {
            case TRUNCATE -> log.truncateTo(CUT);
            case ADVANCE_START -> log.advanceStart(CUT);
            case APPEND -> {
                KeyedRecords.append(log, "k0=new", "more=more");
                home.work();
                log.flush();
            }
            case COMPACT_AGAIN -> KeyedRecords.compact(log, Long.MAX_VALUE, KeyedRecords.PLENTY);
            case CLOSE, NOTHING -> {}
        }
        List<String> seen = KeyedRecords.show(log);
        if (next == Next.CLOSE) {
            assertThat(log.close()).isPresent();
        }
        return seen;
    }

    private void check(PartitionLog log, Next next, String what) {
        List<String> found = KeyedRecords.show(log);
        switch (next) {
            case TRUNCATE -> {
                assertThat(log.view().endOffset()).as(what).isEqualTo(CUT - 1);
                assertThat(found).as(what).containsSubsequence(below(after, CUT - 1));
                assertThat(before).as(what).containsSubsequence(found);
            }
            case ADVANCE_START -> {
                assertThat(log.view().startOffset()).as(what).isEqualTo(CUT);
                assertThat(found).as(what).hasSizeGreaterThan(5);
            }
            case APPEND -> assertThat(found).as(what).endsWith("32:k0=new", "33:more=more");
            default -> {
                assertThat(found).as(what).containsSubsequence(after);
                assertThat(before).as(what).containsSubsequence(found);
            }
        }
    }

    private static List<String> below(List<String> records, long offset) {
        return records.stream()
                .filter(each -> Long.parseLong(each.substring(0, each.indexOf(':'))) < offset)
                .toList();
    }
}
