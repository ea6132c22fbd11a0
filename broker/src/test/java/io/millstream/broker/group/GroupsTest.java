package io.millstream.broker.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millstream.broker.controller.UncertainCoordination;
import io.millstream.broker.controller.UncertainCoordination.Loss;
import io.millstream.coordination.CommittedOffset;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.Document;
import io.millstream.coordination.EmbeddedZooKeeper;
import io.millstream.coordination.GroupOffsets;
import io.millstream.coordination.Hold;
import io.millstream.coordination.OffsetMetadata;
import io.millstream.coordination.Paths;
import io.millstream.coordination.TopicAssignment;
import io.millstream.coordination.Write;
import io.millstream.coordination.ZooKeeperCoordination;
import io.millstream.core.Clock;
import io.millstream.core.Entropy;
import io.millstream.core.Loop;
import io.millstream.core.ThreadLoop;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.wire.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Groups and their offsets against a real ZooKeeper. */
final class GroupsTest {

    private static final int SESSION_MILLIS = 60_000;
    private static final int SHARDS = 4;
    private static final AtomicInteger CHROOTS = new AtomicInteger();
    private static final TopicPartition P0 = new TopicPartition("clicks", 0);
    private static final TopicPartition P1 = new TopicPartition("clicks", 1);
    private static final Caller NOBODY = new Caller("", null, GroupId.NO_GENERATION);

    @TempDir
    static Path directory;

    private static EmbeddedZooKeeper zooKeeper;

    private final Map<String, UUID> topics = new ConcurrentHashMap<>(Map.of("clicks", new UUID(1, 1)));
    private final Set<Integer> dead = ConcurrentHashMap.newKeySet();
    private final Set<Integer> others = ConcurrentHashMap.newKeySet();
    private final List<AutoCloseable> open = new ArrayList<>();
    private String cluster;
    private Node node;
    private volatile boolean topicsKnown = true;

    /** A broker's groups, with a session and loops of its own. */
    private final class Node {
        final UncertainCoordination coordination;
        final Groups groups;

        Node(int broker, OffsetSettings offsets) {
            if (broker != 1) {
                others.add(broker);
            }
            coordination = new UncertainCoordination(
                    ZooKeeperCoordination.connect(cluster, SESSION_MILLIS, 20_000, Clock.system()));
            open.add(coordination);
            List<Loop> loops = List.of(new ThreadLoop("groups-a-" + broker), new ThreadLoop("groups-b-" + broker));
            open.addAll(loops);
            TopicIds ids = new TopicIds() {
                @Override
                public Optional<UUID> of(TopicPartition partition) {
                    return Optional.ofNullable(topics.get(partition.topic().value()));
                }

                @Override
                public boolean areKnown() {
                    return topicsKnown;
                }
            };
            groups = get(Groups.start(
                    coordination,
                    Clock.system(),
                    Entropy.system(),
                    loops,
                    new Groups.Part(
                            broker,
                            GroupsTest.this::registered,
                            ids,
                            new GroupSettings(1, 60_000, 1_000, 0),
                            offsets)));
            open.add(groups);
        }

        Node(int broker) {
            this(broker, new OffsetSettings(SHARDS, 100, TimeUnit.DAYS.toMillis(7), TimeUnit.DAYS.toMillis(1)));
        }

        ErrorCode commit(String group, Caller caller, TopicPartition partition, long offset) {
            return get(groups.commit(group, caller, Map.of(partition, new OffsetToCommit(offset, 5, "note"))))
                    .get(partition);
        }

        ErrorCode commit(String group, TopicPartition partition, long offset) {
            return commit(group, NOBODY, partition, offset);
        }

        Optional<Long> fetch(String group, TopicPartition partition) {
            FetchedOffsets fetched = get(groups.offsets(group, Optional.empty()));
            assertThat(fetched.error()).isEqualTo(ErrorCode.NONE);
            return Optional.ofNullable(fetched.offsets().get(partition)).map(CommittedOffset::offset);
        }

