package io.millstream.broker.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millstream.broker.controller.Refusal.Reason;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.Document;
import io.millstream.coordination.EmbeddedZooKeeper;
import io.millstream.coordination.PartitionState;
import io.millstream.coordination.Paths;
import io.millstream.coordination.Versioned;
import io.millstream.coordination.Write;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** R4, R6, R7 and R10 as far as they are the controller's: what goes wrong between it and ZooKeeper. */
final class ControllerFaultsTest {

    private static final Logger log = LoggerFactory.getLogger(ControllerFaultsTest.class);
    private static final int SESSION_MILLIS = 60_000;
    private static final AtomicInteger CHROOTS = new AtomicInteger();
    private static final TopicName T = new TopicName("t");

    @TempDir
    static Path directory;

    private static EmbeddedZooKeeper zooKeeper;
    private String cluster;

    @BeforeAll
    static void startZooKeeper() throws IOException {
        zooKeeper = EmbeddedZooKeeper.start(directory, 0);
    }

    @AfterAll
    static void stopZooKeeper() {
        zooKeeper.close();
    }

    @BeforeEach
    void newCluster() {
        cluster = zooKeeper.connectString() + "/faults" + CHROOTS.incrementAndGet();
    }

    private TestMember member(int id) {
        return new TestMember(cluster, id, SESSION_MILLIS, new UUID(9, id));
    }

