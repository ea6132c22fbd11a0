package io.millstream.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.clients.Program;
import io.millstream.coordination.BrokerOverrides;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.Document;
import io.millstream.coordination.PartitionState;
import io.millstream.coordination.Paths;
import io.millstream.coordination.TopicAssignment;
import io.millstream.coordination.TopicSettings;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three brokers, and Kafka's own tools for them, each in a process: partitions are moved, leaders elected. */
final class KafkaToolsOfAClusterTest {

    private static final Path JARS = Path.of("target", "kafka-tools");
    private static final Program TOPICS = Program.tool(JARS, "org.apache.kafka.tools.TopicCommand");
    private static final Program LEADERS = Program.tool(JARS, "org.apache.kafka.tools.LeaderElectionCommand");
    private static final Program REASSIGN =
            Program.tool(JARS, "org.apache.kafka.tools.reassign.ReassignPartitionsCommand");

    private static final String SLOW = "1000"; // bytes per second: some minutes for what is moved here
    private static final String[] RECORDS =
            IntStream.range(0, 100).mapToObj(i -> i + "v".repeat(10_000)).toArray(String[]::new);

    @TempDir
    static Path directory;

    private static Fleet fleet;

    @BeforeAll
    static void start() throws IOException {
        fleet = new Fleet(directory, 3, "replica.fetch.max.bytes", "20000");
    }

    @AfterAll
    static void stop() {
        fleet.close();
    }

