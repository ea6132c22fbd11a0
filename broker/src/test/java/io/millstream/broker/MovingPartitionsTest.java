package io.millstream.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.client.ClientSettings;
import io.millstream.client.Cluster;
import io.millstream.client.ClusterChange;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.Paths;
import io.millstream.coordination.TopicAssignment;
import io.millstream.coordination.Versioned;
import io.millstream.coordination.Write;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.PartitionReassignment;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.errors.ElectionNotNeededException;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.NoReassignmentInProgressException;
import org.apache.kafka.common.errors.PreferredLeaderNotAvailableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three brokers, Kafka's admin client: partitions and leaders move, topics go while a replica is away. */
final class MovingPartitionsTest {

    private static final String[] RECORDS =
            IntStream.range(0, 200).mapToObj(i -> "record " + i).toArray(String[]::new);

    @TempDir
    static Path directory;

    private static Fleet fleet;

    @BeforeAll
    static void start() throws IOException {
        fleet = new Fleet(directory, 3);
    }

    @AfterAll
    static void stop() {
        fleet.close();
    }

    private static org.apache.kafka.common.TopicPartition first(String topic) {
        return new org.apache.kafka.common.TopicPartition(topic, 0);
    }

    private static TopicAssignment assignment(String topic) {
        return fleet.read(Paths.topic(new TopicName(topic)), TopicAssignment.class);
    }

    private static Set<String> topics() {
        try (Admin admin = fleet.admin()) {
            return KafkaClients.get(admin.listTopics().names());
        }
    }

    private static void reassign(Admin admin, String topic, Integer... replicas) {
        KafkaClients.get(admin.alterPartitionReassignments(
                        Map.of(first(topic), Optional.of(new NewPartitionReassignment(List.of(replicas)))))
                .all());
    }

    private static Throwable refusal(Admin admin, String topic, Optional<NewPartitionReassignment> wanted) {
        return KafkaClients.failure(
                admin.alterPartitionReassignments(Map.of(first(topic), wanted)).all());
    }

    @Test
    void aPartitionMovesWithAllItsRecordsAndItsOldLogGoes() {
        // given
        fleet.createAt("moved", 1, 2);
        KafkaClients.produce(fleet.bootstrap(), "moved", RECORDS);
        Path old = fleet.logDirectory(1).resolve("moved-0");
        assertThat(old).exists();

        // when
        try (Admin admin = fleet.admin()) {
            reassign(admin, "moved", 3, 2);
        }

        // then
        Fleet.eventually(
                () -> assertThat(assignment("moved").partitions().get(0)).containsExactly(3, 2));
        assertThat(fleet.state("moved", 0).leader()).isEqualTo(3);
        fleet.awaitInSync("moved", 3, 2);
        Fleet.eventually(() -> assertThat(Files.exists(old)).isFalse());
        assertThat(KafkaClients.consume(fleet.bootstrap(), "moved", 1)).containsExactly(RECORDS);
    }

    /** What its leader knew of a replica that has deleted its log since must not count for the one that comes back. */
    @Test
    void aReplicaThatIsTakenAwayAndPutBackAgainAndAgainHasEverythingInTheEnd() {
        fleet.createAt("there-and-back", 1, 2, 3);
        KafkaClients.produce(fleet.bootstrap(), "there-and-back", RECORDS);
        try (Admin admin = fleet.admin()) {
            for (int i = 0; i < 5; i++) {
                int epoch = fleet.state("there-and-back", 0).leaderEpoch();
                reassign(admin, "there-and-back", 1, 2);
                reassign(admin, "there-and-back", 1, 2, 3);
                fleet.awaitInSync("there-and-back", 1, 2, 3);
                assertThat(fleet.state("there-and-back", 0).leaderEpoch()).isGreaterThan(epoch);
            }

            // when it is the only one left
            reassign(admin, "there-and-back", 3);
        }

        // then
        Fleet.eventually(() ->
                assertThat(assignment("there-and-back").partitions().get(0)).containsExactly(3));
        assertThat(KafkaClients.consume(fleet.bootstrap(), "there-and-back", 1)).containsExactly(RECORDS);
    }

