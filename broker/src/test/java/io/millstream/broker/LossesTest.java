package io.millstream.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.simulation.SimDisk;
import io.millstream.broker.simulation.SimFaults;
import io.millstream.core.Clock;
import io.millstream.core.TopicPartition;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a broker remembers of its losses, across starts. */
final class LossesTest {

    private static final List<Path> DIRECTORIES = List.of(Path.of("/one"), Path.of("/two"));
    private static final TopicPartition CLICKS = new TopicPartition("clicks", 3);
    private static final TopicPartition VIEWS = new TopicPartition("views", 0);

    private SimDisk disk = SimDisk.empty(Clock.system());

    private Losses start() {
        DIRECTORIES.forEach(disk::createDirectories);
        return Losses.read(disk, () -> DIRECTORIES);
    }

    @Test
    void whatWasBegunAnewIsRememberedAcrossALossOfPower() {
        Losses losses = start();
        assertThat(losses.current().renewed(CLICKS)).isZero();

        assertThat(losses.replica(CLICKS, 12)).isTrue();
        assertThat(losses.replica(VIEWS, 12)).isTrue();
        assertThat(losses.replica(CLICKS, 15)).isTrue();
        DIRECTORIES.forEach(disk::syncDirectory);
        disk.syncDirectory(Path.of("/"));
        disk = disk.crash(1);

        LossRecord after = start().current();
        assertThat(after.renewed(CLICKS)).isEqualTo(15);
        assertThat(after.renewed(VIEWS)).isEqualTo(12);
        assertThat(after.voidBefore()).isZero();
    }

    @Test
    void aLossOfEverythingSaysItForEachReplicaThatWasBegunAnewBefore() {
        Losses losses = start();
        assertThat(losses.replica(CLICKS, 12)).isTrue();
        assertThat(losses.replica(VIEWS, 31)).isTrue();

        losses.all(30);

        assertThat(losses.current().voidBefore()).isEqualTo(30);
        assertThat(losses.current().renewed(CLICKS)).isZero();
        assertThat(losses.current().renewed(VIEWS)).as("later than that").isEqualTo(31);
    }

    @Test
    void whatCannotBeWrittenDownIsNotDone() {
        Losses losses = start();
        disk.capacity(disk.usedBytes());

        assertThat(losses.replica(CLICKS, 12)).isFalse();

        assertThat(losses.current().renewed(CLICKS)).isZero();
        disk.faults(SimFaults.none());
        disk.capacity(Long.MAX_VALUE);
        assertThat(losses.replica(CLICKS, 12)).isTrue();
    }
}