        Optional<String> text(String path) {
            return Coordination.await(coordination.read(path))
                    .map(found -> new String(found.value(), StandardCharsets.UTF_8));
        }

        void create(String path, byte[] data) {
            Coordination.await(coordination.ensurePath(path.substring(0, path.lastIndexOf('/'))));
            Coordination.await(coordination.commit(new Write.Create(path, data)));
        }
    }

    /** The first broker; once it is dead, all others. */
    private CompletableFuture<Registered> registered() {
        Set<Integer> living = dead.contains(1) ? others : Set.of(1);
        return CompletableFuture.completedFuture(new Registered(living, living));
    }

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
        cluster = zooKeeper.connectString() + "/groups" + CHROOTS.incrementAndGet();
        node = new Node(1);
    }

    @AfterEach
    void close() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    private static <T> T get(CompletableFuture<T> result) {
        return result.orTimeout(60, TimeUnit.SECONDS).join();
    }

    private static void eventually(Runnable assertion) {
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(10))
                .untilAsserted(assertion::run);
    }

    private static Join joining(String memberId) {
        return new Join(
                new Join.Client("c", "/h"),
                memberId,
                null,
                30_000,
                30_000,
                "consumer",
                List.of(new Protocol("range", Desk.subscription("clicks"))),
                new Join.Abilities(true, true),
                UUID.randomUUID());
    }

    /** A member of a group of its own, with its share. */
    private Joined member(Node at, String group) {
        Joined first = get(at.groups.join(group, joining("")));
        assertThat(first.error()).isEqualTo(ErrorCode.MEMBER_ID_REQUIRED);
        Joined joined = get(at.groups.join(group, joining(first.memberId())));
        assertThat(joined.error()).isEqualTo(ErrorCode.NONE);
        Sync sync = new Sync(Desk.caller(joined), null, null, Map.of(joined.memberId(), new byte[] {1}));
        assertThat(get(at.groups.sync(group, sync)).error()).isEqualTo(ErrorCode.NONE);
        return joined;
    }

    @Test
    void anOffsetIsNotSaidToBeMissingByABrokerThatDoesNotKnowItsTopic() {
        Coordination.await(node.coordination.ensurePath(Paths.TOPICS));
        TopicAssignment clicks = new TopicAssignment(topics.get("clicks"), new TreeMap<>(Map.of(0, List.of(1))));
        node.create(Paths.topic(new TopicName("clicks")), Document.write(clicks));
        assertThat(node.commit("g", P0, 7)).isEqualTo(ErrorCode.NONE);
        assertThat(node.commit("g", P1, 8)).isEqualTo(ErrorCode.NONE);

        topics.put("clicks", new UUID(9, 9)); // the one before
        assertThat(node.fetch("g", P0)).contains(7L);

        topicsKnown = false;
        topics.clear();
        assertThat(node.fetch("g", P0)).contains(7L);
        assertThat(node.fetch("g", P1)).as("there is no such partition").isEmpty();
        assertThat(node.commit("g", P0, 9)).isEqualTo(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);

        topicsKnown = true;
        assertThat(node.commit("g", P1, 9)).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(node.commit("g", P0, 9)).as("made a moment ago").isEqualTo(ErrorCode.NONE);
        assertThat(node.fetch("g", P0)).contains(9L);
    }

    /** The first has to ask which topic that is; by the time of the second this is known. */
    @Test
    void aCommitThatHasToAskForItsTopicIsNotOvertakenByALaterOne() {
        UUID id = topics.remove("clicks");
        Coordination.await(node.coordination.ensurePath(Paths.TOPICS));
        String path = Paths.topic(new TopicName("clicks"));
        node.create(path, Document.write(new TopicAssignment(id, new TreeMap<>(Map.of(0, List.of(1))))));
        CompletableFuture<Void> until = new CompletableFuture<>();
        node.coordination.holdReads(path, until);

        CompletableFuture<Map<TopicPartition, ErrorCode>> first =
                node.groups.commit("g", NOBODY, Map.of(P0, new OffsetToCommit(10, 5, "")));
        topics.put("clicks", id);
        CompletableFuture<Map<TopicPartition, ErrorCode>> second =
                node.groups.commit("g", NOBODY, Map.of(P0, new OffsetToCommit(20, 5, "")));
        until.complete(null);

        assertThat(get(first)).containsEntry(P0, ErrorCode.NONE);
        assertThat(get(second)).containsEntry(P0, ErrorCode.NONE);
        assertThat(node.fetch("g", P0)).contains(20L);
    }

    @Test
    void aTopicThatCannotBeReadKeepsNoOffsetsOfOthersFromBeingCommitted() {
        Coordination.await(node.coordination.ensurePath(Paths.TOPICS));
        node.create(Paths.topic(new TopicName("broken")), new byte[] {'?'});
        TopicPartition broken = new TopicPartition("broken", 0);

        Map<TopicPartition, ErrorCode> outcome = get(node.groups.commit(
                "g", NOBODY, Map.of(P0, new OffsetToCommit(7, 5, ""), broken, new OffsetToCommit(8, 5, ""))));

        assertThat(outcome)
                .containsEntry(P0, ErrorCode.NONE)
                .containsEntry(broken, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(node.fetch("g", P0)).contains(7L);
    }

    @Test
    void anAnsweredCommitIsInZooKeeperForAllToRead() {
        assertThat(node.commit("g", P0, 42)).isEqualTo(ErrorCode.NONE);
        assertThat(node.text("/consumers/g/offsets/clicks/0")).contains("42");
        assertThat(node.commit("g", P0, 41)).as("back").isEqualTo(ErrorCode.NONE);
        assertThat(node.text("/consumers/g/offsets/clicks/0")).contains("41");
        CommittedOffset read = get(node.groups.offsets("g", Optional.of(List.of(P0, P1))))
                .offsets()
                .get(P0);
        assertThat(read).isEqualTo(new CommittedOffset(41, new OffsetMetadata(topics.get("clicks"), 5, "note")));

        // by another tool, while nobody is a member
        Coordination.await(node.coordination.commit(
                new Write.Update("/consumers/g/offsets/clicks/0", "7".getBytes(StandardCharsets.UTF_8), 1)));
        assertThat(node.fetch("g", P0)).contains(7L);
        assertThat(node.commit("g", P0, 8)).isEqualTo(ErrorCode.NONE);
        assertThat(node.text("/consumers/g/offsets/clicks/0")).contains("8");
    }

    @Test
    void whatCannotBeCommittedIsRefusedAndTheRestIsStored() {
        TopicPartition unknown = new TopicPartition("unknown", 0);
        Map<TopicPartition, ErrorCode> outcome = get(node.groups.commit(
                "g",
                NOBODY,
                Map.of(
                        P0,
                        new OffsetToCommit(1, -1, null),
                        P1,
                        new OffsetToCommit(1, -1, "x".repeat(101)),
                        unknown,
                        new OffsetToCommit(1, -1, ""),
                        new TopicPartition("clicks", 2),
                        new OffsetToCommit(-1, -1, ""))));

        assertThat(outcome)
                .containsEntry(P0, ErrorCode.NONE)
                .containsEntry(P1, ErrorCode.OFFSET_METADATA_TOO_LARGE)
                .containsEntry(unknown, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
                .containsEntry(new TopicPartition("clicks", 2), ErrorCode.OFFSET_OUT_OF_RANGE);
        assertThat(node.fetch("g", P0)).contains(1L);
        assertThat(node.text("/consumers/g/offsets/unknown/0")).isEmpty();
    }

    @Test
    void onlyTheMembersOfTheGenerationCommit() {
        Joined joined = member(node, "g");
        assertThat(node.commit("g", P0, 1)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(node.commit("g", new Caller(joined.memberId(), null, 7), P0, 1))
                .isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(node.commit("g", Desk.caller(joined), P0, 1)).isEqualTo(ErrorCode.NONE);
        assertThat(node.commit("never seen", new Caller("m", null, 1), P0, 1)).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(node.fetch("g", P0)).contains(1L);
    }

    @Test
    void manyCommitsAtOnceShareRequestsAndTheLastOneOfEachGroupCounts() {
        List<CompletableFuture<Map<TopicPartition, ErrorCode>>> all = new ArrayList<>();
        for (int round = 0; round < 50; round++) {
            for (int group = 0; group < 40; group++) {
                all.add(node.groups.commit(
                        "group-" + group,
                        NOBODY,
                        Map.of(P0, new OffsetToCommit(round, -1, ""), P1, new OffsetToCommit(2L * round, -1, ""))));
            }
        }
        all.forEach(each -> assertThat(get(each).values()).containsOnly(ErrorCode.NONE));
        for (int group = 0; group < 40; group++) {
            assertThat(node.text("/consumers/group-" + group + "/offsets/clicks/0"))
                    .contains("49");
            assertThat(node.text("/consumers/group-" + group + "/offsets/clicks/1"))
                    .contains("98");
        }
        int writes = Coordination.await(node.coordination.read("/consumers/group-3/offsets/clicks/0"))
                .orElseThrow()
                .version();
        assertThat(writes).as("of 50 commits").isLessThan(45);
    }

    @ParameterizedTest
    @EnumSource
    void aCommitOfUnknownOutcomeIsReadAgainAndAnsweredWhenItIsThere(Loss loss) {
        assertThat(node.commit("g", P0, 1)).isEqualTo(ErrorCode.NONE);
        node.coordination.lose(loss, "/consumers/g/offsets/clicks/0", 2);

        assertThat(node.commit("g", P0, 2)).isEqualTo(ErrorCode.NONE);

        assertThat(node.coordination.allLost()).isTrue();
        assertThat(node.text("/consumers/g/offsets/clicks/0")).contains("2");
    }

    @Test
    void whatCannotBeWrittenIsNotAnsweredAsWritten() {
        node.coordination.lose(Loss.COMMIT, "/consumers/g/offsets/clicks/0", 1_000);
        assertThat(node.commit("g", P0, 2)).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        assertThat(node.text("/consumers/g/offsets/clicks/0")).isEmpty();
    }

    @Test
    void aBrokerThatLostItsShardsWritesNothingAndSendsItsMembersAway() {
        Joined joined = member(node, "g");
        assertThat(node.commit("g", Desk.caller(joined), P0, 10)).isEqualTo(ErrorCode.NONE);
        CompletableFuture<Joined> waits = node.groups
                .join("g", joining(""))
                .thenCompose(first -> node.groups.join("g", joining(first.memberId())));

        // another broker thinks that this one is dead
        dead.add(1);
        Node second = new Node(2);
        assertThat(second.fetch("g", P0)).contains(10L);
        assertThat(second.commit("g", P0, 20)).isEqualTo(ErrorCode.NONE);

        assertThat(node.commit("g", Desk.caller(joined), P0, 11))
                .isIn(ErrorCode.NOT_COORDINATOR, ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(second.fetch("g", P0)).contains(20L);
        assertThat(get(waits).error()).isEqualTo(ErrorCode.NOT_COORDINATOR);
        eventually(() -> assertThat(node.groups.coordinator("g")).hasValue(2));
        assertThat(second.groups.coordinator("g")).hasValue(2);
    }

    @Test
    void aNewSessionTakesTheShardsAgainAndItsGroupsGoOn() {
        Joined joined = member(node, "g");
        int before = Coordination.await(node.coordination.read(Paths.coordinator(0)))
                .orElseThrow()
                .version();

        node.coordination.expire();

        eventually(() -> assertThat(Coordination.await(node.coordination.read(Paths.coordinator(0)))
                        .orElseThrow()
                        .version())
                .isGreaterThan(before));
        eventually(() ->
                assertThat(get(node.groups.heartbeat("g", Desk.caller(joined)))).isEqualTo(ErrorCode.NONE));
        assertThat(node.commit("g", Desk.caller(joined), P0, 3)).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aSecondBrokerLeavesTheShardsOfALiveOneAlone() {
        Node second = new Node(2);
        assertThat(second.groups.coordinator("g")).hasValue(1);
        assertThat(second.commit("g", P0, 1)).isEqualTo(ErrorCode.NOT_COORDINATOR);
        assertThat(node.commit("g", P0, 1)).isEqualTo(ErrorCode.NONE);

        dead.add(1);
        second.groups.brokersChanged();
        eventually(() -> assertThat(second.commit("g", P0, 2)).isEqualTo(ErrorCode.NONE));
    }

    @ParameterizedTest
    @EnumSource
    void shardsWhoseAcquisitionHasAnUnknownOutcomeAreTakenOnce(Loss loss) {
        dead.add(1);
        others.add(3);
        UncertainCoordination session = new UncertainCoordination(
                ZooKeeperCoordination.connect(cluster, SESSION_MILLIS, 20_000, Clock.system()));
        open.add(session);
        session.lose(loss, Paths.coordinator(0), 1);
        ThreadLoop loop = new ThreadLoop("groups-uncertain");
        open.add(loop);
        Groups groups = get(Groups.start(
                session,
                Clock.system(),
                Entropy.system(),
                List.of(loop),
                new Groups.Part(
                        3,
                        this::registered,
                        partition -> Optional.of(new UUID(1, 1)),
                        new GroupSettings(1, 60_000, 1_000, 0),
                        new OffsetSettings(99, 100, 1, TimeUnit.DAYS.toMillis(1)))));
        open.add(groups);

        assertThat(session.allLost()).isTrue();
        for (int i = 0; i < 20; i++) { // over the shards fixed by the first broker
            assertThat(get(groups.commit("g" + i, NOBODY, Map.of(P0, new OffsetToCommit(1, -1, "")))))
                    .containsEntry(P0, ErrorCode.NONE);
        }
    }

    @Test
    void aDirectWritersCommitIsNotUndone() {
        Joined joined = member(node, "g");
        assertThat(node.commit("g", Desk.caller(joined), P0, 10)).isEqualTo(ErrorCode.NONE);

        GroupOffsets read = Coordination.await(GroupOffsets.readAll(node.coordination, "g"));
        List<Write> steps = new ArrayList<>(List.of(read.raiseFence("a job", new UUID(3, 3))));
        steps.addAll(read.set(Map.of(P0, new CommittedOffset(99, new OffsetMetadata(topics.get("clicks"), -1, "")))));
        Coordination.await(node.coordination.commit(steps));

        assertThat(node.commit("g", Desk.caller(joined), P0, 11)).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(node.fetch("g", P0)).contains(99L);
        assertThat(node.commit("g", Desk.caller(joined), P0, 100))
                .as("knowing it")
                .isEqualTo(ErrorCode.NONE);
        assertThat(node.fetch("g", P0)).contains(100L);
    }

    @Test
    void groupsOfIngestJobsAndHoldsAreNotForClients() {
        node.commit("hourly clicks", P0, 1);
        node.create(Paths.ingestJob("hourly clicks") + "/config", Document.write(new Hold("ignored")));
        node.create("/holds/audit", Document.write(new Hold("auditors")));

        for (String group : List.of("hourly clicks", "auditors")) {
            eventually(
                    () -> assertThat(get(node.groups.join(group, joining(""))).error())
                            .isEqualTo(ErrorCode.INVALID_GROUP_ID));
            assertThat(node.commit(group, P0, 2)).isEqualTo(ErrorCode.INVALID_GROUP_ID);
            assertThat(get(node.groups.delete(group))).isEqualTo(ErrorCode.NON_EMPTY_GROUP);
            assertThat(get(node.groups.deleteOffsets(group, List.of(P0))).error())
                    .isEqualTo(ErrorCode.NON_EMPTY_GROUP);
        }
        assertThat(node.fetch("hourly clicks", P0)).contains(1L);
        assertThat(get(node.groups.list())).extracting(ListedGroup::id).contains("hourly clicks");
    }

    @Test
    void offsetsOfATopicMadeAnewUnderItsNameAreNone() {
        node.commit("g", P0, 100);
        topics.put("clicks", new UUID(2, 2));
        assertThat(node.fetch("g", P0)).isEmpty();
        assertThat(node.commit("g", P0, 3)).isEqualTo(ErrorCode.NONE);
        assertThat(node.fetch("g", P0)).contains(3L);
        topics.remove("clicks");
        assertThat(node.fetch("g", P0)).isEmpty();
    }

    @Test
    void aGroupIsListedDescribedAndDeletedWhole() {
        assertThat(get(node.groups.describe("g")).state()).isEqualTo("Dead");
        assertThat(get(node.groups.delete("g"))).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        Joined joined = member(node, "g");
        node.commit("g", Desk.caller(joined), P0, 1);
        node.commit("other", P0, 1);

        assertThat(get(node.groups.describe("g")).state()).isEqualTo("Stable");
        assertThat(get(node.groups.describe("other")).state()).isEqualTo("Empty");
        assertThat(get(node.groups.list()))
                .containsExactly(new ListedGroup("g", "consumer", "Stable"), new ListedGroup("other", "", "Empty"));
        assertThat(get(node.groups.delete("g"))).isEqualTo(ErrorCode.NON_EMPTY_GROUP);

        get(node.groups.leave("g", List.of(new Leaving(joined.memberId(), null))));
        assertThat(get(node.groups.delete("g"))).isEqualTo(ErrorCode.NONE);
        assertThat(node.text("/consumers/g")).isEmpty();
        assertThat(get(node.groups.list())).extracting(ListedGroup::id).containsExactly("other");
        assertThat(node.commit("g", P0, 5)).as("a new one").isEqualTo(ErrorCode.NONE);
        assertThat(node.fetch("g", P0)).contains(5L);
    }

    @Test
    void offsetsAreDeletedButForTopicsThatAreRead() {
        topics.put("orders", new UUID(7, 7));
        TopicPartition orders = new TopicPartition("orders", 0);
        node.commit("g", orders, 1);
        Joined joined = member(node, "g");
        node.commit("g", Desk.caller(joined), P0, 1);

        DeletedOffsets deleted = get(node.groups.deleteOffsets("g", List.of(P0, orders)));

        assertThat(deleted.partitions())
                .containsEntry(P0, ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC)
                .containsEntry(orders, ErrorCode.NONE);
        assertThat(node.fetch("g", P0)).contains(1L);
        assertThat(node.fetch("g", orders)).isEmpty();
        assertThat(get(node.groups.deleteOffsets("nobody", List.of(P0))).error())
                .isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
    }

    @Test
    void anyNameIsAGroupOfItsOwnBelowConsumers() {
        List<String> names =
                List.of("..", ".", "a/b", "%2f", "a\0b", "\n", "é", "a.b", "a_b", "/", "x".repeat(250), "zookeeper");
        for (int i = 0; i < names.size(); i++) {
            assertThat(node.commit(names.get(i), P0, i)).as(names.get(i)).isEqualTo(ErrorCode.NONE);
        }
        for (int i = 0; i < names.size(); i++) {
            assertThat(node.fetch(names.get(i), P0)).as(names.get(i)).contains((long) i);
        }
        assertThat(get(node.groups.list())).extracting(ListedGroup::id).containsExactlyInAnyOrderElementsOf(names);
        assertThat(Coordination.await(node.coordination.children("/consumers"))).hasSameSizeAs(names);
        for (String bad : List.of("", "\ud800", "x".repeat(5_000))) {
            assertThat(node.commit(bad, P0, 1)).isEqualTo(ErrorCode.INVALID_GROUP_ID);
        }
    }

    @Test
    void offsetsOfDeadGroupsAndGoneTopicsAreSweptAndNoOthers() {
        topics.put("gone", new UUID(8, 8));
        Coordination.await(node.coordination.ensurePath(Paths.TOPICS));
        node.create(
                Paths.topic(new TopicName("clicks")),
                Document.write(new TopicAssignment(topics.get("clicks"), new TreeMap<>())));
        dead.add(1);
        Node second = new Node(2, new OffsetSettings(SHARDS, 100, 0, TimeUnit.DAYS.toMillis(1)));
        Joined joined = member(second, "live");
        TopicPartition gone = new TopicPartition("gone", 0);
        second.commit("live", Desk.caller(joined), P0, 1);
        assertThat(second.commit("live", Desk.caller(joined), gone, 1)).isEqualTo(ErrorCode.NONE);
        topics.remove("gone");
        second.commit("dead", P0, 1);
        second.commit("job", P0, 1);
        second.create(Paths.ingestJob("job") + "/config", Document.write(new Hold("ignored")));
        eventually(() -> assertThat(second.commit("job", P0, 2)).isEqualTo(ErrorCode.INVALID_GROUP_ID));

        get(second.groups.sweep());

        assertThat(second.text("/consumers/dead")).isEmpty();
        assertThat(second.fetch("live", P0)).contains(1L);
        assertThat(second.text("/consumers/live/offsets/gone/0")).isEmpty();
        assertThat(second.fetch("job", P0)).isNotEmpty();
    }

    @Test
    void offsetsOfTopicsThatMembersReadNoLongerAreSweptOnceTheyAreOld() {
        topics.put("orders", new UUID(7, 7));
        Coordination.await(node.coordination.ensurePath(Paths.TOPICS));
        topics.forEach((topic, id) -> node.create(
                Paths.topic(new TopicName(topic)), Document.write(new TopicAssignment(id, new TreeMap<>()))));
        TopicPartition orders = new TopicPartition("orders", 0);
        Caller member = Desk.caller(member(node, "g"));
        node.commit("g", member, P0, 1);
        node.commit("g", member, orders, 1);

        get(node.groups.sweep());
        assertThat(node.fetch("g", orders)).as("younger than a week").contains(1L);

        dead.add(1);
        Node second = new Node(2, new OffsetSettings(SHARDS, 100, 0, TimeUnit.DAYS.toMillis(1)));
        member(second, "g");
        get(second.groups.sweep());
        assertThat(second.fetch("g", P0)).contains(1L);
        assertThat(second.fetch("g", orders)).isEmpty();
        assertThat(second.text("/consumers/g/offsets/orders/0")).isEmpty();
    }

    @Test
    void fiveHundredGroupsOfThreeAreStableSoon() {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int group = 0; group < 500; group++) {
            String id = "g" + group;
            IntStream.range(0, 3).forEach(member -> all.add(untilStable(id, "")));
        }
        get(CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)));
        for (int group = 0; group < 500; group++) {
            GroupDescription description = get(node.groups.describe("g" + group));
            assertThat(description.state()).isEqualTo("Stable");
            assertThat(description.members()).hasSize(3);
        }
    }

    /** Completes when the member's heartbeat says that all is well in a generation of three. */
    private CompletableFuture<Void> untilStable(String group, String memberId) {
        return node.groups.join(group, joining(memberId)).thenCompose(joined -> {
            if (joined.error() != ErrorCode.NONE) {
                return untilStable(group, joined.memberId());
            }
            Sync sync = new Sync(Desk.caller(joined), null, null, Map.of());
            return node.groups.sync(group, sync).thenCompose(synced -> node.groups
                    .describe(group)
                    .thenCompose(now -> synced.error() == ErrorCode.NONE
                                    && now.members().size() == 3
                                    && now.state().equals("Stable")
                            ? CompletableFuture.completedFuture(null)
                            : untilStable(group, joined.memberId())));
        });
    }
}
