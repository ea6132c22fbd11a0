package io.millstream.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Consumers come, go, die, hang, and are started anew in random order. Never has a partition two owners in a generation,
 * never does a generation go back, each request is answered once ({@link Desk}), and when peace returns, so does the group.
 */
final class GroupPropertyTest {

    private static final int SEEDS = 200;
    private static final int STEPS = 300;

    @Test
    void noTwoOwnersNoStepBackNoStuckGroup() {
        for (int seed = 0; seed < SEEDS; seed++) {
            check(seed);
        }
    }

    private static void check(long seed) {
        try {
            new Life(seed).run();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("Seed " + seed + ": " + e.getMessage(), e);
        }
    }

    private static final class Life {

        private final Random random;
        private final Desk desk;
        private final Map<String, String> owners = new HashMap<>();
        private final List<ModelClient> clients = new ArrayList<>();
        private long fresh;
        private int generation;
        private int instances;

        Life(long seed) {
            random = new Random(seed);
            desk = new Desk(new GroupSettings(6_000, 30_000, 1_000, random.nextBoolean() ? 0 : Desk.DELAY_MILLIS));
        }

        void run() {
            for (int step = 0; step < STEPS; step++) {
                step();
                assertThat(desk.group.generation()).as("generation").isGreaterThanOrEqualTo(generation);
                generation = desk.group.generation();
            }
            settle();
        }

        private void step() {
            int dice = random.nextInt(100);
            if (clients.isEmpty() || (dice < 4 && clients.size() < 8)) {
                clients.add(client(random.nextInt(3) == 0 ? "static-" + instances++ : null));
                return;
            }
            ModelClient one = clients.get(random.nextInt(clients.size()));
            if (dice < 60) {
                one.act(fresh++);
            } else if (dice < 80) {
                desk.pass(random.nextInt(2_000));
            } else if (dice < 82) {
                desk.pass(random.nextInt(40_000)); // everybody hangs
            } else if (dice < 86) {
                one.forgetAnswers();
            } else if (dice < 89) {
                one.leave();
                clients.remove(one);
            } else if (dice < 92) {
                clients.remove(one); // dies without a word
            } else if (dice < 95) {
                one.wantOther("t" + random.nextInt(3));
            } else if (one.instanceId() != null) {
                if (random.nextBoolean()) {
                    clients.remove(one); // else the former self lives on, to be fenced
                }
                clients.add(client(one.instanceId()));
            }
        }

        private ModelClient client(String instanceId) {
            return new ModelClient(desk, instanceId, 1_000 + random.nextInt(30_000), owners);
        }

        /** Faults are over: every live client keeps to the protocol. */
        private void settle() {
            long patience = desk.now + 10 * 60_000;
            while (desk.now < patience) {
                clients.forEach(client -> client.act(fresh++));
                clients.removeIf(ModelClient::isOver);
                desk.pass(400);
            }
            assertThat(desk.waiting()).as("requests without an answer").isZero();
            GroupDescription end = desk.group.describe();
            assertThat(end.members())
                    .extracting(GroupDescription.Entry::memberId)
                    .containsExactlyInAnyOrderElementsOf(
                            clients.stream().map(ModelClient::memberId).toList());
            assertThat(end.state()).isEqualTo(clients.isEmpty() ? "Empty" : "Stable");
            assertThat(clients).allMatch(ModelClient::isStable);
            assertThat(clients).extracting(ModelClient::generation).allMatch(each -> each == desk.group.generation());
        }
    }
}
