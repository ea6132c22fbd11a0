package io.millstream.broker.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millstream.broker.controller.Refusal.Reason;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.EmbeddedZooKeeper;
import io.millstream.coordination.PartitionState;
import io.millstream.coordination.Paths;
import io.millstream.coordination.Write;
import io.millstream.core.ThreadLoop;
import io.millstream.core.TopicName;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ControllerTest {

    private static final int SESSION_MILLIS = 60_000;
    private static final AtomicInteger CHROOTS = new AtomicInteger();

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
        cluster = zooKeeper.connectString() + "/cluster" + CHROOTS.incrementAndGet();
    }

    private TestMember member(int id) {
        return new TestMember(cluster, id, SESSION_MILLIS, new UUID(9, id));
    }

    private static void eventually(Runnable assertion) {
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(10))
                .untilAsserted(assertion::run);
    }

    @Test
    void aTopicIsCreatedAndLedAndDeletedAndCreatedAnewUnderAnotherId() {
        try (TestMember member = member(1).start()) {
            // when
            Outcome<ClusterState.Topic> created = member.create("clicks", 3);

            // then
            UUID first = created.value().id();
            assertThat(member.watch.state().has(new TopicName("clicks"), first)).isTrue();
            assertThat(member.state("clicks", 2).leader()).isEqualTo(1);
            assertThat(member.create("clicks", 1).refusal().reason()).isEqualTo(Reason.TOPIC_EXISTS);

            // when
            assertThat(member.delete("clicks").value()).isEqualTo(first);

            // then
            assertThat(member.watch.state().topics()).isEmpty();
            assertThat(member.watch
                            .state()
                            .deletions()
                            .get(new TopicName("clicks"))
                            .value()
                            .pending())
                    .containsEntry(first, List.of(1));
            assertThat(member.delete("clicks").refusal().reason()).isEqualTo(Reason.UNKNOWN_TOPIC);
            assertThat(member.create("clicks", 1).value().id()).isNotEqualTo(first);
        }
    }

    @Test
    void aTopicOfAThousandPartitionsIsCreatedWholeAndDeletedWithoutRest() {
        try (TestMember member = member(1).start();
                TestMember other = member(2).start()) {
            // given an observer that notes what it sees of the topic
            Set<Integer> seen = new HashSet<>();
            other.loop.execute(() -> other.watch.onChange(state -> state.topics()
                    .forEach((name, topic) -> seen.add(topic.states().size()))));

            // when
            assertThat(member.create("wide", 1000).isRefused()).isFalse();

            // then
            eventually(() -> assertThat(other.watch.state().topics()).hasSize(1));
            assertThat(member.watch.state().topics().get(new TopicName("wide")).states())
                    .hasSize(1000);

            // when
            assertThat(member.delete("wide").isRefused()).isFalse();

            // then
            eventually(() -> assertThat(Coordination.await(member.coordination.children(Paths.TOPICS)))
                    .isEmpty());
            assertThat(seen).containsExactly(1000);
        }
    }

    @Test
    void aTopicGrowsStepByStepAndIsDeletedWithoutRest() {
        try (TestMember member = member(1).start()) {
            // given
            ClusterState.Topic small = member.create("growing", 2).value();

            // when
            Outcome<ClusterState.Topic> grown = grow(member, "growing", 600);

            // then
            assertThat(grown.value().id()).isEqualTo(small.id());
            assertThat(grown.value().states()).hasSize(600);
            assertThat(member.state("growing", 599).leader()).isEqualTo(1);
            assertThat(grow(member, "growing", 600).refusal().reason()).isEqualTo(Reason.INVALID_PARTITIONS);
            assertThat(member.delete("growing").isRefused()).isFalse();
            eventually(() -> assertThat(Coordination.await(member.coordination.children(Paths.TOPICS)))
                    .isEmpty());
        }
    }

    private static Outcome<ClusterState.Topic> grow(TestMember member, String topic, int count) {
        return TestMember.await(
                member.controller.create(new NewPartitions(new TopicName(topic), count, Optional.empty())));
    }

    @ParameterizedTest
    @EnumSource
    void growthOfUnknownOutcomeHappensOnce(UncertainCoordination.Loss loss) {
        try (TestMember member = member(1).start()) {
            // given
            ClusterState.Topic small = member.create("t", 2).value();

            // when
            member.coordination.lose(loss, "/brokers/topics/t", 1);
            Outcome<ClusterState.Topic> grown = grow(member, "t", 5);

            // then
            assertThat(member.coordination.allLost()).isTrue();
            assertThat(grown.value().id()).isEqualTo(small.id());
            assertThat(grown.value().states()).hasSize(5);
        }
    }

    @Test
    void aTopicIsNeverSeenWithoutItsSettings() {
        try (TestMember member = member(1).start();
                TestMember other = member(2).start()) {
            // given an observer that notes the settings of each topic whenever something changes
            SortedMap<String, String> settings = new TreeMap<>(Map.of("retention.ms", "12345"));
            Set<SortedMap<String, String>> seen = ConcurrentHashMap.newKeySet();
            other.loop.execute(() -> other.watch.onChange(
                    state -> state.topics().keySet().forEach(name -> seen.add(state.config(name)))));

            // when
            for (int i = 0; i < 20; i++) {
                NewTopic topic = new NewTopic("topic" + i, new UUID(4, i), 1, 1, new TreeMap<>(), settings);
                assertThat(TestMember.await(member.controller.create(topic)).isRefused())
                        .isFalse();
            }

            // then
            eventually(() -> assertThat(other.watch.state().topics()).hasSize(20));
            assertThat(seen).containsExactly(settings);
        }
    }

    @Test
    void aControllerThatAnotherReplacedCannotWriteAnyMore() {
        try (TestMember first = member(1).start();
                TestMember second = member(2).start()) {
            eventually(() -> assertThat(first.controller.isActive()).isTrue());
            int fence = version(first, Paths.CONTROLLER_EPOCH);

            // when the first hangs, its znode goes, and the second is elected
            first.freeze();
            delete(second, Paths.CONTROLLER);
            eventually(() -> assertThat(second.controller.isActive()).isTrue());

            // then what the first still sends is refused
            Tenure old = new Tenure(new io.millstream.coordination.ControllerTerm(1, 1), fence);
            List<Write> late = old.guard(List.of(new Write.Create("/late", new byte[0])));
            assertThatThrownBy(() -> Coordination.await(first.coordination.commit(late)))
                    .isInstanceOfSatisfying(CoordinationException.class, e -> assertThat(e.reason())
                            .isEqualTo(CoordinationException.Reason.CONFLICT));
            assertThat(second.create("t", 1).isRefused()).isFalse();
        }
    }

    @Test
    void aControllerWhoseSeatIsTakenResignsAndRefuses() {
        try (TestMember first = member(1).start();
                TestMember second = member(2).start()) {
            eventually(() -> assertThat(first.controller.isActive()).isTrue());

            // when its ephemeral goes and another is faster
            TestMember.await(first.coordination.commit(List.of(
                    new Write.Delete(Paths.CONTROLLER, 0),
                    new Write.Update(
                            Paths.CONTROLLER_EPOCH,
                            io.millstream.coordination.Document.write(
                                    new io.millstream.coordination.ControllerTerm(2, 7)),
                            version(first, Paths.CONTROLLER_EPOCH)))));

            // then exactly one of them is elected anew, in a higher term
            eventually(() -> assertThat(first.watch.state().controller())
                    .hasValueSatisfying(term -> assertThat(term.value().epoch()).isGreaterThan(7)));
            eventually(() -> assertThat(first.controller.isActive()).isNotEqualTo(second.controller.isActive()));
            TestMember loser = first.controller.isActive() ? second : first;
            assertThat(loser.create("t", 1).refusal().reason()).isEqualTo(Reason.NOT_CONTROLLER);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anElectionOfUnknownOutcomeEndsWithOneController(UncertainCoordination.Loss loss) {
        try (TestMember member = member(1)) {
            // given
            member.coordination.lose(loss, Paths.CONTROLLER, 1);

            // when
            member.start();

            // then
            eventually(() -> assertThat(member.controller.isActive()).isTrue());
            assertThat(member.coordination.allLost()).isTrue();
            assertThat(member.create("t", 1).isRefused()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void creationAndDeletionOfUnknownOutcomeHappenOnce(UncertainCoordination.Loss loss) {
        try (TestMember member = member(1).start()) {
            // when
            member.coordination.lose(loss, "/brokers/topics/t", 1);
            Outcome<ClusterState.Topic> created = member.create("t", 2);

            // then
            assertThat(created.isRefused()).isFalse();
            assertThat(member.coordination.allLost()).isTrue();
            assertThat(member.watch
                            .state()
                            .has(new TopicName("t"), created.value().id()))
                    .isTrue();

            // when
            member.coordination.lose(loss, "/brokers/topics/t", 1);
            Outcome<UUID> deleted = member.delete("t");

            // then
            assertThat(deleted.value()).isEqualTo(created.value().id());
            assertThat(member.watch.state().topics()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRegistrationOfUnknownOutcomeEndsWithOne(UncertainCoordination.Loss loss) {
        try (TestMember member = member(1)) {
            member.coordination.lose(loss, Paths.broker(1), 1);

            member.start();

            assertThat(member.watch.state().brokers().get(1).ephemeralOwner())
                    .isEqualTo(member.coordination.sessionId());
        }
    }

    @Test
    void whatAControllerLeftHalfDoneIsClearedByTheNext() {
        TopicName name = new TopicName("half");
        try (TestMember first = member(1).start()) {
            // given a large topic of which only the first part was written
            eventually(() -> assertThat(first.controller.isActive()).isTrue());
            ClusterState state = first.watch.state();
            Decision creation = Topics.create(state, name, States.wanted("half", 600, 1), States.assignment(600, 1));
            TestMember.await(first.coordination.commit(creation.multis().get(0)));
            assertThat(first.watch.state().topics()).isEmpty();
        }
        try (TestMember second = member(2).start()) {
            // then
            eventually(() -> assertThat(Coordination.await(second.coordination.read(Paths.topic(name))))
                    .isEmpty());
            assertThat(second.create("half", 1).isRefused()).isFalse();
        }
    }

    @Test
    void aTopicWhoseRestCannotBeRemovedStopsNoOther() {
        try (TestMember member = member(1).start()) {
            TopicName odd = new TopicName("odd");
            Coordination.await(member.coordination.ensurePath(Paths.partitions(odd) + "/not-a-number"));

            assertThat(member.create("t", 1).isRefused()).isFalse();
            assertThat(member.create("odd", 1).isRefused()).isTrue();
            assertThat(member.create("u", 1).isRefused()).isFalse();
        }
    }

    @Test
    void aDeadProcessOfTheSameDirectoriesIsReplacedAtOnceAndEveryTermBeginsAnew() {
        try (TestMember before = member(1).start()) {
            // given a broker that leads, and dies; its session stands for another minute
            before.create("t", 2);
            PartitionState old = before.state("t", 0);
            before.freeze();

            // when its process is started again
            try (TestMember after = member(1).start()) {
                // then
                eventually(() -> assertThat(after.controller.isActive()).isTrue());
                eventually(() -> assertThat(after.state("t", 0).leaderEpoch()).isEqualTo(old.leaderEpoch() + 1));
                assertThat(after.state("t", 0).leaderRegistration())
                        .isEqualTo(after.watch.state().registration(1).orElseThrow())
                        .isNotEqualTo(old.leaderRegistration());
            }
        }
    }

    @Test
    void aLiveBrokerWithTheSameIdIsWaitedForAndNamed() {
        try (TestMember first = member(1).start();
                TestMember second = new TestMember(cluster, 1, SESSION_MILLIS, new UUID(8, 8)).begin()) {
            // when
            eventually(() -> assertThat(second.registrar.rival()).isPresent());

            // then
            assertThat(second.registrar.registered()).isNotDone();
            first.leave();
            TestMember.await(second.registrar.registered());
        }
    }

    @Test
    void aBrokerWhoseRegistrationVanishesRegistersAgainAndGetsANewTerm() {
        try (TestMember member = member(1).start()) {
            member.create("t", 1);
            PartitionState old = member.state("t", 0);

            // when
            delete(member, Paths.broker(1));

            // then
            eventually(() -> assertThat(member.state("t", 0).leaderEpoch()).isGreaterThan(old.leaderEpoch()));
            eventually(() -> assertThat(member.state("t", 0).leaderRegistration())
                    .isEqualTo(member.watch.state().registration(1).orElse(-2L)));
        }
    }

    @Test
    void leadershipMovesWithinTheIsrWhenABrokerLeavesAndEndsWhenNoneIsLeft() {
        try (TestMember first = member(1).start();
                TestMember second = member(2).start();
                TestMember third = member(3).start()) {
            // given
            eventually(() -> assertThat(first.watch.state().brokers()).hasSize(3));
            var assignment = new java.util.TreeMap<>(java.util.Map.of(0, List.of(2, 3)));
            NewTopic topic = new NewTopic("t", new UUID(5, 5), -1, -1, assignment, new java.util.TreeMap<>());
            assertThat(TestMember.await(first.controller.create(topic)).isRefused())
                    .isFalse();

            // when
            second.leave();

            // then
            eventually(() -> assertThat(first.state("t", 0))
                    .extracting(PartitionState::leader, PartitionState::leaderEpoch, PartitionState::isr)
                    .containsExactly(3, 1, List.of(3)));

            // when
            third.leave();

            // then
            eventually(() -> assertThat(first.state("t", 0))
                    .extracting(PartitionState::leader, PartitionState::leaderEpoch, PartitionState::isr)
                    .containsExactly(PartitionState.NO_LEADER, 2, List.of(3)));
        }
    }

    @Test
    void producerIdsAreHandedOutOnceAcrossBrokersAndRestarts() {
        try (TestMember first = member(1);
                TestMember second = member(2);
                ThreadLoop loop = new ThreadLoop("ids")) {
            ProducerIds ofFirst = new ProducerIds(first.coordination, loop, 1);
            ProducerIds ofSecond = new ProducerIds(second.coordination, loop, 2);
            first.coordination.lose(UncertainCoordination.Loss.ANSWER, Paths.PRODUCER_ID_BLOCK, 1);

            // when
            Set<Long> ids = new HashSet<>();
            assertThat(ofFirst.next()).failsWithin(Duration.ofSeconds(60)); // the lost answer; the client asks again
            for (int i = 0; i < ProducerIds.BLOCK + 1; i++) {
                assertThat(ids.add(TestMember.await(ofFirst.next()))).isTrue();
                assertThat(ids.add(TestMember.await(ofSecond.next()))).isTrue();
            }

            // then
            ProducerIds restarted = new ProducerIds(first.coordination, loop, 1);
            assertThat(ids.add(TestMember.await(restarted.next()))).isTrue();
        }
    }

    private static int version(TestMember member, String path) {
        return Coordination.await(member.coordination.read(path)).orElseThrow().version();
    }

    private static void delete(TestMember member, String path) {
        TestMember.await(member.coordination.commit(List.of(new Write.Delete(path, version(member, path)))));
    }
}
