package io.millstream.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millstream.broker.server.RawClient;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.ZooKeeperCoordination;
import io.millstream.core.Clock;
import io.millstream.wire.ByTopic;
import io.millstream.wire.BytesPayload;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.CreatePartitions;
import io.millstream.wire.message.CreateTopics;
import io.millstream.wire.message.DeleteTopics;
import io.millstream.wire.message.DescribeConfigs;
import io.millstream.wire.message.Fetch;
import io.millstream.wire.message.ListOffsets;
import io.millstream.wire.message.Metadata;
import io.millstream.wire.message.OffsetForLeaderEpoch;
import io.millstream.wire.message.Produce;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** S4 for topics: whatever a client calls one, over the wire, no path leaves its directory or znode. */
final class S4TopicNamesTest {

    @TempDir
    static Path directory;

    private static TestCluster cluster;
    private static Map<String, String> settings;
    private static Broker broker;
    private static RawClient client;
    private static Coordination coordination;

    private SortedSet<String> before;

    @BeforeAll
    static void start() throws IOException {
        cluster = new TestCluster(directory);
        settings = cluster.newCluster();
        broker = TestCluster.start(settings, "replica.high.watermark.checkpoint.interval.ms", "86400000");
        client = RawClient.connect(broker.endpoint().port());
        coordination = ZooKeeperCoordination.connect(settings.get("zookeeper.connect"), 10_000, 10_000, Clock.system());
        assertThat(create("taken.name")).isEqualTo(ErrorCode.NONE);
    }

    @AfterAll
    static void stop() {
        coordination.close();
        client.close();
        broker.close();
        cluster.close();
    }

    @BeforeEach
    void look() throws IOException {
        before = everyPath();
    }

    static Stream<String> illegal() {
        return Stream.of(
                "",
                ".",
                "..",
                "../escaped",
                "a/b",
                "/etc/passwd",
                "a/../b",
                "..\\escaped",
                "%2f",
                "..%2fescaped",
                "a\u0000b",
                "a\nb",
                "a\r\nb",
                " a",
                "a b",
                "a:b",
                "a*",
                "~",
                "\u0430bc", // looks like a Latin letter and is none
                "a\u2024b", // looks like a dot
                "a\uff0fb", // looks like a slash
                "\u202eabc", // turns what follows round
                "a".repeat(250),
                "a".repeat(32_000));
    }

    /** Names of files below the broker's directories, and of znodes below its chroot, those of sessions apart. */
    private static SortedSet<String> everyPath() throws IOException {
        SortedSet<String> paths = new TreeSet<>();
        try (Stream<Path> files = Files.walk(Path.of(settings.get("log.dirs")).getParent())) {
            files.filter(file -> !file.startsWith(directory.resolve("zookeeper")))
                    .filter(file -> !file.toString().contains("-delete")) // on their way out
                    .forEach(file -> paths.add("file " + file));
        }
        addBelow("", paths);
        return paths;
    }

    private static void addBelow(String znode, SortedSet<String> paths) {
        for (String child : Coordination.await(coordination.children(znode.isEmpty() ? "/" : znode))) {
            paths.add("znode " + znode + "/" + child);
            addBelow(znode + "/" + child, paths);
        }
    }

    private static ErrorCode create(String name) {
        var topic = new CreateTopics.Topic(name, 1, (short) 1, List.of(), List.of());
        return client.ask(new CreateTopics.Request(List.of(topic), 30_000, false), CreateTopics.Response.class)
                .topics()
                .get(0)
                .error();
    }

    private static ErrorCode look(String name, boolean create) {
        return client.ask(
                        new Metadata.Request(List.of(new Metadata.Wanted(Metadata.NO_ID, name)), create, false, false),
                        Metadata.Response.class)
                .topics()
                .get(0)
                .error();
    }

    private static <T> List<ByTopic<T>> of(String name, T partition) {
        return List.of(new ByTopic<>(name, List.of(partition)));
    }

