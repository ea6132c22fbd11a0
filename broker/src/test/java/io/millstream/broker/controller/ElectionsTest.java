package io.millstream.broker.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.coordination.PartitionState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class ElectionsTest {

    private static final List<Integer> REPLICAS = List.of(1, 2, 3);

    private static PartitionState led(int leader, int epoch, long registration, Integer... isr) {
        return new PartitionState(leader, epoch, registration, List.of(isr), List.of());
    }

    @Test
    void aLeaderThatLivesUnderTheRegistrationItWasElectedWithStays() {
        Optional<PartitionState> next = Elections.next(REPLICAS, led(2, 5, 20, 1, 2, 3), Map.of(1, 10L, 2, 20L));

        assertThat(next).isEmpty();
    }

    @Test
    void theFirstReplicaThatLivesAndIsInSyncLeadsWhenTheLeaderDies() {
        // given broker 1 dead, 2 alive but not in sync
        Optional<PartitionState> next = Elections.next(REPLICAS, led(1, 5, 10, 1, 3), Map.of(2, 20L, 3, 30L));

        assertThat(next).contains(led(3, 6, 30, 3));
    }

    @Test
    void nobodyLeadsWhileNoMemberOfTheIsrLivesAndTheIsrIsKept() {
        // when
        Optional<PartitionState> next = Elections.next(REPLICAS, led(1, 5, 10, 1), Map.of(2, 20L, 3, 30L));

        // then
        assertThat(next).contains(led(PartitionState.NO_LEADER, 6, PartitionState.NO_REGISTRATION, 1));
        assertThat(Elections.next(REPLICAS, next.get(), Map.of(2, 20L))).isEmpty();
        assertThat(Elections.next(REPLICAS, next.get(), Map.of(1, 11L))).contains(led(1, 7, 11, 1));
    }

    @Test
    void aRestartedLeaderOfTheOnlyReplicaBeginsANewTerm() {
        Optional<PartitionState> next = Elections.next(List.of(1), led(1, 0, 10, 1), Map.of(1, 11L));

        assertThat(next).contains(led(1, 1, 11, 1));
    }

    @Test
    void aRestartedLeaderStandsBehindMembersThatKeptGoing() {
        Optional<PartitionState> next = Elections.next(REPLICAS, led(1, 5, 10, 1, 2), Map.of(1, 11L, 2, 20L, 3, 30L));

        assertThat(next).contains(led(2, 6, 20, 2));
    }

    @Test
    void whateverHappensOnlyLiveMembersOfTheIsrLeadAndEpochsOnlyRise() {
        long seed = Long.getLong("millstream.test.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int run = 0; run < 200; run++) {
            Map<Integer, Long> registrations = new TreeMap<>(Map.of(1, 1L, 2, 2L, 3, 3L));
            PartitionState state = led(1, 0, 1, 1, 2, 3);
            long zxid = 10;
            for (int step = 0; step < 50; step++) {
                int broker = 1 + random.nextInt(3);
                switch (random.nextInt(3)) {
                    case 0 -> registrations.remove(broker);
                    case 1 -> registrations.put(broker, zxid++);
                    default -> state = withOtherIsr(state, random);
                }
                Optional<PartitionState> next = Elections.next(REPLICAS, state, registrations);
                if (next.isPresent()) {
                    check(seed, state, next.get(), registrations);
                    assertThat(Elections.next(REPLICAS, next.get(), registrations))
                            .as("seed %d: settled", seed)
                            .isEmpty();
                    state = next.get();
                } else {
                    boolean led = state.leader() != PartitionState.NO_LEADER;
                    boolean current = registrations.getOrDefault(state.leader(), 0L) == state.leaderRegistration();
                    assertThat(led).as("seed %d: led", seed).isEqualTo(current);
                }
            }
        }
    }

    /** As the leader would change it: itself and any others. */
    private static PartitionState withOtherIsr(PartitionState state, Random random) {
        if (state.leader() == PartitionState.NO_LEADER) {
            return state;
        }
        List<Integer> others = new ArrayList<>(REPLICAS);
        others.remove(Integer.valueOf(state.leader()));
        Collections.shuffle(others, random);
        List<Integer> isr = new ArrayList<>(others.subList(0, random.nextInt(3)));
        isr.add(state.leader());
        return new PartitionState(
                state.leader(), state.leaderEpoch(), state.leaderRegistration(), List.copyOf(isr), state.eligible());
    }

    private static void check(
            long seed, PartitionState before, PartitionState after, Map<Integer, Long> registrations) {
        String what = "seed " + seed + ": " + before + " -> " + after + " with " + registrations;
        assertThat(after.leaderEpoch()).as(what).isEqualTo(before.leaderEpoch() + 1);
        assertThat(before.isr()).as(what).containsAll(after.isr());
        assertThat(after.isr()).as(what).isNotEmpty();
        if (after.leader() == PartitionState.NO_LEADER) {
            assertThat(before.isr()).as(what).noneMatch(registrations::containsKey);
            assertThat(after.isr()).as(what).isEqualTo(before.isr());
        } else {
            assertThat(after.isr()).as(what).contains(after.leader());
            assertThat(registrations).as(what).containsEntry(after.leader(), after.leaderRegistration());
        }
    }

    @Test
    void electionsThatAreDueFitOneMulti() {
        // given 1000 partitions led under an old registration
        ClusterState cluster =
                States.with(States.brokers(Map.of(1, 11L)), "many", States.assignment(1000, 1), led(1, 0, 10, 1));

        // when
        Decision decision = Elections.due(cluster).orElseThrow();

        // then
        assertThat(decision.multis()).hasSize(1);
        assertThat(decision.multis().get(0).size()).isBetween(100, Decision.STEPS - 1);
    }
}