    private static String[] at(String... more) {
        List<String> all = new ArrayList<>(List.of("--bootstrap-server", fleet.bootstrap()));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private static TopicAssignment assignment(String topic) {
        return fleet.read(Paths.topic(new TopicName(topic)), TopicAssignment.class);
    }

    private static String move(String topic, String replicas) {
        return "{\"topic\": \"" + topic + "\", \"partition\": 0, \"replicas\": [" + replicas + "]}";
    }

    private static Path moves(String... moves) throws IOException {
        return Files.writeString(
                directory.resolve("moves.json"),
                "{\"version\": 1, \"partitions\": [" + String.join(", ", moves) + "]}");
    }

    private static String reassign(Path moves, String... more) {
        List<String> all = new ArrayList<>(List.of("--reassignment-json-file", moves.toString()));
        all.addAll(List.of(more));
        return REASSIGN.run(at(all.toArray(String[]::new)));
    }

    private static SortedMap<String, String> settingsOfBroker(int id) {
        String path = Paths.brokerConfig(id);
        return Coordination.await(fleet.coordination().read(path))
                .map(raw ->
                        Document.read(raw.value(), BrokerOverrides.class, path).config())
                .orElseGet(TreeMap::new);
    }

    private static SortedMap<String, String> settingsOfTopic(String topic) {
        return fleet.read(Paths.topicConfig(new TopicName(topic)), TopicSettings.class)
                .config();
    }

    @Test
    void partitionsAreMovedUnderAThrottleUntilItIsLiftedAndStopped() throws IOException {
        // given
        fleet.createAt("moving", 1, 2);
        fleet.createAt("stopping", 1);
        KafkaClients.produce(fleet.bootstrap(), "moving", RECORDS);
        KafkaClients.produce(fleet.bootstrap(), "stopping", RECORDS);
        Path topics = Files.writeString(
                directory.resolve("topics.json"), "{\"version\": 1, \"topics\": [{\"topic\": \"moving\"}]}");
        assertThat(REASSIGN.run(
                        at("--generate", "--topics-to-move-json-file", topics.toString(), "--broker-list", "3,2")))
                .contains("\"replicas\":[1,2]")
                .containsPattern("Proposed partition reassignment configuration\\s+"
                        + ".*\"topic\":\"moving\",\"partition\":0,\"replicas\":\\[(2,3|3,2)\\]");

        // when both move slowly
        Path both = moves(move("moving", "3,2"), move("stopping", "3"));
        assertThat(reassign(both, "--execute", "--throttle", SLOW))
                .contains("The inter-broker throttle limit was set to " + SLOW + " B/s")
                .contains("Successfully started partition reassignments for moving-0,stopping-0");

        // then
        assertThat(REASSIGN.run(at("--list")))
                .contains("moving-0: replicas: 3,2,1. adding: 3. removing: 1.")
                .contains("stopping-0: replicas: 3,1. adding: 3. removing: 1.");
        for (int id = 1; id <= 3; id++) {
            assertThat(settingsOfBroker(id))
                    .containsEntry("leader.replication.throttled.rate", SLOW)
                    .containsEntry("follower.replication.throttled.rate", SLOW);
        }
        assertThat(settingsOfTopic("moving"))
                .containsEntry("leader.replication.throttled.replicas", "0:1,0:2")
                .containsEntry("follower.replication.throttled.replicas", "0:3");
        assertThat(reassign(both, "--verify"))
                .contains("Reassignment of partition moving-0 is still in progress.")
                .contains("Reassignment of partition stopping-0 is still in progress.");
        assertThat(fleet.state("moving", 0).isr()).containsExactlyInAnyOrder(1, 2);

        // when one is stopped, which lifts the bounds of the brokers
        assertThat(reassign(moves(move("stopping", "3")), "--cancel"))
                .contains("Successfully cancelled partition reassignment for: stopping-0");

        // then
        assertThat(assignment("stopping").partitions().get(0)).containsExactly(1);
        assertThat(settingsOfTopic("stopping")).isEmpty();
        Fleet.eventually(
                () -> assertThat(assignment("moving").partitions().get(0)).containsExactly(3, 2));
        assertThat(reassign(moves(move("moving", "3,2")), "--verify"))
                .contains("Reassignment of partition moving-0 is completed.")
                .contains("Clearing broker-level throttles on brokers 1,2,3")
                .contains("Clearing topic-level throttles on topic moving");
        assertThat(settingsOfTopic("moving")).isEmpty();
        for (int id = 1; id <= 3; id++) {
            assertThat(settingsOfBroker(id)).isEmpty();
        }
        assertThat(KafkaClients.consume(fleet.bootstrap(), "moving", 1)).containsExactly(RECORDS);
    }

    @Test
    void topicsGetTheReplicasThatAreAskedForAndLeadersAreGivenBack() {
        // given
        TOPICS.run(at("--create", "--topic", "placed", "--replica-assignment", "3:1,2:3"));
        TOPICS.run(at("--alter", "--topic", "placed", "--partitions", "3", "--replica-assignment", "3:1,2:3,3:2"));
        assertThat(assignment("placed").partitions())
                .isEqualTo(Map.of(0, List.of(3, 1), 1, List.of(2, 3), 2, List.of(3, 2)));

        // when a broker is away
        fleet.stop(3);

        // then
        assertThat(TOPICS.run(at("--describe", "--topic", "placed", "--under-replicated-partitions"))
                        .lines())
                .hasSize(3)
                .anyMatch(line -> line.contains("Partition: 0\tLeader: 1\tReplicas: 3,1\tIsr: 1"))
                .anyMatch(line -> line.contains("Partition: 1\tLeader: 2\tReplicas: 2,3\tIsr: 2"))
                .anyMatch(line -> line.contains("Partition: 2\tLeader: 2\tReplicas: 3,2\tIsr: 2"));

        // when it is back
        fleet.start(3);
        for (int partition = 0; partition < 3; partition++) {
            int number = partition;
            Fleet.eventually(
                    () -> assertThat(fleet.state("placed", number).isr()).hasSize(2));
        }
        assertThat(fleet.state("placed", 0).leader()).isEqualTo(1);
        assertThat(LEADERS.run(at("--election-type", "preferred", "--all-topic-partitions")))
                .contains("Successfully completed leader election (PREFERRED) for partitions")
                .contains("placed-0")
                .contains("placed-2");

        // then
        assertThat(fleet.state("placed", 0).leader()).isEqualTo(3);
        assertThat(fleet.state("placed", 2).leader()).isEqualTo(3);
    }

    @Test
    void whereNobodyLeadsAnyReplicaDoesIfItIsAskedFor() {
        // given that the only member of the ISR is away, and a replica is back that lacks something
        fleet.createAt("lost", 1, 2);
        fleet.awaitInSync("lost", 1, 2);
        fleet.stop(2);
        KafkaClients.produce(fleet.bootstrap(), "lost", "lost with broker 1");
        fleet.stop(1);
        fleet.start(2);
        Fleet.eventually(() -> assertThat(fleet.state("lost", 0).leader()).isEqualTo(PartitionState.NO_LEADER));

        // when
        assertThat(LEADERS.run(at("--election-type", "unclean", "--topic", "lost", "--partition", "0")))
                .contains("Successfully completed leader election (UNCLEAN) for partitions lost-0");

        // then
        assertThat(fleet.state("lost", 0).leader()).isEqualTo(2);
        fleet.start(1);
        fleet.awaitInSync("lost", 2, 1);
        assertThat(fleet.broker(1)
                        .partitions()
                        .find(new TopicPartition("lost", 0))
                        .orElseThrow()
                        .log()
                        .view()
                        .endOffset())
                .isZero();
    }
}
