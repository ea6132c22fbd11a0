package io.millstream.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Leaders that are given back without being asked for ({@code auto.leader.rebalance.enable}). */
final class BalancedLeadersTest {

    @TempDir
    Path directory;

    @Test
    void aBrokerThatIsBackIsGivenTheLeadBackAlsoByAnotherController() throws IOException {
        try (Fleet fleet = new Fleet(directory, 3, "leader.imbalance.check.interval.seconds", "1")) {
            // given
            fleet.createAt("first", 1, 2, 3);
            fleet.createAt("third", 3, 2, 1);
            int controller = fleet.controller();
            int other = controller == 1 ? 3 : 1;
            String topic = other == 1 ? "first" : "third";

            // when a leader goes and comes back
            fleet.stop(other);
            Fleet.eventually(() -> assertThat(fleet.state(topic, 0).leader()).isNotIn(other, -1));
            fleet.start(other);

            // then
            Fleet.eventually(() -> assertThat(fleet.state(topic, 0).leader()).isEqualTo(other));

            // when the controller does: the next one balances, too
            fleet.stop(controller);
            Fleet.eventually(() -> assertThat(fleet.controller()).isNotIn(controller, -1));
            fleet.stop(other);
            Fleet.eventually(() -> assertThat(fleet.state(topic, 0).leader()).isNotIn(other, controller, -1));
            fleet.start(other);

            // then
            Fleet.eventually(() -> assertThat(fleet.state(topic, 0).leader()).isEqualTo(other));
        }
    }
}
