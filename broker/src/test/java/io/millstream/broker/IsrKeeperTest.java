package io.millstream.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millstream.broker.config.BrokerConfig;
import io.millstream.broker.config.LiveConfig;
import io.millstream.broker.controller.ClusterState;
import io.millstream.broker.log.LogConfig;
import io.millstream.broker.log.LogDirectories;
import io.millstream.broker.log.LogEnvironment;
import io.millstream.broker.replica.Isr;
import io.millstream.broker.replica.Partition;
import io.millstream.broker.replica.Partitions;
import io.millstream.broker.replica.ReplicaId;
import io.millstream.broker.replica.Role;
import io.millstream.coordination.BrokerRegistration;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.Document;
import io.millstream.coordination.PartitionState;
import io.millstream.coordination.Paths;
import io.millstream.coordination.TopicAssignment;
import io.millstream.coordination.Versioned;
import io.millstream.coordination.Write;
import io.millstream.coordination.ZooKeeperCoordination;
import io.millstream.core.Clock;
import io.millstream.core.Loop;
import io.millstream.core.ThreadLoop;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.wire.ErrorCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A leader's ISR in a real ZooKeeper, where others write too. */
final class IsrKeeperTest {

    private static final TopicPartition ID = new TopicPartition("clicks", 0);
    private static final UUID TOPIC = new UUID(1, 2);
    private static final String STATE = Paths.partitionState(ID);
    private static final int EPOCH = 7;

    @TempDir
    Path directory;

    private final Partitions partitions = new Partitions();
    private TestCluster cluster;
    private Coordination coordination;
    private LogDirectories logs;
    private Loop loop;
    private Partition partition;
    private volatile ClusterState known;
    private BrokerConfig config;

    @BeforeEach
    void open() throws IOException {
        cluster = new TestCluster(directory);
        Map<String, String> settings = new HashMap<>(cluster.newCluster());
        settings.put("replica.lag.time.max.ms", "200");
        config = BrokerConfig.of(settings);
        coordination = ZooKeeperCoordination.connect(settings.get("zookeeper.connect"), 6_000, 15_000, Clock.system());
        logs = LogDirectories.open(
                List.of(directory.resolve("logs")), LogEnvironment.system(), topic -> LogConfig.DEFAULT);
        loop = new ThreadLoop("isr");
        partition = new Partition(logs.create(ID, TOPIC, LogConfig.DEFAULT), 1, () -> true);
        partitions.add(partition);
        store(state(List.of(1, 2, 3), List.of(10L, 20L, 30L)));
        partition.lead(EPOCH, 0, new Isr(Set.of(1, 2, 3), 2));
    }

    @AfterEach
    void close() {
        loop.close();
        coordination.close();
        logs.close();
        cluster.close();
    }

    private static PartitionState state(List<Integer> isr, List<Long> registrations) {
        return new PartitionState(1, EPOCH, 10, isr, registrations, List.of(), List.of());
    }

    /** Puts the first version there, and lets it be known. */
    private void store(PartitionState state) {
        Coordination.await(coordination.ensurePath(STATE.substring(0, STATE.lastIndexOf('/'))));
        Coordination.await(coordination.commit(new Write.Create(STATE, Document.write(state))));
        learn();
    }

    /** Another writes. */
    private void overwrite(PartitionState state, int version) {
        Coordination.await(coordination.commit(new Write.Update(STATE, Document.write(state), version)));
    }

    private Versioned<PartitionState> stored() {
        Versioned<byte[]> raw = Coordination.await(coordination.read(STATE)).orElseThrow();
        return raw.with(Document.read(raw.value(), PartitionState.class, STATE));
    }

    /** As the watch does. */
    private void learn() {
        TreeMap<Integer, Versioned<BrokerRegistration>> brokers = new TreeMap<>();
        for (int id = 1; id <= 3; id++) {
            BrokerRegistration registration =
                    new BrokerRegistration("h", 9092, new TreeMap<>(), -1, null, "b", new UUID(0, id));
            brokers.put(id, new Versioned<>(registration, 0, 10L * id, 0, id));
        }
        TopicAssignment assignment = new TopicAssignment(TOPIC, new TreeMap<>(Map.of(0, List.of(1, 2, 3))));
        ClusterState.Topic topic =
                new ClusterState.Topic(new Versioned<>(assignment, 0, 1, 0, 0), new TreeMap<>(Map.of(0, stored())));
        known = new ClusterState(
                Optional.empty(),
                brokers,
                new TreeMap<>(Map.of(new TopicName("clicks"), topic)),
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeMap<>(),
                ClusterState.Overrides.NONE);
    }

