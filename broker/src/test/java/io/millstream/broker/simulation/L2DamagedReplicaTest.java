package io.millstream.broker.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.replica.Partition;
import io.millstream.broker.simulation.SimFaults.Failure;
import io.millstream.broker.simulation.SimFaults.Fault;
import io.millstream.broker.simulation.SimFaults.Operation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/**
 * L2 in a cluster: a disk that gives back what was not written costs one replica, which is copied again from another. What
 * was acknowledged stays, all replicas become the same, and the damaged files are kept. {@link SimCluster#rest} checks that.
 */
final class L2DamagedReplicaTest {

    private static final byte[] GARBAGE = "garbage".getBytes(StandardCharsets.UTF_8);

    /** In the offset of a segment's first batch, which its checksum does not cover. */
    private static final int IN_THE_OFFSET = 6;

    private static final int IN_A_RECORD = 70;

    @Test
    void l2_aFollowersLogThatCannotBeOpenedIsSetAsideAndCopiedAgain() {
        DamagedCluster damaged = new DamagedCluster(1, 3, false);
        SimBroker follower = damaged.follower();
        Path lost = damaged.segments(follower).get(1);
        byte[] before = follower.disk().content(damaged.segments(follower).get(0));

        // when a segment is gone
        follower.kill();
        follower.disk().delete(lost);
        damaged.restart(follower);

        // then
        damaged.until("it is copied again", () -> damaged.kept(follower).size() == 1 && damaged.cluster.isWhole());
        damaged.cluster.rest();
        Path kept = damaged.kept(follower).get(0);
        assertThat(follower.disk().content(kept.resolve("00000000000000000000.log")))
                .isEqualTo(before);
    }

    @Test
    void l2_aLogThatDoesNotEvenSayWhoseItIsIsCopiedAgain() {
        DamagedCluster damaged = new DamagedCluster(2, 3, false);
        SimBroker follower = damaged.follower();

        follower.kill();
        follower.disk().replace(damaged.directory().resolve("partition.metadata"), GARBAGE);
        damaged.restart(follower);

        damaged.until("it is copied again", () -> damaged.kept(follower).size() == 1 && damaged.cluster.isWhole());
        damaged.cluster.rest();
    }

    @Test
    void l2_aLeaderWhoseLogIsDamagedHandsOverAndCopiesWhatItsSuccessorHas() {
        DamagedCluster damaged = new DamagedCluster(3, 3, false);
        SimBroker leader = damaged.leader();

        // when consumers come to it
        damaged.flip(leader, damaged.segments(leader).get(1), IN_THE_OFFSET);

        // then
        damaged.until("another leads", () -> !damaged.leads(leader));
        damaged.until("it is copied again", () -> damaged.kept(leader).size() == 1 && damaged.cluster.isWhole());
        damaged.cluster.rest();
    }

    /** What a checksum covers is not looked at by the leader that sends it, but by the follower that gets it. */
    @Test
    void l2_aLeaderWhoseBatchIsDamagedInsideIsFoundOutByTheFollowerThatCopiesIt() {
        DamagedCluster damaged = new DamagedCluster(9, 3, false);
        SimBroker leader = damaged.leader();
        SimBroker follower = damaged.follower();

        // when a replica is begun anew, and what it copies is damaged
        follower.kill();
        follower.disk().replace(damaged.directory().resolve("partition.metadata"), GARBAGE);
        damaged.flip(leader, damaged.segments(leader).get(1), IN_A_RECORD);
        damaged.restart(follower);

        // then the third one has all of it
        damaged.until(
                "both are copied again",
                () -> damaged.kept(leader).size() == 1
                        && damaged.kept(follower).size() == 1
                        && damaged.cluster.isWhole());
        damaged.cluster.rest();
    }

    /** One replica is copied again from another that is damaged as well, elsewhere: the third one has all of it. */
    @Test
    void l2_twoDamagedReplicasLoseNothing() {
        DamagedCluster damaged = new DamagedCluster(4, 3, true);
        SimBroker leader = damaged.leader();
        SimBroker follower = damaged.follower();

        follower.kill();
        follower.disk().replace(damaged.directory().resolve("partition.metadata"), GARBAGE);
        damaged.flip(leader, damaged.segments(leader).get(2), IN_THE_OFFSET);
        damaged.restart(follower);

        damaged.until(
                "both are copied again",
                () -> damaged.kept(leader).size() == 1
                        && damaged.kept(follower).size() == 1
                        && damaged.cluster.isWhole());
        damaged.cluster.rest();
    }