    private static void eventually(Runnable assertion) {
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(5))
                .untilAsserted(assertion::run);
    }

    /** A topic whose partitions are all led by broker 2, with 3 in sync. Broker 1 is the controller. */
    private static void create(TestMember controller, int partitions) {
        eventually(() -> assertThat(controller.watch.state().brokers()).hasSize(3));
        SortedMap<Integer, List<Integer>> assignment = States.assignment(partitions, 2, 3);
        NewTopic topic = new NewTopic("t", new UUID(5, 5), -1, -1, assignment, new TreeMap<>());
        assertThat(TestMember.await(controller.controller.create(topic)).isRefused())
                .isFalse();
    }

    private static Versioned<PartitionState> stored(TestMember member, int partition) {
        String path = Paths.partitionState(new TopicPartition(T, partition));
        Versioned<byte[]> raw =
                Coordination.await(member.coordination.read(path)).orElseThrow();
        return raw.with(Document.read(raw.value(), PartitionState.class, path));
    }

    /** What the leader does with its ISR, behind the controller's back. */
    private static void shrinkIsr(TestMember member, int partition) {
        Versioned<PartitionState> now = stored(member, partition);
        PartitionState state = now.value();
        PartitionState alone = new PartitionState(
                state.leader(),
                state.leaderEpoch(),
                state.leaderRegistration(),
                List.of(3),
                List.of(state.isrRegistration(3)),
                List.of(),
                List.of());
        TestMember.await(member.coordination.commit(new Write.Update(
                Paths.partitionState(new TopicPartition(T, partition)), Document.write(alone), now.version())));
    }

    @Test
    void r4_whatAZombieControllerWritesIsRefused() throws InterruptedException {
        try (TestMember first = member(1).start();
                TestMember second = member(2).start()) {
            eventually(() -> assertThat(first.controller.isActive()).isTrue());

            // given the first pauses with work at hand while the second is elected
            CountDownLatch paused = new CountDownLatch(1);
            CountDownLatch pause = new CountDownLatch(1);
            first.loop.execute(() -> {
                paused.countDown();
                hold(pause);
            });
            paused.await();
            CompletableFuture<Outcome<ClusterState.Topic>> late =
                    first.controller.create(States.wanted("late", 1, 1, new UUID(6, 6)));
            int version = Coordination.await(second.coordination.read(Paths.CONTROLLER))
                    .orElseThrow()
                    .version();
            TestMember.await(second.coordination.commit(new Write.Delete(Paths.CONTROLLER, version)));
            eventually(() -> assertThat(second.controller.isActive()).isTrue());

            // when it wakes
            pause.countDown();

            // then
            assertThat(TestMember.await(late).refusal().reason()).isEqualTo(Reason.NOT_CONTROLLER);
            assertThat(first.controller.isActive()).isFalse();
            assertThat(Coordination.await(second.coordination.read(Paths.topic(new TopicName("late")))))
                    .isEmpty();
            assertThat(second.create("after", 1).isRefused()).isFalse();
        }
    }

    private static void hold(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void r6_onePartitionWhoseIsrChangedMeanwhileDoesNotHoldUpTheOthers() {
        try (TestMember first = member(1).start();
                TestMember second = member(2).start();
                TestMember third = member(3).start()) {
            // given
            create(first, 20);
            int multis = first.coordination.commits();
            first.coordination.before(Paths.partitionState(new TopicPartition(T, 7)), () -> shrinkIsr(third, 7));

            // when
            second.leave();

            // then
            for (int partition = 0; partition < 20; partition++) {
                int number = partition;
                eventually(() -> assertThat(stored(third, number).value())
                        .extracting(PartitionState::leader, PartitionState::leaderEpoch, PartitionState::isr)
                        .containsExactly(3, 1, List.of(3)));
            }
            assertThat(stored(third, 8).version()).isEqualTo(1);
            assertThat(stored(third, 7).version()).as("both changes").isEqualTo(2);
            assertThat(first.coordination.commits() - multis)
                    .as("one that conflicts, one without it, one for it alone")
                    .isEqualTo(3);
        }
    }

    @Test
    void whatIsInTheWayIsLeftOutAndTheRestIsCommitted() {
        try (TestMember member = member(1).start()) {
            // given
            eventually(() -> assertThat(member.controller.isActive()).isTrue());
            List<Write> creations = new ArrayList<>();
            List<Write> updates = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                if (i != 8) {
                    creations.add(new Write.Create("/n" + i, bytes("old")));
                }
                updates.add(new Write.Update("/n" + i, bytes("new"), i == 3 ? 7 : 0));
            }
            TestMember.await(member.coordination.commit(creations));
            Versioned<byte[]> epoch = Coordination.await(member.coordination.read(Paths.CONTROLLER_EPOCH))
                    .orElseThrow();
            Tenure tenure = new Tenure(null, epoch.version());
            Decision decision = Decision.independent("write", List.of(updates), List.of());
            Commits commits = new Commits(member.coordination);

            // when
            assertThat(TestMember.await(commits.commit(decision, tenure))).isFalse();

            // then
            for (int i = 0; i < 10; i++) {
                Optional<String> text = Coordination.await(member.coordination.read("/n" + i))
                        .map(raw -> new String(raw.value(), StandardCharsets.UTF_8));
                assertThat(text)
                        .as("/n%d", i)
                        .isEqualTo(i == 8 ? Optional.empty() : Optional.of(i == 3 ? "old" : "new"));
            }
            assertThat(commits.commit(decision, new Tenure(null, epoch.version() + 1)))
                    .as("under another's fence")
                    .failsWithin(Duration.ofSeconds(60));
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void r7_aLingeringRegistrationOfADeadProcessIsReplacedAndNeverTakenForTheNewOne() {
        try (TestMember first = member(1).start();
                TestMember before = member(2).start();
                TestMember third = member(3).start()) {
            // given a broker that dies, whose session stands for another minute
            create(first, 3);
            long old = before.watch.state().registration(2).orElseThrow();
            before.freeze();

            // when its process is started again in a session of its own
            try (TestMember after = member(2).start()) {
                // then it leads nothing under the old registration
                long now = after.watch.state().registration(2).orElseThrow();
                assertThat(now).isGreaterThan(old);
                for (int partition = 0; partition < 3; partition++) {
                    int number = partition;
                    eventually(() -> assertThat(stored(third, number).value())
                            .extracting(PartitionState::leader, PartitionState::leaderEpoch, PartitionState::isr)
                            .containsExactly(3, 1, List.of(2, 3)));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void r10_anElectionOfUnknownOutcomeHappensOnce(UncertainCoordination.Loss loss) {
        try (TestMember first = member(1).start();
                TestMember second = member(2).start();
                TestMember third = member(3).start()) {
            // given
            create(first, 20);
            first.coordination.lose(loss, Paths.partitionState(new TopicPartition(T, 7)), 1);

            // when
            second.leave();

            // then
            for (int partition = 0; partition < 20; partition++) {
                int number = partition;
                eventually(
                        () -> assertThat(stored(third, number).value().leader()).isEqualTo(3));
            }
            assertThat(first.coordination.allLost()).isTrue();
            eventually(() -> assertThat(first.state("t", 19).leader()).isEqualTo(3));
            for (int partition = 0; partition < 20; partition++) {
                assertThat(stored(third, partition).version()).isEqualTo(1);
                assertThat(stored(third, partition).value().leaderEpoch()).isEqualTo(1);
            }
        }
    }

    @Test
    void aBrokerThatLedManyPartitionsIsSucceededInAll() {
        try (TestMember first = member(1).start();
                TestMember second = member(2).start();
                TestMember third = member(3).start()) {
            // given
            create(first, 700);
            eventually(() -> assertThat(third.watch.state().topics()).hasSize(1));
            long begun = System.nanoTime();

            // when
            second.leave();

            // then
            eventually(() -> assertThat(
                            first.watch.state().topics().get(T).states().values())
                    .allMatch(state -> state.value().leader() == 3));
            log.info(
                    "700 partitions had other leaders after {} ms",
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
        }
    }

    @Test
    void aBrokerThatIsAboutToStopLeadsNothingAndIsInNoIsrThatCanSpareIt() {
        try (TestMember first = member(1).start();
                TestMember second = member(2).start();
                TestMember third = member(3).start()) {
            // given
            create(first, 50);
            ClusterView view = new ClusterView();
            first.loop.execute(() -> first.watch.onChange(view::publish));

            // when
            CompletableFuture<ClusterState> done = view.await(
                    state -> Handover.isKnown(state, 2) && Handover.isDone(state, (all, topic) -> States.RULES, 2));
            second.registrar.update(registration -> registration.draining(true));

            // then
            TestMember.await(done);
            for (int partition = 0; partition < 50; partition++) {
                assertThat(stored(third, partition).value())
                        .extracting(PartitionState::leader, PartitionState::leaderEpoch, PartitionState::isr)
                        .containsExactly(3, 1, List.of(3));
            }
            assertThat(second.watch.state().registration(2))
                    .isEqualTo(third.watch.state().registration(2));
            assertThat(TestMember.await(first.controller.create(States.wanted("new", 6, 2, new UUID(7, 7))))
                            .value()
                            .assignment()
                            .value()
                            .partitions()
                            .values())
                    .noneMatch(replicas -> replicas.contains(2));
        }
    }
}