    private void keep() {
        new IsrKeeper(
                        new LiveConfig(config),
                        partitions,
                        coordination,
                        new IsrKeeper.Stage(() -> known, Clock.system(), loop))
                .start();
    }

    private Role.Leader leader() {
        return (Role.Leader) partition.role();
    }

    @Test
    void whoDoesNotFetchLeavesAndWhoHasCaughtUpJoins() {
        keep();
        await().until(() -> stored().value().isr().equals(List.of(1)));
        assertThat(stored().value().eligible()).containsExactly(2, 3); // one is less than the minimum
        await().until(() -> leader().version() == stored().version());
        assertThat(leader().isr()).isEqualTo(new Isr(Set.of(1), Set.of(1), Set.of(2, 3), 2));

        // when
        learn();
        await().until(() -> {
            partition.replicaFetch(
                    new ReplicaId(3, 30), EPOCH, 0, -1, Clock.system().nanos());
            learn();
            return stored().value().isr().equals(List.of(1, 3));
        });

        // then
        assertThat(stored().value().isrRegistrations()).containsExactly(10L, 30L);
        assertThat(stored().value().eligible()).isEmpty();
    }

    @Test
    void nobodyMayLeadAnyMoreBesideAnIsrThatIsLargeEnoughByNow() {
        keep();
        await().until(() -> stored().value().eligible().equals(List.of(2, 3)));
        await().until(() -> leader().version() == stored().version());
        learn();

        // when the minimum is lowered
        partition.lead(EPOCH, leader().version(), Isr.of(stored().value(), 1));

        // then
        await().until(() -> stored().value().eligible().isEmpty());
        await().until(() -> leader().isr().equals(new Isr(Set.of(1), 1)));
    }

    @Test
    void aConflictInTheSameTermIsGoneOnFrom() {
        overwrite(state(List.of(1, 2), List.of(10L, 20L)), 0);
        keep();

        await().until(() -> leader().version() == 1);

        assertThat(leader().isr()).isEqualTo(new Isr(Set.of(1, 2), 2));
        learn();
        await().until(() -> stored().value().isr().equals(List.of(1)));
    }

    @Test
    void whoWasReplacedResigns() {
        overwrite(new PartitionState(2, EPOCH + 1, 20, List.of(2), List.of(20L), List.of(), List.of()), 0);
        keep();

        await().until(() -> partition.role().equals(new Role.Offline(ErrorCode.NOT_LEADER_OR_FOLLOWER)));

        assertThat(stored().version()).isEqualTo(1);
    }

    @Test
    void whoAsksWhetherItLeadsHearsWhatStandsThereAndResignsIfItDoesNot() {
        LeadReader reader = new LeadReader(1, coordination, loop);
        assertThat(reader.stillLeads(partition, EPOCH).join()).isTrue();
        assertThat(reader.stillLeads(partition, EPOCH - 1).join()).isFalse();
        assertThat(partition.role()).isInstanceOf(Role.Leader.class);

        overwrite(new PartitionState(2, EPOCH + 1, 20, List.of(2), List.of(20L), List.of(), List.of()), 0);
        List<CompletableFuture<Boolean>> asked = IntStream.range(0, 10)
                .mapToObj(each -> reader.stillLeads(partition, EPOCH))
                .toList();

        assertThat(asked).allSatisfy(each -> assertThat(each.join()).isFalse());
        assertThat(partition.role()).isEqualTo(new Role.Offline(ErrorCode.NOT_LEADER_OR_FOLLOWER));
    }

    @Test
    void whoCannotFindOutWhetherItLeadsSaysNo() {
        coordination.close();

        assertThat(new LeadReader(1, coordination, loop)
                        .stillLeads(partition, EPOCH)
                        .join())
                .isFalse();
        assertThat(partition.role()).isInstanceOf(Role.Leader.class);
    }
}
