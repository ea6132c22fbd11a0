package io.millstream.broker.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.controller.Refusal.Reason;
import io.millstream.coordination.Document;
import io.millstream.coordination.PartitionState;
import io.millstream.coordination.TopicAssignment;
import io.millstream.coordination.Write;
import io.millstream.core.TopicName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GrowthTest {

    private static final PartitionState LED = new PartitionState(1, 0, 11, List.of(1, 2), List.of());
    private static final ClusterState CLUSTER =
            States.with(States.brokers(Map.of(1, 11L, 2, 12L, 3, 13L)), "t", States.assignment(2, 2, 3), LED);
    private static final TopicName T = new TopicName("t");

    private static Outcome<SortedMap<Integer, List<Integer>>> automatic(ClusterState cluster, String topic, int count) {
        return Growth.placement(cluster, new NewPartitions(new TopicName(topic), count, Optional.empty()), 0);
    }

    private static Outcome<SortedMap<Integer, List<Integer>>> manual(int count, List<List<Integer>> assignments) {
        return Growth.placement(CLUSTER, new NewPartitions(T, count, Optional.of(assignments)), 0);
    }

    @Test
    void newPartitionsGoOnWhereTheOldOnesLeftOff() {
        SortedMap<Integer, List<Integer>> added = automatic(CLUSTER, "t", 6).value();

        assertThat(added.keySet()).containsExactly(2, 3, 4, 5);
        assertThat(added.values())
                .extracting(replicas -> replicas.get(0))
                .as("leaders, after 2 and 3 of the first two partitions")
                .containsExactly(1, 2, 3, 1);
        assertThat(added.values()).allSatisfy(replicas -> assertThat(replicas).hasSize(2));
    }

    @ParameterizedTest
    @CsvSource({
        "nowhere, 3, UNKNOWN_TOPIC",
        "t, 2, INVALID_PARTITIONS",
        "t, 1, INVALID_PARTITIONS",
        "t, -1, INVALID_PARTITIONS",
        "t, 20001, INVALID_PARTITIONS"
    })
    void whatIsNoGrowthIsRefused(String topic, int count, Reason reason) {
        assertThat(automatic(CLUSTER, topic, count).refusal().reason()).isEqualTo(reason);
    }

    @Test
    void asManyBrokersAsReplicasMustLive() {
        ClusterState small = States.with(States.brokers(Map.of(2, 12L)), "t", States.assignment(2, 2, 3), LED);

        assertThat(automatic(small, "t", 3).refusal().reason()).isEqualTo(Reason.INVALID_REPLICATION_FACTOR);
    }

    @Test
    void anAssignmentThatMakesSenseIsTakenAsItIs() {
        assertThat(manual(4, List.of(List.of(3, 1), List.of(1, 2))).value())
                .isEqualTo(Map.of(2, List.of(3, 1), 3, List.of(1, 2)));
    }

    @Test
    void anAssignmentThatMakesNoSenseIsRefused() {
        for (List<List<Integer>> wrong : List.of(
                List.<List<Integer>>of(),
                List.of(List.of(1, 2), List.of(1, 2)),
                List.of(List.of(1, 1)),
                List.of(List.of(1)),
                List.of(List.<Integer>of()),
                List.of(List.of(1, 9)))) {
            assertThat(manual(3, wrong).refusal().reason()).as("%s", wrong).isEqualTo(Reason.INVALID_ASSIGNMENT);
        }
    }

    @Test
    void everyStepOfALargeGrowthIsAWholeTopic() {
        // when
        Decision decision =
                Growth.grow(CLUSTER, T, automatic(CLUSTER, "t", 1_000).value());

        // then
        List<Integer> sizes = new ArrayList<>();
        int created = 2;
        int version = CLUSTER.topics().get(T).assignment().version();
        for (List<Write> multi : decision.multis()) {
            assertThat(multi).hasSizeLessThanOrEqualTo(Decision.STEPS);
            created += (multi.size() - 1) / 2;
            Write.Update update = (Write.Update) multi.get(multi.size() - 1);
            assertThat(update.version()).isEqualTo(version++);
            TopicAssignment whole = Document.read(update.data(), TopicAssignment.class, "t");
            assertThat(whole.topicId()).isEqualTo(CLUSTER.topics().get(T).id());
            assertThat(whole.partitions()).hasSize(created);
            sizes.add(created);
        }
        assertThat(sizes).hasSizeGreaterThan(1).endsWith(1_000);
    }
}
