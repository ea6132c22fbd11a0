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
import io.millstream.coordination.Write;
import io.millstream.coordination.ZooKeeperCoordination;
import io.millstream.core.Clock;
import io.millstream.core.Entropy;
import io.millstream.core.Loop;
import io.millstream.core.ThreadLoop;
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
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What clients ask of a group's offsets never undoes what an ingest job committed, however late it comes to be written. */
final class FencedCommitsTest {

    private static final int SHARDS = 2;
    private static final AtomicInteger CHROOTS = new AtomicInteger();
    private static final TopicPartition PARTITION = new TopicPartition("clicks", 0);
    private static final String OFFSET = Paths.offset("job", PARTITION);
    private static final UUID TOPIC = new UUID(1, 1);
    private static final Caller NOBODY = new Caller("", null, GroupId.NO_GENERATION);

    @TempDir
    static Path directory;

    private static EmbeddedZooKeeper zooKeeper;

    private final List<AutoCloseable> open = new ArrayList<>();
    private UncertainCoordination coordination;
    private Coordination ingest;
    private Groups groups;

    @BeforeAll
    static void startZooKeeper() throws IOException {
        zooKeeper = EmbeddedZooKeeper.start(directory, 0);
    }

    @AfterAll
    static void stopZooKeeper() {
        zooKeeper.close();
    }

    @BeforeEach
    void start() {
        String cluster = zooKeeper.connectString() + "/fenced" + CHROOTS.incrementAndGet();
        coordination = new UncertainCoordination(connect(cluster));
        open.add(coordination);
        ingest = connect(cluster);
        open.add(ingest);
        groups = groups();
    }

    private static Coordination connect(String cluster) {
        return ZooKeeperCoordination.connect(cluster, 60_000, 20_000, Clock.system());
    }