    /** A broker that lost one replica of a topic and has another is named among those that may hold a log too many. */
    @Test
    void noLogOfATopicThatCannotBeReadIsDeleted() {
        String state = Paths.partitionState(new TopicPartition("unreadable", 0));
        try (Admin admin = fleet.admin()) {
            KafkaClients.get(admin.createTopics(
                            List.of(new NewTopic("unreadable", Map.of(0, List.of(1, 2, 3), 1, List.of(3, 2, 1)))))
                    .all());
            reassign(admin, "unreadable", 1, 2);
        }
        Fleet.eventually(
                () -> assertThat(assignment("unreadable").partitions().get(0)).containsExactly(1, 2));
        List<Path> logs = List.of(
                fleet.logDirectory(1).resolve("unreadable-0"),
                fleet.logDirectory(2).resolve("unreadable-1"),
                fleet.logDirectory(3).resolve("unreadable-1"));
        assertThat(logs).allSatisfy(log -> assertThat(log).exists());
        Versioned<byte[]> right =
                Coordination.await(fleet.coordination().read(state)).orElseThrow();

        // when
        int broken = Coordination.await(
                fleet.coordination().commit(new Write.Update(state, new byte[] {'?'}, right.version())));

        // then
        Fleet.eventually(() -> assertThat(topics()).doesNotContain("unreadable"));
        fleet.create("a-round-later", 1, 3); // whose logs are made after others have been deleted
        fleet.awaitInSync("a-round-later", 1, 2, 3);
        assertThat(logs).allSatisfy(log -> assertThat(log).exists());
        Coordination.await(fleet.coordination().commit(new Write.Update(state, right.value(), broken)));
        Fleet.eventually(() -> assertThat(topics()).contains("unreadable"));
    }

    @Test
    void aMoveThatCannotEndYetIsListedSurvivesItsControllerAndEndsLater() {
        // given a partition whose only replica is away
        fleet.createAt("waiting", 1);
        KafkaClients.produce(fleet.bootstrap(), "waiting", RECORDS);
        fleet.stop(1);

        // when
        try (Admin admin = fleet.admin()) {
            reassign(admin, "waiting", 2);
            PartitionReassignment ongoing = KafkaClients.get(
                            admin.listPartitionReassignments().reassignments())
                    .get(first("waiting"));
            assertThat(ongoing.replicas()).containsExactly(2, 1);
            assertThat(ongoing.addingReplicas()).containsExactly(2);
            assertThat(ongoing.removingReplicas()).containsExactly(1);
        }
        int controller = fleet.controller();
        fleet.stop(controller);
        Fleet.eventually(() -> assertThat(fleet.controller()).isNotEqualTo(controller));
        fleet.start(controller);
        fleet.start(1);

        // then
        Fleet.eventually(
                () -> assertThat(assignment("waiting").partitions().get(0)).containsExactly(2));
        assertThat(KafkaClients.consume(fleet.bootstrap(), "waiting", 1)).containsExactly(RECORDS);
    }

    @Test
    void aMoveIsStoppedAndWhatMakesNoSenseIsRefused() {
        fleet.createAt("stopped", 1);
        fleet.stop(1);
        try (Admin admin = fleet.admin()) {
            // given
            reassign(admin, "stopped", 2, 3);

            // when
            KafkaClients.get(admin.alterPartitionReassignments(Map.of(first("stopped"), Optional.empty()))
                    .all());

            // then
            assertThat(assignment("stopped").partitions().get(0)).containsExactly(1);
            assertThat(assignment("stopped").isMoving(0)).isFalse();
            assertThat(refusal(admin, "stopped", Optional.empty()))
                    .isInstanceOf(NoReassignmentInProgressException.class);
            assertThat(refusal(admin, "stopped", Optional.of(new NewPartitionReassignment(List.of(1, 9)))))
                    .isInstanceOf(InvalidReplicaAssignmentException.class);
            assertThat(refusal(admin, "nowhere", Optional.of(new NewPartitionReassignment(List.of(2)))))
                    .isInstanceOf(UnknownTopicOrPartitionException.class);
        }
        fleet.start(1);
    }

    @Test
    void preferredLeadersAreElectedWhenAsked() {
        fleet.createAt("preferred", 3, 1, 2);
        fleet.stop(3);
        try (Admin admin = fleet.admin()) {
            assertThat(KafkaClients.get(admin.electLeaders(ElectionType.PREFERRED, Set.of(first("preferred")))
                                    .partitions())
                            .get(first("preferred")))
                    .containsInstanceOf(PreferredLeaderNotAvailableException.class);
        }
        fleet.start(3);
        fleet.awaitInSync("preferred", 1, 2, 3);
        try (Admin admin = fleet.admin()) {
            assertThat(fleet.state("preferred", 0).leader()).isEqualTo(1);

            // when: the controller hears a moment later that it is in sync
            Awaitility.await().untilAsserted(() -> assertThat(
                            KafkaClients.get(admin.electLeaders(ElectionType.PREFERRED, Set.of(first("preferred")))
                                            .partitions())
                                    .get(first("preferred")))
                    .isEmpty());

            // then
            assertThat(fleet.state("preferred", 0).leader()).isEqualTo(3);
            for (ElectionType type : ElectionType.values()) {
                assertThat(KafkaClients.get(admin.electLeaders(type, Set.of(first("preferred")))
                                        .partitions())
                                .get(first("preferred")))
                        .containsInstanceOf(ElectionNotNeededException.class);
            }
        }
    }

