package io.millstream.broker.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.broker.log.Disk.Access;
import io.millstream.broker.log.StorageException.Kind;
import io.millstream.broker.simulation.SimDisk;
import io.millstream.broker.simulation.SimFaults;
import io.millstream.broker.simulation.SimFaults.Failure;
import io.millstream.broker.simulation.SimFaults.Fault;
import io.millstream.broker.simulation.SimFaults.Operation;
import io.netty.buffer.Unpooled;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** The simulated disk: the contract, and what only a simulation can do. */
final class SimDiskTest extends DiskContract {

    private static final int SEEDS = 200;
    private static final Path FILE = Path.of("/data/file");
    private static final Path OTHER = Path.of("/data/other");

    @Override
    protected Disk open() {
        root = Path.of("/data");
        return empty();
    }

    /** A disk with the directory of these tests on the platter. */
    private static SimDisk empty() {
        SimDisk disk = SimDisk.empty(new ManualClock(1_000));
        disk.createDirectories(FILE.getParent());
        disk.syncDirectory(Path.of("/"));
        return disk;
    }

    private static void write(Disk disk, Path path, String text, long position) {
        try (DiskFile file = disk.open(path, disk.exists(path) ? Access.WRITE : Access.CREATE)) {
            file.write(Unpooled.copiedBuffer(text, UTF_8), position);
        }
    }

    private static void force(Disk disk, Path path) {
        try (DiskFile file = disk.open(path, Access.WRITE)) {
            file.force();
        }
    }

    private static String text(SimDisk disk, Path path) {
        return disk.exists(path) ? new String(disk.content(path), UTF_8) : "none";
    }

    /** All that may be there after the power was lost. */
    private static Set<String> outcomes(Consumer<SimDisk> before, Function<SimDisk, String> look) {
        Set<String> outcomes = new TreeSet<>();
        for (int seed = 0; seed < SEEDS; seed++) {
            SimDisk disk = empty();
            before.accept(disk);
            outcomes.add(look.apply(disk.crash(seed)));
        }
        return outcomes;
    }

    @Test
    void forcedContentUnderASyncedNameSurvives() {
        assertThat(outcomes(
                        disk -> {
                            write(disk, FILE, "x".repeat(2_000), 0);
                            force(disk, FILE);
                            disk.syncDirectory(root);
                        },
                        disk -> text(disk, FILE)))
                .containsExactly("x".repeat(2_000));
    }

    @Test
    void nameThatWasNotSyncedMayBeMissingHoweverOftenTheFileWasForced() {
        assertThat(outcomes(
                        disk -> {
                            write(disk, FILE, "x", 0);
                            force(disk, FILE);
                        },
                        disk -> text(disk, FILE)))
                .containsExactly("none", "x");
    }

    @Test
    void unforcedSectorsAreDroppedTornAndReordered() {
        Set<String> outcomes = outcomes(
                disk -> {
                    write(disk, FILE, "a".repeat(1_024), 0);
                    force(disk, FILE);
                    disk.syncDirectory(root);
                    write(disk, FILE, "b".repeat(1_024), 0);
                },
                disk -> text(disk, FILE).replaceAll("(.)\\1{511}", "$1"));

        assertThat(outcomes).containsExactly("aa", "ab", "ba", "bb");
    }

    @Test
    void lengthAndContentGetToThePlatterIndependently() {
        Set<String> outcomes = outcomes(
                disk -> {
                    write(disk, FILE, "", 0);
                    disk.syncDirectory(root);
                    write(disk, FILE, "b".repeat(512), 0);
                },
                disk -> text(disk, FILE).replaceAll("(.)\\1{511}", "$1"));

        assertThat(outcomes).containsExactly("", "\0", "b");
    }

    @Test
    void namesAreReorderedButARenameIsWhole() {
        Set<String> outcomes = outcomes(
                disk -> {
                    write(disk, FILE, "", 0);
                    disk.syncDirectory(root);
                    disk.rename(FILE, OTHER);
                    write(disk, root.resolve("third"), "", 0);
                },
                disk -> String.join(",", disk.list(root)));

        assertThat(outcomes).containsExactly("file", "file,third", "other", "other,third");
    }

    @Test
    void changesOfOneNameKeepTheirOrder() {
        Set<String> outcomes = outcomes(
                disk -> {
                    write(disk, FILE, "", 0);
                    disk.rename(FILE, OTHER);
                    disk.delete(OTHER);
                    write(disk, OTHER, "", 0);
                },
                disk -> String.join(",", disk.list(root)));

        assertThat(outcomes).containsExactly("", "file", "other");
    }