    @ParameterizedTest
    @MethodSource("illegal")
    void anIllegalNameIsRefusedByWhateverTakesATopicAndLeavesNoTrace(String name) throws IOException {
        ErrorCode unknown = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;

        assertThat(create(name)).isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION);
        assertThat(look(name, true)).isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION);
        assertThat(client.ask(new DeleteTopics.Request(List.of(name), 1_000), DeleteTopics.Response.class)
                        .topics()
                        .get(0)
                        .error())
                .isEqualTo(unknown);
        assertThat(client.ask(
                                new CreatePartitions.Request(
                                        List.of(new CreatePartitions.Topic(name, 2, null)), 1_000, false),
                                CreatePartitions.Response.class)
                        .topics()
                        .get(0)
                        .error())
                .isEqualTo(unknown);
        assertThat(partitionErrors(name)).containsOnly(unknown);
        assertThat(client.ask(
                                new DescribeConfigs.Request(
                                        List.of(new DescribeConfigs.Resource((byte) 2, name, null)), false, false),
                                DescribeConfigs.Response.class)
                        .resources()
                        .get(0)
                        .error())
                .isNotEqualTo(ErrorCode.NONE);

        assertThat(everyPath()).isEqualTo(before);
    }

    private static List<ErrorCode> partitionErrors(String name) {
        Produce.Request produce =
                new Produce.Request(null, (short) 1, 1_000, of(name, new Produce.Data(0, BytesPayload.EMPTY)));
        Fetch.Request fetch = new Fetch.Request(
                Fetch.CONSUMER,
                new Fetch.Bounds(0, 0, 1_000),
                Fetch.READ_UNCOMMITTED,
                Fetch.Session.NONE,
                of(name, Fetch.Query.consumer(0, -1, 0, 1_000)),
                "");
        ListOffsets.Request offsets = new ListOffsets.Request(
                ListOffsets.CONSUMER, (byte) 0, of(name, new ListOffsets.Query(0, -1, ListOffsets.LATEST)));
        OffsetForLeaderEpoch.Request epochs = new OffsetForLeaderEpoch.Request(
                OffsetForLeaderEpoch.CONSUMER, of(name, new OffsetForLeaderEpoch.Query(0, -1, 0)));
        return List.of(
                first(client.ask(produce, Produce.Response.class).topics()).error(),
                first(client.ask(fetch, Fetch.Response.class).topics()).error(),
                first(client.ask(offsets, ListOffsets.Response.class).topics()).error(),
                first(client.ask(epochs, OffsetForLeaderEpoch.Response.class).topics())
                        .error());
    }

    private static <T> T first(List<ByTopic<T>> topics) {
        return topics.get(0).partitions().get(0);
    }

    @Test
    void aNameThatLooksLikeAnothersInMetricsIsRefusedHoweverItIsCreated() throws IOException {
        assertThat(create("taken_name")).isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION);
        assertThat(look("taken_name", true)).isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION);

        assertThat(everyPath()).isEqualTo(before);
    }

    @Test
    void theLongestAndOddestLegalNamesStayWhereTheyBelong() throws IOException {
        for (String name : List.of("b".repeat(249), "...", "-", "_", "..a", "a..", "-rf")) {
            assertThat(create(name)).as(name).isEqualTo(ErrorCode.NONE);
            assertThat(Path.of(settings.get("log.dirs"), name + "-0")).isDirectory();
            assertThat(client.ask(new DeleteTopics.Request(List.of(name), 30_000), DeleteTopics.Response.class)
                            .topics()
                            .get(0)
                            .error())
                    .isEqualTo(ErrorCode.NONE);
        }
        // Their files go after the answer: another test must not see them on their way.
        await().atMost(Duration.ofSeconds(60))
                .ignoreException(UncheckedIOException.class) // a file that went while it was looked at
                .until(() -> everyPath().stream()
                        .noneMatch(path -> path.contains("-delete") || path.contains("/delete_topics/")));
    }

    @Test
    void aTopicIsMadeForAClientOnlyIfItAllowsThat() throws IOException {
        assertThat(look("forbidden", false)).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(everyPath()).isEqualTo(before);

        assertThat(look("allowed", true)).isIn(ErrorCode.NONE, ErrorCode.LEADER_NOT_AVAILABLE);
        assertThat(look("allowed", false)).isIn(ErrorCode.NONE, ErrorCode.LEADER_NOT_AVAILABLE);
    }
}
