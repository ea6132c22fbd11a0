package io.millstream.broker.server.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.replica.Partition.Durability;
import io.millstream.broker.replica.ReplicationThrottle;
import io.millstream.core.TopicPartition;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Copying under a throttle (KIP-73), by a clock that a test moves. Broker 0 leads, broker 1 is in sync, broker 2 is not. */
final class ThrottledCopyTest {

    private static final TopicPartition FIRST = new TopicPartition("moving", 0);
    private static final TopicPartition SECOND = new TopicPartition("moving", 1);
    private static final TopicPartition OTHER = new TopicPartition("other", 0);
    private static final List<TopicPartition> ALL = List.of(FIRST, SECOND, OTHER);

    private static final int BATCHES = 200;
    private static final String VALUE = "v".repeat(180);
    private static final long RATE = 2_000; // bytes per second

    private final Schedule schedule = new Schedule(Long.getLong("seed", System.nanoTime()));
    private final NodeWires wires = new NodeWires(schedule);

    @BeforeEach
    void begin() {
        for (int id = 0; id < 3; id++) {
            wires.nodes.put(id, new ReplicaNode(id, schedule, wires));
            ALL.forEach(wires.nodes.get(id)::make);
        }
        for (TopicPartition each : ALL) {
            wires.nodes.get(0).lead(each, 1, Set.of(0, 1));
        }
        schedule.run(100);
        for (TopicPartition each : ALL) {
            for (int i = 0; i < BATCHES; i++) {
                wires.nodes.get(0).partition(each).append(Requests.batch(i, VALUE), Durability.LEADER);
            }
        }
    }

    private long bytes(int node, TopicPartition which) {
        return wires.nodes.get(node).partition(which).log().view().sizeInBytes();
    }

    private void follow(int node) {
        ALL.forEach(each -> wires.nodes.get(node).follow(each, 1, 0));
        schedule.run(100);
    }

    /** By the leader's bound, or by the follower's own. */
    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void whoIsNotInSyncIsCopiedAtTheRateUntilItIsLifted(int throttled) {
        // given
        long whole = bytes(0, FIRST);
        ReplicationThrottle throttle = wires.nodes.get(throttled).throttle;
        throttle.limit(RATE, id -> !id.equals(OTHER));
        follow(1);
        schedule.run(5_000);
        for (TopicPartition each : ALL) {
            assertThat(wires.nodes.get(0).partition(each).highWatermark())
                    .as("who is in sync is not held back")
                    .isEqualTo(BATCHES);
        }

        // when
        long start = schedule.nanos();
        follow(2);
        schedule.run(10_000);

        // then
        double seconds = (schedule.nanos() - start) / (double) TimeUnit.SECONDS.toNanos(1);
        double rate = (bytes(2, FIRST) + bytes(2, SECOND)) / seconds;
        assertThat(rate).isBetween(RATE * 0.7, RATE * 1.2);
        assertThat(bytes(2, FIRST)).as("each goes on").isGreaterThan(whole / 20);
        assertThat(bytes(2, SECOND)).as("each goes on").isGreaterThan(whole / 20);
        assertThat(bytes(2, OTHER)).as("what is not listed").isEqualTo(bytes(0, OTHER));

        // when
        throttle.limit(ReplicationThrottle.UNLIMITED, id -> false);
        schedule.run(5_000);

        // then
        assertThat(bytes(2, FIRST)).isEqualTo(whole);
        assertThat(bytes(2, SECOND)).isEqualTo(whole);
    }

    /** A bound far below what comes in, for all: whoever is in sync stays so. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void whoIsInSyncIsNeverHeldBack(int throttled) {
        follow(1);
        schedule.run(5_000);
        wires.nodes.get(throttled).throttle.limit(1, id -> true);
        follow(2);

        for (int round = 0; round < 20; round++) {
            wires.nodes.get(0).partition(FIRST).append(Requests.batch(round, VALUE), Durability.LEADER);
            schedule.run(1_000);

            assertThat(wires.nodes.get(0).partition(FIRST).highWatermark()).isEqualTo(BATCHES + round + 1);
        }
    }
}
