package io.millstream.broker.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.controller.Refusal.Reason;
import io.millstream.coordination.BrokerRegistration;
import io.millstream.coordination.Document;
import io.millstream.coordination.PartitionState;
import io.millstream.coordination.Paths;
import io.millstream.coordination.Versioned;
import io.millstream.coordination.Write;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TopicsTest {

    private static final ClusterState THREE = States.brokers(Map.of(1, 10L, 2, 20L, 3, 30L));
    private static final PartitionState LED = new PartitionState(1, 0, 10, List.of(1), List.of());

    @Test
    void leadersAndFollowersAreSpreadEvenly() {
        // when
        SortedMap<Integer, List<Integer>> assignment =
                Placement.of(THREE, States.wanted("t", 12, 2), 5).value();

        // then
        Map<Integer, Integer> leaders = new HashMap<>();
        Map<Integer, Integer> followers = new HashMap<>();
        assignment.values().forEach(replicas -> {
            leaders.merge(replicas.get(0), 1, Integer::sum);
            followers.merge(replicas.get(1), 1, Integer::sum);
            assertThat(new HashSet<>(replicas)).hasSize(2);
        });
        assertThat(leaders).isEqualTo(Map.of(1, 4, 2, 4, 3, 4));
        assertThat(followers).isEqualTo(Map.of(1, 4, 2, 4, 3, 4));
    }

    @ParameterizedTest
    @CsvSource({"a-b-c-a-b-c, 3", "a-b-c-a-b-c, 2", "a-a-b-b-c-c, 3", "a-a-a-b-b-b, 2", "a-a-b-b, 3", "b-a, 2"})
    void replicasAreSpreadOverRacksAndBrokersEvenly(String racks, int replicas) {
        // given
        List<String> rackOf = List.of(racks.split("-", -1));
        ClusterState cluster = States.racks(rackOf);
        int brokers = rackOf.size();
        int all = new HashSet<>(rackOf).size();
        int partitions = 2 * brokers * brokers;

        // when
        SortedMap<Integer, List<Integer>> assignment = Placement.of(
                        cluster, States.wanted("t", partitions, replicas), 3)
                .value();

        // then
        Map<Integer, Integer> leaders = new HashMap<>();
        Map<Integer, Integer> held = new HashMap<>();
        assignment.values().forEach(row -> {
            leaders.merge(row.get(0), 1, Integer::sum);
            row.forEach(broker -> held.merge(broker, 1, Integer::sum));
            assertThat(row).hasSize(replicas).doesNotHaveDuplicates();
            assertThat(row.stream().map(rackOf::get).distinct())
                    .as("racks of %s", row)
                    .hasSize(Math.min(replicas, all));
        });
        assertThat(leaders).hasSize(brokers).containsValue(partitions / brokers);
        assertThat(held.values()).containsOnly(partitions * replicas / brokers);
    }

    @Test
    void eitherAllBrokersHaveARackOrNone() {
        ClusterState cluster = States.racks(java.util.Arrays.asList("a", null, "b"));

        Outcome<?> outcome = Placement.of(cluster, States.wanted("t", 1, 1), 0);

        assertThat(outcome.refusal().reason()).isEqualTo(Reason.INVALID_REQUEST);
        assertThat(outcome.refusal().message())
                .startsWith("Not all brokers have rack information")
                .contains("[1]");
    }

    @Test
    void aBrokerThatIsAboutToStopIsGivenNothing() {
        ClusterState cluster = States.draining(THREE, 2);

        assertThat(Placement.of(cluster, States.wanted("t", 20, 2), 0).value().values())
                .noneMatch(row -> row.contains(2));
        assertThat(Placement.of(cluster, States.wanted("t", 1, 3), 0).refusal().reason())
                .isEqualTo(Reason.INVALID_REPLICATION_FACTOR);
    }

    @ParameterizedTest
    @CsvSource({
        "'', 1, 1, INVALID_NAME",
        "a/b, 1, 1, INVALID_NAME",
        ".., 1, 1, INVALID_NAME",
        "click.stream, 1, 1, INVALID_NAME", // click_stream exists
        "click_stream, 1, 1, TOPIC_EXISTS",
        "t, 0, 1, INVALID_PARTITIONS",
        "t, -1, 1, INVALID_PARTITIONS",
        "t, 20001, 1, INVALID_PARTITIONS",
        "t, 1, 0, INVALID_REPLICATION_FACTOR",
        "t, 1, 4, INVALID_REPLICATION_FACTOR"
    })
    void whatCannotBeCreatedIsRefused(String name, int partitions, int replicas, Reason reason) {
        ClusterState cluster = States.with(THREE, "click_stream", States.assignment(1, 1), LED);

        Outcome<?> outcome = Placement.of(cluster, States.wanted(name, partitions, replicas), 0);

        assertThat(outcome.refusal().reason()).isEqualTo(reason);
        assertThat(outcome.refusal().message()).isNotBlank();
    }

    @ParameterizedTest
    @CsvSource({"1, 1-2", "0, 1-1", "0, ''", "0, 9", "0;1, 1-2;1", "0;2, 1;2"})
    void aManualAssignmentThatMakesNoSenseIsRefused(String partitions, String replicas) {
        // given
        SortedMap<Integer, List<Integer>> assignment = new TreeMap<>();
        List<String> rows = List.of(replicas.split(";", -1));
        for (String partition : partitions.split(";", -1)) {
            String row = rows.get(assignment.size());
            assignment.put(
                    Integer.parseInt(partition),
                    row.isEmpty()
                            ? List.of()
                            : List.of(row.split("-", -1)).stream()
                                    .map(Integer::valueOf)
                                    .toList());
        }

        // when
        Outcome<?> outcome =
                Placement.of(THREE, new NewTopic("t", new UUID(1, 2), -1, -1, assignment, new TreeMap<>()), 0);

        // then
        assertThat(outcome.refusal().reason()).isEqualTo(Reason.INVALID_ASSIGNMENT);
    }

    @Test
    void aSmallTopicIsCreatedInOneMulti() {
        Decision decision = Topics.create(THREE, new TopicName("t"), States.wanted("t", 6, 1), States.assignment(6, 1));

        assertThat(decision.multis()).hasSize(1);
    }

    /** Or the broker would take the first state of the new one for void, and nobody would lead it. */
    @Test
    void aTopicBeginsWithItsReplicasAsTheyAreNowAlsoWhereOneOfAnEarlierTopicWasBegunAnew() {
        SortedMap<Integer, Versioned<BrokerRegistration>> brokers = new TreeMap<>(THREE.brokers());
        BrokerRegistration renewed =
                brokers.get(1).value().renewed(new TreeMap<>(Map.of("t", new TreeMap<>(Map.of(0, 15L)))));
        brokers.put(1, brokers.get(1).with(renewed));
        ClusterState cluster = States.with(THREE, brokers);

        Decision decision =
                Topics.create(cluster, new TopicName("t"), States.wanted("t", 1, 2), States.assignment(1, 1, 2));

        TopicPartition partition = new TopicPartition("t", 0);
        Write.Create written = (Write.Create) decision.multis().get(0).stream()
                .filter(write -> write.path().equals(Paths.partitionState(partition)))
                .findFirst()
                .orElseThrow();
        PartitionState state = Document.read(written.data(), PartitionState.class, written.path());
        assertThat(state.leader()).isEqualTo(1);
        assertThat(state.leaderRegistration()).isEqualTo(10);
        assertThat(state.isrRegistrations()).containsExactly(15L, 20L);
        assertThat(Trust.mayLead(state, renewed.renewed(partition))).isTrue();
    }

    @Test
    void aLargeTopicBecomesVisibleWithItsLastWriteOnly() {
        // when
        Decision decision =
                Topics.create(THREE, new TopicName("t"), States.wanted("t", 5000, 1), States.assignment(5000, 1, 2, 3));

        // then
        assertThat(decision.multis()).allMatch(Decision::fits).hasSizeGreaterThan(20);
        Write first = decision.multis().get(0).get(0);
        assertThat(((Write.Create) first).data()).isEmpty();
        List<Write> last = decision.multis().get(decision.multis().size() - 1);
        assertThat(last).singleElement().isInstanceOf(Write.Update.class);
        assertThat(last.get(0).path()).isEqualTo("/brokers/topics/t");
    }

    @Test
    void aDeletionMarksTheTopicForItsBrokersInTheSameMulti() {
        // given
        ClusterState small = States.with(THREE, "t", States.assignment(2, 1, 3), LED);
        ClusterState large = States.with(THREE, "t", States.assignment(2000, 1, 3), LED);
        TopicName name = new TopicName("t");

        // when
        Decision ofSmall = Topics.delete(small, name, small.topics().get(name));
        Decision ofLarge = Topics.delete(large, name, large.topics().get(name));

        // then
        assertThat(ofSmall.multis()).hasSize(1);
        assertThat(ofSmall.multis().get(0))
                .extracting(Write::path)
                .startsWith("/admin/delete_topics/t")
                .endsWith("/brokers/topics/t");
        assertThat(new String(
                        ((Write.Create) ofSmall.multis().get(0).get(0)).data(),
                        java.nio.charset.StandardCharsets.UTF_8))
                .contains("[1,3]");
        assertThat(ofLarge.multis()).hasSize(1); // makes it invisible; the rest is cleared afterwards
        assertThat(ofLarge.multis().get(0)).hasSize(2);
    }

    @Test
    void whatIsLeftOfATopicIsRemovedFromTheLeavesUp() {
        // given
        SortedMap<TopicName, ClusterState.Unfinished> unfinished = new TreeMap<>();
        unfinished.put(new TopicName("t"), new ClusterState.Unfinished(1, true, new TreeMap<>(Map.of(0, 4, 1, -1))));
        ClusterState cluster = new ClusterState(
                java.util.Optional.empty(),
                THREE.brokers(),
                new TreeMap<>(),
                unfinished,
                new TreeMap<>(),
                new TreeMap<>(),
                ClusterState.Overrides.NONE);

        // when
        Decision decision = Topics.clear(cluster).orElseThrow();

        // then
        assertThat(decision.multis().get(0))
                .containsExactly(
                        new Write.Delete("/brokers/topics/t/partitions/0/state", 4),
                        new Write.Delete("/brokers/topics/t/partitions/0", 0),
                        new Write.Delete("/brokers/topics/t/partitions/1", 0),
                        new Write.Delete("/brokers/topics/t/partitions", 0),
                        new Write.Delete("/brokers/topics/t", 1));
    }

    @ParameterizedTest
    @CsvSource({
        "/brokers/ids/7, Broker[id=7]",
        "/brokers/topics/a.b, Topic[name=a.b]",
        "/brokers/topics/t/partitions/3/state, Partition[partition=t-3]",
        "/config/topics/t, Config[topic=t]",
        "/admin/delete_topics/t, Deletion[topic=t]",
        "/controller, Controlling[]"
    })
    void aChangedZnodeNamesWhatToReadAgain(String path, String part) {
        assertThat(Part.of(path)).hasToString("Optional[" + part + "]");
    }

    @ParameterizedTest
    @CsvSource({
        "/brokers", "/brokers/ids", "/brokers/ids/x", "/brokers/topics", "/brokers/topics/t/partitions",
        "/brokers/topics/t/partitions/0", "/brokers/topics/t/partitions/x/state", "/config/users/u", "/", "''",
        "/brokers/topics/t/partitions/-1/state"
    })
    void anyOtherZnodeNamesNothing(String path) {
        assertThat(Part.of(path)).isEmpty();
    }
}