    @Test
    void everythingSurvivesTheDeathOfTheProcessAndItsHandlesAreDead() {
        SimDisk disk = empty();
        Disk.Lock lock = disk.lock(OTHER);
        DiskFile file = disk.open(FILE, Access.CREATE);
        file.write(Unpooled.copiedBuffer("x", UTF_8), 0);

        SimDisk next = disk.kill();

        assertThat(text(next, FILE)).isEqualTo("x");
        assertThat(next.bootId()).contains("boot-1");
        assertThatThrownBy(file::force).isInstanceOf(SimDisk.Dead.class);
        assertThatThrownBy(() -> disk.exists(FILE)).isInstanceOf(SimDisk.Dead.class);
        Disk.Lock taken = next.lock(OTHER);
        lock.close();
        assertThatThrownBy(() -> next.lock(OTHER)).isInstanceOf(StorageException.class);
        taken.close();
    }

    @Test
    void bootIdIsAnotherAfterAPowerLossAndEveryProcessHasEnded() {
        SimDisk disk = empty();
        SimDisk second = disk.kill();

        SimDisk next = second.crash(1);

        assertThat(next.bootId()).contains("boot-2");
        assertThatThrownBy(() -> second.exists(FILE)).isInstanceOf(SimDisk.Dead.class);
    }

    @Test
    void sameSeedLeavesTheSameDisk() {
        assertThat(outcomes(
                        disk -> write(disk, FILE, "x".repeat(5_000), 0),
                        disk -> text(disk, FILE).isEmpty() ? "" : "something"))
                .hasSizeGreaterThan(1);
        for (int seed = 0; seed < SEEDS; seed++) {
            SimDisk one = empty();
            SimDisk two = empty();
            write(one, FILE, "x".repeat(5_000), 0);
            write(two, FILE, "x".repeat(5_000), 0);
            assertThat(text(one.crash(seed), FILE)).isEqualTo(text(two.crash(seed), FILE));
        }
    }

    @Test
    void failedForceIsNeverMadeGoodByALaterOne() {
        Set<String> outcomes = outcomes(
                disk -> {
                    write(disk, FILE, "old", 0);
                    force(disk, FILE);
                    disk.syncDirectory(root);
                    write(disk, FILE, "new", 0);
                    disk.faults(SimFaults.nth(0, new Fault(Failure.IO, 0), Set.of(Operation.FORCE)));
                    assertThatThrownBy(() -> force(disk, FILE)).isInstanceOf(StorageException.class);
                    force(disk, FILE);
                    assertThat(text(disk, FILE)).isEqualTo("new");
                },
                disk -> text(disk, FILE));

        assertThat(outcomes).containsExactly("new", "old");
    }

    @Test
    void fullDiskAndLargestFileStopAWriteInTheMiddle() {
        SimDisk disk = empty();
        write(disk, OTHER, "x".repeat(50), 0);
        disk.capacity(80);
        assertThat(disk.usableBytes(root)).isEqualTo(30);

        assertThatThrownBy(() -> write(disk, FILE, "y".repeat(31), 0))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NO_SPACE))
                .hasMessageContaining("No space left");
        assertThat(text(disk, FILE)).isEqualTo("y".repeat(30));
        disk.capacity(1_000);
        disk.largestFile(40);
        assertThatThrownBy(() -> write(disk, FILE, "z".repeat(31), 20))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NO_SPACE))
                .hasMessageContaining("File too large");
        assertThat(text(disk, FILE)).isEqualTo("y".repeat(20) + "z".repeat(20));
    }

    @Test
    void faultsComeAtTheOperationTheyAreMeantForOrByTheirSeed() {
        SimDisk disk = empty();
        disk.faults(SimFaults.nth(1, new Fault(Failure.IO, 500), Set.of(Operation.WRITE)));
        write(disk, FILE, "ab", 0);
        assertThatThrownBy(() -> write(disk, FILE, "cdef", 2))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.IO));
        assertThat(text(disk, FILE)).isEqualTo("abcd");
        write(disk, FILE, "ef", 4);

        disk.faults(SimFaults.seeded(7, 10, Failure.NO_SPACE, Set.of(Operation.WRITE)));
        int failed = 0;
        for (int i = 0; i < 1_000; i++) {
            try {
                write(disk, FILE, "x", 0);
            } catch (StorageException e) {
                failed++;
            }
        }
        assertThat(failed).isBetween(50, 200);
    }

    @Test
    void deathInTheMiddleOfAWriteLeavesItsBeginning() {
        SimDisk disk = empty();
        disk.faults(SimFaults.nth(0, new Fault(Failure.DEATH, 500), Set.of(Operation.WRITE)));

        assertThatThrownBy(() -> write(disk, FILE, "abcd", 0)).isInstanceOf(SimDisk.Dead.class);

        assertThat(text(disk.kill(), FILE)).isEqualTo("ab");
        assertThat(disk.operations()).isGreaterThan(2);
    }

    @Test
    void memoryHasNoChannel() {
        write(disk, FILE, "x", 0);
        try (DiskFile file = disk.open(FILE, Access.READ)) {
            assertThatThrownBy(file::channel).isInstanceOf(IllegalStateException.class);
        }
    }
}
