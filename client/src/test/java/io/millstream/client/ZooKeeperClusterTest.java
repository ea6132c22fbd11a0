package io.millstream.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millstream.coordination.BrokerRegistration;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.Document;
import io.millstream.coordination.EmbeddedZooKeeper;
import io.millstream.coordination.PartitionState;
import io.millstream.coordination.Paths;
import io.millstream.coordination.TopicAssignment;
import io.millstream.coordination.Write;
import io.millstream.coordination.ZooKeeperCoordination;
import io.millstream.core.Clock;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.net.FakeBroker;
import io.millstream.wire.ApiKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class ZooKeeperClusterTest {

    private static final TopicName CLICKS = new TopicName("clicks");
    private static final TopicPartition FIRST = new TopicPartition(CLICKS, 0);
    private static final UUID ID = new UUID(1, 2);
    private static final byte[] NOTHING = {};

    private static EmbeddedZooKeeper server;
    private static int tests;

    private final FakeBroker broker = FakeBroker.start();
    private Coordination coordination;
    private Cluster cluster;

    @BeforeAll
    static void start(@TempDir Path directory) throws IOException {
        server = EmbeddedZooKeeper.start(directory, 0);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void connect() {
        coordination = session();
        Coordination.await(coordination.ensurePath(Paths.BROKER_IDS));
        Coordination.await(coordination.ensurePath(Paths.TOPICS));
        cluster = Cluster.zooKeeper(coordination, FakeCluster.SETTINGS);
    }

    private static Coordination session() {
        return ZooKeeperCoordination.connect(
                server.connectString() + "/cluster-" + tests, 10_000, 20_000, Clock.system());
    }

    @AfterEach
    void close() {
        cluster.close();
        coordination.close();
        broker.close();
        tests++;
    }

    private static void register(Coordination session, int id, FakeBroker at) {
        BrokerRegistration registration = new BrokerRegistration(
                at.endpoint().host(), at.endpoint().port(), new TreeMap<>(), -1, "rack-" + id, "boot", new UUID(0, id));
        Coordination.await(session.commit(new Write.CreateEphemeral(Paths.broker(id), Document.write(registration))));
    }

    private void createTopic(TopicName topic, int partitions, int leader) {
        TreeMap<Integer, List<Integer>> replicas = new TreeMap<>();
        for (int i = 0; i < partitions; i++) {
            replicas.put(i, List.of(1, 2));
        }
        write(Paths.topic(topic), Document.write(new TopicAssignment(ID, replicas)));
        for (int i = 0; i < partitions; i++) {
            TopicPartition partition = new TopicPartition(topic, i);
            Coordination.await(coordination.ensurePath(Paths.partition(partition)));
            write(Paths.partitionState(partition), state(leader, 5));
        }
    }

    private void write(String path, byte[] data) {
        Coordination.await(coordination.commit(new Write.Create(path, data)));
    }

    private static byte[] state(int leader, int epoch) {
        return Document.write(new PartitionState(leader, epoch, 0, List.of(leader), List.of()));
    }

    @Test
    void topicsPartitionsLeadersHostsAndIdsAreRead() {
        register(coordination, 1, broker);
        createTopic(CLICKS, 3, 1);

        assertThat(cluster.topics()).containsExactly(CLICKS);
        assertThat(cluster.partitions(CLICKS)).containsExactly(0, 1, 2);
        assertThat(cluster.topicId(CLICKS)).contains(ID);
        ClusterView.Leader leader = cluster.leader(FIRST).orElseThrow();
        assertThat(leader.epoch()).isEqualTo(5);
        assertThat(leader.broker()).isEqualTo(cluster.view().brokers().get(1));
        assertThat(leader.broker().endpoint()).isEqualTo(broker.endpoint());
        assertThat(cluster.replicaHosts(FIRST)).containsExactly("127.0.0.1");
        assertThat(cluster.connection(1).join().speaks(ApiKey.FETCH)).isTrue();
    }

    @Test
    void whatCannotBeReadDoesNotHideTheRest() {
        register(coordination, 1, broker);
        createTopic(CLICKS, 1, 1);
        TopicName newer = new TopicName("newer");
        byte[] unknown = "{\"version\":2}".getBytes(StandardCharsets.UTF_8);
        write(Paths.topic(newer), unknown);
        write(Paths.broker(2), unknown);

        assertThatThrownBy(() -> cluster.topics())
                .as("a list of all with a hole in it")
                .hasMessageContaining("/brokers/topics/newer has format version 2");
        assertThatThrownBy(() -> cluster.topic(newer)).hasMessageContaining("format version 2");

        assertThat(cluster.view().topics()).containsOnlyKeys(CLICKS);
        assertThat(cluster.view().brokers()).containsOnlyKeys(1);
        assertThat(cluster.leader(FIRST)).isPresent();
    }

    @Test
    void changesAreSeenWithoutAsking() {
        register(coordination, 1, broker);
        createTopic(CLICKS, 1, 1);
        assertThat(cluster.topics()).hasSize(1);
        TopicName later = new TopicName("later");

        Coordination.await(coordination.commit(
                new Write.Update(Paths.partitionState(FIRST), state(PartitionState.NO_LEADER, 6), 0)));
        await().until(() -> cluster.view().leader(FIRST).isEmpty());
        createTopic(later, 2, 1);
        await().until(() -> cluster.view().leader(new TopicPartition(later, 1)).isPresent());
        try (Coordination other = session()) {
            register(other, 2, broker);
            await().until(() -> cluster.view().brokers().containsKey(2));
        }

        await().until(() -> !cluster.view().brokers().containsKey(2));
    }

    @Test
    void listenersHearWhatHappensAfterTheyCame() {
        // given
        register(coordination, 1, broker);
        createTopic(CLICKS, 1, 1);
        TopicName later = new TopicName("later");
        List<ClusterChange> heard = new CopyOnWriteArrayList<>();

        // when
        try (Cluster.Listening listening = cluster.onChange(heard::add)) {
            assertThat(heard).as("what was there before").isEmpty();
            try (Coordination other = session()) {
                register(other, 2, broker);
                awaitHeard(heard, new ClusterChange.BrokerCame(broker(2)));
            }
            awaitHeard(heard, new ClusterChange.BrokerWent(2));
            Coordination.await(coordination.commit(new Write.Update(Paths.partitionState(FIRST), state(2, 6), 0)));
            awaitHeard(heard, new ClusterChange.LeaderMoved(FIRST, 2, 6));
            write(Paths.topic(later), NOTHING); // half made
            write(Paths.topic(new TopicName("made")), Document.write(new TopicAssignment(ID, new TreeMap<>())));
            awaitHeard(heard, new ClusterChange.TopicCame(new TopicName("made")));
            Coordination.await(coordination.commit(new Write.Delete(Paths.topic(new TopicName("made")), 0)));
            awaitHeard(heard, new ClusterChange.TopicWent(new TopicName("made")));
            assertThat(listening).isNotNull();
        }

        // then
        assertThat(heard).hasSize(5);
    }

    private ClusterView.Broker broker(int id) {
        return new ClusterView.Broker(id, broker.endpoint(), Optional.of("rack-" + id));
    }

    private static void awaitHeard(List<ClusterChange> heard, ClusterChange change) {
        await().untilAsserted(() -> assertThat(heard).endsWith(change));
    }

    @Test
    void changesAreTheDifferenceOfTwoViews() {
        ClusterView.Topic one = topic(new UUID(1, 1), 1, 5);
        ClusterView.Topic another = topic(new UUID(2, 2), 1, 0);
        ClusterView.Topic grown = new ClusterView.Topic(
                Optional.of(new UUID(1, 1)),
                new TreeMap<>(Map.of(
                        0,
                        new ClusterView.Partition(-1, 6, List.of(1)),
                        1,
                        new ClusterView.Partition(1, 0, List.of(1)))));

        assertThat(ClusterChange.between(view(one), view(one))).isEmpty();
        assertThat(ClusterChange.between(view(one), view(another)))
                .containsExactly(new ClusterChange.TopicWent(CLICKS), new ClusterChange.TopicCame(CLICKS));
        assertThat(ClusterChange.between(view(one), view(grown)))
                .containsExactly(
                        new ClusterChange.PartitionCame(new TopicPartition(CLICKS, 1)),
                        new ClusterChange.LeaderMoved(FIRST, -1, 6));
    }

    private static ClusterView view(ClusterView.Topic clicks) {
        return new ClusterView(new TreeMap<>(), new TreeMap<>(Map.of(CLICKS, clicks)));
    }

    private static ClusterView.Topic topic(UUID id, int leader, int epoch) {
        return new ClusterView.Topic(
                Optional.of(id), new TreeMap<>(Map.of(0, new ClusterView.Partition(leader, epoch, List.of(1)))));
    }

    @Test
    void aTopicWithoutStatesYetHasPartitionsWithoutLeaders() {
        TreeMap<Integer, List<Integer>> replicas = new TreeMap<>();
        replicas.put(0, List.of(1));
        write(Paths.topic(CLICKS), Document.write(new TopicAssignment(ID, replicas)));

        assertThat(cluster.partitions(CLICKS)).containsExactly(0);
        assertThat(cluster.leader(FIRST)).isEmpty();
    }

    @Test
    void aDocumentOfALaterFormatIsRefusedByName() {
        write(Paths.topic(CLICKS), "{\"version\":9}".getBytes(StandardCharsets.UTF_8));

        assertThatThrownBy(() -> cluster.topics())
                .isInstanceOf(ClientException.class)
                .hasMessageContaining("/brokers/topics/clicks has format version 9");
    }

    @Test
    void childrenThatAreNotBrokersOrTopicsAreLeftAlone() {
        write(Paths.BROKER_IDS + "/seqid", NOTHING);
        write(Paths.TOPICS + "/not a topic", NOTHING);

        assertThat(cluster.topics()).isEmpty();
        assertThat(cluster.view().brokers()).isEmpty();
    }
}
