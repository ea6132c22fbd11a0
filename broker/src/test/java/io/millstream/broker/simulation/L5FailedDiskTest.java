package io.millstream.broker.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.simulation.SimFaults.Failure;
import io.millstream.broker.simulation.SimFaults.Fault;
import io.millstream.broker.simulation.SimFaults.Operation;
import io.millstream.coordination.PartitionState;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** L5 in a cluster: a disk that does not keep what was written takes its broker's replicas along, and no more. */
final class L5FailedDiskTest {

    private static void failToForce(SimBroker broker, AtomicInteger attempts) {
        broker.disk().faults((operation, path) -> {
            boolean fails = operation == Operation.FORCE && path.startsWith("/data");
            return fails && attempts.incrementAndGet() > 0 ? Optional.of(new Fault(Failure.IO, 0)) : Optional.empty();
        });
    }

    @Test
    void l5_leadershipMovesAndNothingIsLost() {
        DamagedCluster damaged = new DamagedCluster(11, 3, true);
        SimBroker leader = damaged.leader();
        AtomicInteger attempts = new AtomicInteger();

        // when
        failToForce(leader, attempts);

        // then another leads while this one still runs, and fsync was not asked a second time
        damaged.until(
                "another leads",
                () -> !damaged.leads(leader)
                        && damaged.cluster.state(damaged.id).orElseThrow().leader() > 0);
        damaged.cluster.run(5_000);
        assertThat(leader.runs()).isTrue();
        assertThat(attempts).hasValue(1);
        assertThat(damaged.cluster.state(damaged.id).orElseThrow().isr()).doesNotContain(leader.id);
        damaged.cluster.rest();
    }

    @Test
    void l5_withoutAnHeirNobodyLeadsUntilTheDiskIsWell() {
        DamagedCluster damaged = new DamagedCluster(12, 1, true);
        SimBroker only = damaged.leader();
        int epoch = damaged.cluster.state(damaged.id).orElseThrow().leaderEpoch();

        // when
        failToForce(only, new AtomicInteger());

        // then
        damaged.until("nobody leads", () -> !damaged.leads(only));
        PartitionState nobody = damaged.cluster.state(damaged.id).orElseThrow();
        assertThat(nobody.leader()).isEqualTo(PartitionState.NO_LEADER);
        assertThat(nobody.leaderEpoch()).isEqualTo(epoch + 1);
        assertThat(nobody.isr()).containsExactly(only.id);
        damaged.cluster.rest(); // somebody starts it again
        assertThat(damaged.leads(only)).isTrue();
    }
}