    @Test
    void r11_aTopicThatIsDeletedAndMadeAnewWhileAReplicaIsAwayDoesNotComeBack() {
        // given
        fleet.createAt("again", 1, 2, 3);
        KafkaClients.produce(fleet.bootstrap(), "again", RECORDS);
        fleet.awaitInSync("again", 1, 2, 3);
        fleet.stop(3);

        // when
        try (Admin admin = fleet.admin()) {
            KafkaClients.get(admin.deleteTopics(List.of("again")).all());
        }
        fleet.createAt("again", 1, 2);
        KafkaClients.produce(fleet.bootstrap(), "again", "new");
        fleet.start(3);

        // then the old log goes, by the topic's id, and its records with it
        String deletion = Paths.deletedTopic(new TopicName("again"));
        Fleet.eventually(
                () -> assertThat(Coordination.await(fleet.coordination().read(deletion)))
                        .isEmpty());
        Fleet.eventually(() -> assertThat(Files.exists(fleet.logDirectory(3).resolve("again-0")))
                .isFalse());
        assertThat(KafkaClients.consume(fleet.bootstrap(), "again", 1)).containsExactly("new");

        // when it is given a replica of the new one
        try (Admin admin = fleet.admin()) {
            reassign(admin, "again", 3);
        }

        // then
        Fleet.eventually(
                () -> assertThat(assignment("again").partitions().get(0)).containsExactly(3));
        assertThat(KafkaClients.consume(fleet.bootstrap(), "again", 1)).containsExactly("new");
    }

    @Test
    void r11_aLogOfWhichTheReplicaMovedAwayWhileItsBrokerWasDownGoesAlthoughTheTopicIsAnotherByThen() {
        // given a log whose broker is away while the partition moves, and then the topic goes
        fleet.createAt("stray", 1, 2);
        KafkaClients.produce(fleet.bootstrap(), "stray", RECORDS);
        fleet.awaitInSync("stray", 1, 2);
        fleet.stop(1);
        Path old = fleet.logDirectory(1).resolve("stray-0");
        assertThat(old).exists();
        String leftovers = Paths.deletedTopic(new TopicName("stray"));
        try (Admin admin = fleet.admin()) {
            reassign(admin, "stray", 2, 3);
            Fleet.eventually(
                    () -> assertThat(assignment("stray").partitions().get(0)).containsExactly(2, 3));
            KafkaClients.get(admin.deleteTopics(List.of("stray")).all());
        }
        Fleet.eventually(
                () -> assertThat(fleet.logDirectory(2).resolve("stray-0")).doesNotExist());

        // when there is one of that name again, and the broker with the old log is to have it
        fleet.createAt("stray", 2);
        KafkaClients.produce(fleet.bootstrap(), "stray", "new");
        try (Admin admin = fleet.admin()) {
            fleet.start(1);
            reassign(admin, "stray", 1);
        }

        // then
        Fleet.eventually(
                () -> assertThat(assignment("stray").partitions().get(0)).containsExactly(1));
        assertThat(KafkaClients.consume(fleet.bootstrap(), "stray", 1)).containsExactly("new");
        assertThat(fleet.broker(1).partitions().find(new TopicPartition("stray", 0)))
                .get()
                .satisfies(partition -> assertThat(partition.log().topicId())
                        .isEqualTo(assignment("stray").topicId()));
        Fleet.eventually(
                () -> assertThat(Coordination.await(fleet.coordination().read(leftovers)))
                        .as("what nobody holds any more is forgotten")
                        .isEmpty());
    }

    @Test
    void aClientOfZooKeeperHearsOfBrokersLeadersAndTopics() {
        // given
        fleet.createAt("watched", 2, 1);
        List<ClusterChange> heard = new CopyOnWriteArrayList<>();
        try (Cluster cluster = Cluster.zooKeeper(fleet.coordination(), ClientSettings.defaults("watcher"));
                Cluster.Listening listening = cluster.onChange(heard::add)) {
            assertThat(listening).isNotNull();

            // when
            fleet.createAt("heard", 1);
            fleet.stop(2);
            fleet.start(2);

            // then
            TopicPartition watched = new TopicPartition("watched", 0);
            Fleet.eventually(() -> assertThat(heard)
                    .contains(new ClusterChange.TopicCame(new TopicName("heard")))
                    .contains(new ClusterChange.BrokerWent(2))
                    .contains(new ClusterChange.LeaderMoved(watched, 1, 1))
                    .anyMatch(change -> change instanceof ClusterChange.BrokerCame came
                            && came.broker().id() == 2));
        }
    }
}
