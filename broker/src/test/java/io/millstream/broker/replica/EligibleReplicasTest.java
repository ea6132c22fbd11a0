package io.millstream.broker.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.replica.Partition.Durability;
import io.millstream.coordination.PartitionState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * KIP-966, while {@code min.insync.replicas} goes up and down: whoever may lead by what is stored, as a member of the ISR or
 * because it is eligible, has everything that was ever committed. {@code -Dseed=N} replays.
 */
final class EligibleReplicasTest {

    private static final int RUNS = 60;
    private static final int STEPS = 80;
    private static final int EPOCH = 5;
    private static final List<Integer> ALL = List.of(1, 2, 3);

    /** A leader, its followers, and what is stored of them. */
    private static final class Model {
        final TestReplicas replicas = new TestReplicas(ALL.size());
        final Random random;
        final List<String> history = new ArrayList<>();
        int minInSync = 2;
        int version;
        PartitionState stored = new PartitionState(1, EPOCH, 100, ALL, List.of(100L, 100L, 100L), List.of(), List.of());
        Optional<PartitionState> underWay = Optional.empty();

        Model(Random random) {
            this.random = random;
            replicas.elect(1, EPOCH, Set.copyOf(ALL), minInSync);
        }

        Partition leader() {
            return replicas.partition(1);
        }

        void step() {
            int follower = 2 + random.nextInt(2);
            switch (random.nextInt(10)) {
                case 0, 1, 2 -> {
                    history.add("append");
                    replicas.append(1, Durability.LEADER, "v" + history.size());
                }
                case 3, 4 -> {
                    history.add("fetch " + follower);
                    replicas.nowNanos++;
                    replicas.fetch(follower);
                }
                case 5 -> {
                    minInSync = 1 + random.nextInt(ALL.size());
                    history.add("minimum " + minInSync);
                    leader().settle(EPOCH, version, Isr.of(stored, minInSync));
                }
                case 6 -> replicas.nowNanos += 5;
                case 7, 8 -> propose();
                default -> settle();
            }
        }

        /** What is proposed may rest on what was so a moment ago. */
        private void propose() {
            if (underWay.isPresent()) {
                return;
            }
            Map<Integer, FollowerStanding> standings = leader().standings(replicas.nowNanos, 10);
            if (random.nextBoolean()) {
                replicas.append(1, Durability.LEADER, "late");
                replicas.fetch(2);
                replicas.fetch(2);
            }
            Map<Integer, IsrChange.Peer> peers = new HashMap<>();
            ALL.forEach(id -> peers.put(id, new IsrChange.Peer(100, 0, true)));
            underWay = new IsrChange(stored, ALL, minInSync, standings, peers)
                    .next()
                    .filter(next -> leader().propose(EPOCH, version, Set.copyOf(next.isr())));
            underWay.ifPresent(next -> history.add("propose " + next));
        }

        private void settle() {
            underWay.ifPresent(next -> {
                if (random.nextInt(4) == 0) {
                    history.add("not written");
                    leader().withdraw(EPOCH, version);
                } else {
                    history.add("written");
                    stored = next;
                    version++;
                    check(); // it stands there before the leader hears of it
                    leader().settle(EPOCH, version, Isr.of(stored, minInSync));
                }
            });
            underWay = Optional.empty();
        }

        void check() {
            List<Integer> mayLead = new ArrayList<>(stored.isr());
            mayLead.addAll(stored.eligible());
            for (int id : mayLead) {
                assertThat(replicas.get(id).end())
                        .as("%d of %s after %s", id, stored, history)
                        .isGreaterThanOrEqualTo(leader().highWatermark());
            }
        }
    }

    @Test
    void whoMayLeadHasAllThatIsCommitted() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        long committed = 0;
        for (int run = 0; run < RUNS; run++) {
            Model model = new Model(random);
            try {
                model.history.add("seed " + seed + ", run " + run);
                for (int step = 0; step < STEPS; step++) {
                    model.step();
                    model.check();
                }
                committed += model.leader().highWatermark();
            } finally {
                model.replicas.close();
            }
        }
        assertThat(committed).as("something was committed at all").isPositive();
    }
}