    @Test
    void l2_theOnlyCopyIsRefusedAndLeftWhereItIs() {
        DamagedCluster damaged = new DamagedCluster(5, 1, false);
        SimBroker only = damaged.leader();
        Path lost = damaged.segments(only).get(1);
        byte[] content = only.disk().content(lost);

        // when
        only.kill();
        only.disk().replace(lost, GARBAGE);
        damaged.restart(only);

        // then nobody leads, for as long as one likes
        damaged.until(
                "nobody leads",
                () -> damaged.cluster.state(damaged.id).orElseThrow().leader() < 0);
        damaged.cluster.run(10_000);
        assertThat(damaged.cluster.state(damaged.id).orElseThrow().leader()).isNegative();
        assertThat(damaged.kept(only)).isEmpty();
        assertThat(only.disk().content(lost)).isEqualTo(GARBAGE);

        // when somebody has put back what was there
        only.kill();
        only.disk().replace(lost, content);
        damaged.restart(only);

        // then
        damaged.cluster.rest();
    }

    @Test
    void l2_theOnlyCopyServesWhatCanBeRead() {
        DamagedCluster damaged = new DamagedCluster(6, 1, false);
        SimBroker only = damaged.leader();
        Path file = damaged.segments(only).get(1);

        damaged.flip(only, file, IN_THE_OFFSET);

        damaged.until("it is known", () -> partition(damaged, only).damage().isPresent());
        long end = partition(damaged, only).highWatermark();
        damaged.cluster.run(5_000);
        assertThat(damaged.leads(only)).isTrue();
        assertThat(partition(damaged, only).highWatermark()).isGreaterThan(end);
        assertThat(damaged.kept(only)).isEmpty();
    }

    private static Partition partition(DamagedCluster damaged, SimBroker broker) {
        return broker.broker().orElseThrow().partitions().find(damaged.id).orElseThrow();
    }

    /** A full disk is no damage: as soon as there is room the log is opened, by the same process. */
    @Test
    void l4_aLogThatAFullDiskDidNotLetBeOpenedIsOpenedOnceThereIsRoom() {
        DamagedCluster damaged = new DamagedCluster(7, 3, false);
        SimBroker follower = damaged.follower();
        AtomicBoolean full = new AtomicBoolean(true);
        Set<Operation> needRoom = Set.of(Operation.CREATE, Operation.WRITE);
        follower.kill();
        follower.disk()
                .faults((operation, path) ->
                        full.get() && needRoom.contains(operation) && path.startsWith(damaged.directory())
                                ? Optional.of(new Fault(Failure.NO_SPACE, 0))
                                : Optional.empty());
        follower.disk().delete(damaged.directory().resolve("log-state")); // so that something must be written

        // when
        damaged.restart(follower);
        damaged.cluster.run(20_000);
        SimProcess process = follower.process();

        // then
        assertThat(damaged.cluster.state(damaged.id).orElseThrow().isr()).doesNotContain(follower.id);
        full.set(false);
        damaged.until("it is in sync", damaged.cluster::isWhole);
        assertThat(follower.process()).isSameAs(process);
        assertThat(damaged.kept(follower)).isEmpty();
        damaged.cluster.rest();
    }

    /** Nor is a disk a failed one that is full all over when the broker starts: nobody need be afraid for its records. */
    @Test
    void l4_aDiskThatIsFullAtTheStartCostsNoTrust() {
        DamagedCluster damaged = new DamagedCluster(8, 3, false);
        SimBroker follower = damaged.follower();
        follower.kill();
        follower.disk().capacity(follower.disk().usedBytes());

        // when
        damaged.restart(follower);
        damaged.cluster.run(10_000);
        SimProcess process = follower.process();
        follower.disk().capacity(Long.MAX_VALUE);

        // then
        damaged.until("it is in sync", damaged.cluster::isWhole);
        assertThat(follower.process()).isSameAs(process);
        assertThat(follower.broker().orElseThrow().needsStart()).isFalse();
        damaged.restart(follower);
        assertThat(damaged.cluster.isWhole()).as("what was in sync is still").isTrue();
        damaged.cluster.rest();
    }
}