    private Groups groups() {
        List<Loop> loops = List.of(new ThreadLoop("fenced-a"), new ThreadLoop("fenced-b"));
        open.addAll(loops);
        Groups started = get(Groups.start(
                coordination,
                Clock.system(),
                Entropy.system(),
                loops,
                new Groups.Part(
                        1,
                        () -> CompletableFuture.completedFuture(new Registered(Set.of(1), Set.of(1))),
                        partition -> Optional.of(TOPIC),
                        new GroupSettings(1, 60_000, 1_000, 0),
                        new OffsetSettings(SHARDS, 100, TimeUnit.DAYS.toMillis(7), TimeUnit.DAYS.toMillis(1)))));
        open.add(started);
        return started;
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

    private ErrorCode commit(String group, long offset) {
        return get(groups.commit(group, NOBODY, Map.of(PARTITION, new OffsetToCommit(offset, -1, ""))))
                .get(PARTITION);
    }

    private static int shardOf(String group) {
        return Math.floorMod(group.hashCode(), SHARDS);
    }

    private String stored() {
        return new String(Coordination.await(ingest.read(OFFSET)).orElseThrow().value(), StandardCharsets.US_ASCII);
    }

    /** The commit of a run: raises the group's fence. */
    private void ingestCommits(long offset) {
        Coordination.await(GroupOffsets.prepare(ingest, "job", List.of(PARTITION.topic())));
        GroupOffsets planned = Coordination.await(GroupOffsets.readAll(ingest, "job"));
        List<Write> steps = new ArrayList<>(List.of(planned.raiseFence("a run", new UUID(0, offset))));
        steps.addAll(planned.set(Map.of(PARTITION, new CommittedOffset(offset, new OffsetMetadata(TOPIC, -1, "")))));
        Coordination.await(ingest.commit(steps));
    }

    private void createJob(String name) {
        Coordination.await(ingest.ensurePath(Paths.ingestJob(name)));
        Coordination.await(ingest.commit(new Write.Create(Paths.ingestJob(name) + "/config", new byte[] {'{', '}'})));
    }

    private int version(String path) {
        return Coordination.await(ingest.read(path)).orElseThrow().version();
    }

    @ParameterizedTest
    @EnumSource
    void aCommitWhoseOutcomeIsUnknownIsNotWrittenUnderAnotherFence(Loss loss) {
        assertThat(commit("job", 10)).isEqualTo(ErrorCode.NONE);
        coordination.before(OFFSET, () -> ingestCommits(500));
        coordination.lose(loss, OFFSET, 1);

        // when
        ErrorCode answer = commit("job", 100);

        // then
        assertThat(answer).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(stored()).isEqualTo("500");
        assertThat(commit("job", 501)).as("knowing it").isEqualTo(ErrorCode.NONE);
    }

    @Test
    void theFirstCommitOfAGroupRemembersTheFenceThatItFound() {
        coordination.before(OFFSET, () -> ingestCommits(500));
        coordination.lose(Loss.COMMIT, OFFSET, 1);

        assertThat(commit("job", 100)).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(stored()).isEqualTo("500");
    }

    @Test
    void aCommitThatWaitsWhileTheShardIsTakenAnewIsNotWrittenUnderAnotherFence() {
        assertThat(commit("job", 10)).isEqualTo(ErrorCode.NONE);
        int shard = shardOf("job");
        assertThat(shard).as("not on the loop of the keeper, which is to go on").isEqualTo(1);
        coordination.before(OFFSET, () -> {
            int before = version(Paths.coordinator(shard));
            ingestCommits(500);
            coordination.expire();
            eventually(() -> assertThat(version(Paths.coordinator(shard))).isGreaterThan(before));
        });

        assertThat(commit("job", 100)).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(stored()).isEqualTo("500");
    }

    @Test
    void whoeverMeetsARaisedFenceAsksForWhomItIs() {
        coordination.missChanges();
        createJob("job");
        ingestCommits(500);

        assertThat(commit("job", 100)).isEqualTo(ErrorCode.INVALID_GROUP_ID);
        assertThat(stored()).isEqualTo("500");
    }

    @Test
    void offsetsOfAJobThatIsNotHeardOfAreNotDeleted() {
        coordination.missChanges();
        createJob("job");
        ingestCommits(500);

        assertThat(get(groups.deleteOffsets("job", List.of(PARTITION))).error()).isNotEqualTo(ErrorCode.NONE);
        assertThat(get(groups.delete("job"))).isNotEqualTo(ErrorCode.NONE);
        assertThat(stored()).isEqualTo("500");
    }

    @Test
    void aCommitThatIsTriedAgainIsNotWrittenForAGroupThatIsReservedMeanwhile() {
        assertThat(commit("job", 10)).isEqualTo(ErrorCode.NONE);
        String later = "later";
        assertThat(shardOf(later)).as("one that is served meanwhile").isNotEqualTo(shardOf("job"));
        coordination.lose(Loss.COMMIT, OFFSET, 1);
        coordination.before(OFFSET, () -> {
            createJob("job");
            createJob(later);
            eventually(() -> assertThat(commit(later, 1)).isEqualTo(ErrorCode.INVALID_GROUP_ID));
        });

        assertThat(commit("job", 100)).isEqualTo(ErrorCode.INVALID_GROUP_ID);
        assertThat(stored()).isEqualTo("10");
    }

    @ParameterizedTest
    @EnumSource
    void jobsAndHoldsThatCameWhileTheConnectionWasAwayAreFoundAfterIt(Return how) {
        coordination.missChanges();
        createJob("job");
        Coordination.await(ingest.commit(new Write.Create("/holds/audit", Document.write(new Hold("auditors")))));

        how.of(coordination);

        eventually(() -> assertThat(commit("job", 1)).isEqualTo(ErrorCode.INVALID_GROUP_ID));
        eventually(() -> assertThat(commit("auditors", 1)).isEqualTo(ErrorCode.INVALID_GROUP_ID));
    }

    /** How a connection comes back. */
    enum Return {
        SAME_SESSION,
        NEW_SESSION;

        void of(UncertainCoordination coordination) {
            if (this == SAME_SESSION) {
                coordination.resume();
            } else {
                coordination.expire();
            }
        }
    }
}
