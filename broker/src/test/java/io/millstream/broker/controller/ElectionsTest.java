package io.millstream.broker.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.controller.Election.Kind;
import io.millstream.coordination.BrokerRegistration;
import io.millstream.coordination.PartitionState;
import io.millstream.coordination.Versioned;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ElectionsTest {

    private static final ElectionRules.Source RULES = (cluster, topic) -> States.RULES;

    /**
     * Three brokers that die, lose power, drain, lose disks and come back, and a leader that changes its ISR as leaders do,
     * while records are committed. A model of what each broker holds says whether whoever is elected has everything.
     */
    @Test
    void whateverHappensLeadersHoldWhatWasCommittedAndEpochsOnlyRise() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        for (int run = 0; run < 400; run++) {
            Model model = new Model(random, random.nextInt(1, 4), "seed " + seed + ", run " + run);
            for (int step = 0; step < 80; step++) {
                model.step();
            }
        }
    }

    /** One partition of three replicas. */
    private static final class Model {

        private static final List<Integer> REPLICAS = List.of(1, 2, 3);

        private final Random random;
        private final ElectionRules rules;
        private final String name;
        private final Brokers brokers = new Brokers();
        private final Map<Integer, Integer> held = new HashMap<>(Map.of(1, 0, 2, 0, 3, 0));
        private final Set<Integer> lost = new HashSet<>();
        private final List<String> history = new ArrayList<>();
        private PartitionState state = Brokers.state(1, 0, 10, List.of(1, 2, 3), List.of());
        private int written;
        private int committed;
        private long zxid = 100;

        Model(Random random, int minInSync, String name) {
            this.random = random;
            this.rules = new ElectionRules(minInSync, false);
            this.name = name;
            REPLICAS.forEach(id -> brokers.up(id, id * 10L));
        }

        void step() {
            int id = 1 + random.nextInt(3);
            switch (random.nextInt(9)) {
                case 0 -> act("down " + id, () -> brokers.down(id));
                case 1 -> act("up " + id, () -> brokers.up(id, zxid++));
                case 2 -> powerLoss(id);
                case 3 -> act("drain " + id, () -> brokers.draining(id));
                case 4 -> act("disk " + id, () -> brokers.offline(id));
                case 5 -> leaderChangesIsr();
                case 6 -> beginAnew(id);
                default -> write();
            }
            decide();
        }

        private void act(String what, Runnable action) {
            history.add(what);
            action.run();
        }

        private boolean serves(int id) {
            return brokers.ballot(REPLICAS, state, rules).serves(id);
        }

        /** What is not committed with another's help may be gone; so may be what is. */
        private void powerLoss(int id) {
            if (!lost.isEmpty() && !lost.contains(id)) {
                return; // one machine at a time, until its replica is in sync again
            }
            act("power " + id, () -> brokers.unclean(id, zxid++));
            held.put(id, random.nextInt(held.get(id) + 1));
            lost.add(id);
        }

        /** A damaged replica is copied again from the leader, and has nothing at first. */
        private void beginAnew(int id) {
            boolean another =
                    leads() && state.leader() != id && brokers.registered().containsKey(id);
            if (another && (lost.isEmpty() || lost.contains(id))) {
                act("anew " + id, () -> brokers.renewed(id, zxid++));
                held.put(id, 0);
                lost.add(id);
            }
        }

        private boolean leads() {
            return state.leader() != PartitionState.NO_LEADER && serves(state.leader());
        }

        /** The leader appends, members of the ISR that live follow, and what all of a large enough ISR have is committed. */
        private void write() {
            if (!leads()) {
                return;
            }
            written++;
            held.put(state.leader(), Math.max(written, held.get(state.leader()) + 1));
            for (int member : state.isr()) {
                if (serves(member)) {
                    held.put(member, held.get(state.leader()));
                }
            }
            written = held.get(state.leader());
            int everywhere = state.isr().stream().mapToInt(held::get).min().orElseThrow();
            if (state.isr().size() >= rules.minInSync()) {
                committed = Math.max(committed, everywhere);
            }
            history.add("write " + held + " committed " + committed);
        }

        /** As the leader does: who lives and has caught up comes in under its registration, another goes. */
        private void leaderChangesIsr() {
            if (!leads()) {
                return;
            }
            Map<Integer, Versioned<BrokerRegistration>> registered = brokers.registered();
            List<Integer> isr = new ArrayList<>();
            List<Long> registrations = new ArrayList<>();
            List<Integer> eligible = new ArrayList<>();
            List<Long> eligibleRegistrations = new ArrayList<>();
            for (int replica : REPLICAS) {
                boolean in = state.isr().contains(replica);
                boolean wanted = replica == state.leader() || random.nextBoolean();
                if (wanted
                        && (in
                                || (serves(replica)
                                        && !brokers.ballot(REPLICAS, state, rules)
                                                .isDraining(replica)))) {
                    if (!in) {
                        held.put(replica, held.get(state.leader()));
                        lost.remove(replica);
                    }
                    isr.add(replica);
                    registrations.add(in ? state.isrRegistration(replica) : incarnation(registered.get(replica)));
                } else if (in || state.eligible().contains(replica)) {
                    eligible.add(replica);
                    eligibleRegistrations.add(
                            in ? state.isrRegistration(replica) : state.eligibleRegistration(replica));
                }
            }
            boolean enough = isr.size() >= rules.minInSync();
            state = new PartitionState(
                    state.leader(),
                    state.leaderEpoch(),
                    state.leaderRegistration(),
                    isr,
                    registrations,
                    enough ? List.of() : eligible,
                    enough ? List.of() : eligibleRegistrations);
            history.add("leader: " + state);
        }

        private static long incarnation(Versioned<BrokerRegistration> registered) {
            return registered.value().incarnation(Brokers.PARTITION, registered.createdZxid());
        }

        private void decide() {
            Optional<Election> next = Election.next(brokers.ballot(REPLICAS, state, rules));
            if (next.isEmpty()) {
                return;
            }
            history.add(next.get().toString());
            check(next.get());
            state = next.get().state();
            assertThat(Election.next(brokers.ballot(REPLICAS, state, rules)))
                    .as("%s: settled after %s", name, history)
                    .isEmpty();
        }

        private void check(Election next) {
            String what = name + ": " + history;
            PartitionState after = next.state();
            boolean sameTerm = next.kind() == Kind.TIDIED;
            assertThat(after.leaderEpoch()).as(what).isEqualTo(state.leaderEpoch() + (sameTerm ? 0 : 1));
            assertThat(after.isr()).as(what).isNotEmpty().doesNotHaveDuplicates();
            assertThat(after.eligible()).as(what).doesNotContainAnyElementsOf(after.isr());
            if (next.kind() == Kind.NOBODY) {
                assertThat(after.isr()).as(what).isEqualTo(state.isr());
                return;
            }
            assertThat(after.isr()).as(what).contains(after.leader());
            assertThat(brokers.registered().get(after.leader()).createdZxid())
                    .as(what)
                    .isEqualTo(after.leaderRegistration());
            if (next.kind()
                    == Kind.AFTER_LOSS) { // only below min.insync.replicas machines: allowed by what is promised
                committed = Math.min(committed, held.get(after.leader()));
                lost.remove(after.leader());
                assertThat(rules.minInSync()).as(what).isEqualTo(1);
            } else {
                assertThat(held.get(after.leader())).as(what).isGreaterThanOrEqualTo(committed);
            }
            after.isr().forEach(member -> assertThat(held.get(member)).as(what).isGreaterThanOrEqualTo(committed));
        }
    }

    @Test
    void electionsOfManyPartitionsFitTheirMultisAndLeadersComeFirst() {
        // given 1000 partitions led under an old registration, and 1000 with a dead follower
        ClusterState cluster = States.with(
                States.with(
                        States.brokers(Map.of(1, 11L)),
                        "followed",
                        States.assignment(1000, 1, 2),
                        new PartitionState(1, 0, 11, List.of(1, 2), List.of())),
                "led",
                States.assignment(1000, 1),
                new PartitionState(1, 0, 10, List.of(1), List.of()));

        // when
        Decision decision = Elections.due(cluster, RULES).orElseThrow();

        // then
        assertThat(decision.eachAlone()).isTrue();
        assertThat(decision.multis()).hasSize(6).allMatch(Decision::fits);
        assertThat(decision.multis().get(1)).allMatch(step -> step.path().startsWith("/brokers/topics/led/"));
        assertThat(decision.what()).contains("1000 partitions change hands, 1000 only their ISR");
    }

    @Test
    void leadersThatServeAreSucceededAFewAtATimeAndAfterThoseThatAreGone() {
        // given 120 partitions whose leader drains, and one whose leader is dead
        ClusterState cluster = States.draining(States.brokers(Map.of(1, 10L, 2, 20L)), 1);
        PartitionState led = new PartitionState(1, 0, 10, List.of(1, 2), List.of());
        ClusterState draining = States.with(cluster, "draining", States.assignment(120, 1, 2), led);
        ClusterState both = States.with(
                draining, "dead", States.assignment(1, 3, 2), new PartitionState(3, 0, 30, List.of(2, 3), List.of()));

        // then
        assertThat(Elections.due(both, RULES).orElseThrow().multis())
                .singleElement()
                .satisfies(multi -> assertThat(multi)
                        .singleElement()
                        .extracting(step -> step.path())
                        .isEqualTo("/brokers/topics/dead/partitions/0/state"));
        assertThat(Elections.due(draining, RULES).orElseThrow().multis())
                .singleElement()
                .satisfies(multi -> assertThat(multi).hasSize(Elections.HANDOVERS));
    }

    @Test
    void whoMayLoseRecordsIsNamed() {
        ClusterState cluster = States.with(
                States.brokers(Map.of(2, 20L)),
                "t",
                States.assignment(12, 1, 2),
                new PartitionState(1, 0, 10, List.of(1), List.of()));

        assertThat(Elections.due(cluster, (all, topic) -> new ElectionRules(1, true))
                        .orElseThrow()
                        .warnings())
                .singleElement()
                .asString()
                .contains("12 partitions")
                .contains("t-0")
                .contains("and others")
                .contains("records may be lost");
        assertThat(Elections.due(cluster, RULES).orElseThrow().warnings())
                .singleElement()
                .asString()
                .contains("have no leader");
    }

    @Test
    void leadersAreGivenBackWhereTooManyPartitionsAreLedByOthers() {
        // given that broker 1 leads 8 of the 10 it should, broker 2 all of them
        ClusterState cluster = States.brokers(Map.of(1, 10L, 2, 20L));
        PartitionState own = new PartitionState(1, 0, 10, List.of(1, 2), List.of());
        PartitionState other = new PartitionState(2, 0, 20, List.of(1, 2), List.of());
        cluster = States.with(cluster, "own", States.assignment(8, 1, 2), own);
        cluster = States.with(cluster, "other", States.assignment(2, 1, 2), other);
        cluster = States.with(cluster, "second", States.assignment(10, 2, 1), other);

        // then
        assertThat(PreferredLeaders.due(cluster, RULES, 20)).isEmpty();
        Decision due = PreferredLeaders.due(cluster, RULES, 19).orElseThrow();
        assertThat(due.multis().get(0))
                .extracting(step -> step.path())
                .containsExactlyElementsOf(IntStream.range(0, 2)
                        .mapToObj(i -> "/brokers/topics/other/partitions/" + i + "/state")
                        .toList());
    }

    /** Broker 1 leads nothing of its ten partitions; broker 2, which leads them, has none of its own. */
    private static ClusterState unbalanced() {
        PartitionState other = new PartitionState(2, 0, 20, List.of(2, 1), List.of());
        return States.with(States.brokers(Map.of(1, 10L, 2, 20L)), "t", States.assignment(10, 1, 2), other);
    }

    @Test
    void leadersAreNotGivenBackToWhomeverIsAwayOrAboutToStop() {
        assertThat(PreferredLeaders.due(unbalanced(), RULES, 99)).isPresent();
        assertThat(PreferredLeaders.due(unbalanced(), RULES, 100)).isEmpty();
        assertThat(PreferredLeaders.due(States.draining(unbalanced(), 1), RULES, 0))
                .isEmpty();
        assertThat(PreferredLeaders.due(States.without(unbalanced(), 1), RULES, 0))
                .isEmpty();
    }

    @Test
    void onlyWhoIsInSyncIsGivenLeadersBack() {
        PartitionState alone = new PartitionState(2, 0, 20, List.of(2), List.of());
        ClusterState cluster = States.with(unbalanced(), "behind", States.assignment(3, 1, 2), alone);

        Decision due = PreferredLeaders.due(cluster, RULES, 0).orElseThrow();

        assertThat(due.multis().get(0)).hasSize(10).allMatch(step -> step.path().startsWith("/brokers/topics/t/"));
    }
}
