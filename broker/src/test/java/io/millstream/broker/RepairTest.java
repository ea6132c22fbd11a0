package io.millstream.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.coordination.BrokerRegistration;
import io.millstream.coordination.PartitionState;
import io.millstream.coordination.Versioned;
import io.millstream.core.TopicPartition;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of a damaged replica of broker 1. */
final class RepairTest {

    private static final TopicPartition ID = new TopicPartition("clicks", 0);

    private final Map<Integer, Versioned<BrokerRegistration>> brokers = new HashMap<>();

    @BeforeEach
    void everybodyLives() {
        for (int id = 1; id <= 3; id++) {
            register(id, registration(id));
        }
    }

    private static BrokerRegistration registration(int id) {
        return new BrokerRegistration("h", 9092, new TreeMap<>(), -1, null, "b", new UUID(0, id));
    }

    private void register(int id, BrokerRegistration registration) {
        brokers.put(id, new Versioned<>(registration, 0, id * 10L, 0, id));
    }

    private Repair repair(int leader, Integer... isr) {
        List<Long> registrations = List.of(isr).stream().map(id -> id * 10L).toList();
        long registration = leader < 0 ? PartitionState.NO_REGISTRATION : leader * 10L;
        return Repair.of(
                1,
                ID,
                new PartitionState(leader, 5, registration, List.of(isr), registrations, List.of(), List.of()),
                brokers);
    }

    @Test
    void itStaysAsLongAsNoOtherReplicaIsKnownToHaveEverything() {
        assertThat(repair(1, 1)).isEqualTo(Repair.KEEP);
        assertThat(repair(-1, 1)).isEqualTo(Repair.KEEP);
        brokers.remove(2);
        assertThat(repair(1, 1, 2)).as("away").isEqualTo(Repair.KEEP);
        assertThat(repair(2, 2)).as("its leader is away").isEqualTo(Repair.KEEP);
        register(2, registration(2).offline(List.of(ID)));
        assertThat(repair(1, 1, 2)).as("its disk has failed").isEqualTo(Repair.KEEP);
        assertThat(repair(2, 2)).as("its leader's disk has failed").isEqualTo(Repair.KEEP);
        brokers.put(2, new Versioned<>(registration(2).afterLoss(false, 21), 0, 25, 0, 2));
        assertThat(repair(1, 1, 2)).as("has lost records").isEqualTo(Repair.KEEP);
    }

    @Test
    void itLetsAnotherMemberOfTheIsrLead() {
        assertThat(repair(1, 1, 2)).isEqualTo(Repair.STAND_ASIDE);
        assertThat(repair(-1, 2)).isEqualTo(Repair.STAND_ASIDE);
    }

    @Test
    void itIsGivenUpOnceAnotherLeads() {
        assertThat(repair(2, 2, 1)).isEqualTo(Repair.GIVE_UP);
        assertThat(repair(3, 3)).isEqualTo(Repair.GIVE_UP);
    }

    /** Elected by a controller that did not know that the leader, too, has begun its replica anew. */
    @Test
    void aLeaderThatHasNothingIsNone() {
        register(2, registration(2).renewed(new TreeMap<>(Map.of("clicks", new TreeMap<>(Map.of(0, 25L))))));

        assertThat(repair(2, 2, 1)).isEqualTo(Repair.KEEP);
    }
}
