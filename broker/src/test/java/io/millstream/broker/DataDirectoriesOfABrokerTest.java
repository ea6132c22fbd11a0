package io.millstream.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millstream.broker.server.RawClient;
import io.millstream.record.Codec;
import io.millstream.record.RecordBatchBuilder;
import io.millstream.wire.ByTopic;
import io.millstream.wire.BytesPayload;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.Fetch;
import io.millstream.wire.message.ListOffsets;
import io.millstream.wire.message.Metadata;
import io.millstream.wire.message.Produce;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicPartitionInfo;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A broker with two data directories of which one fails: its partitions are offline, the others go on, and nothing that
 * was there is ever replaced by nothing.
 */
final class DataDirectoriesOfABrokerTest {

    private static final int PARTITIONS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    static Path directory;

    private static TestCluster cluster;

    private Map<String, String> settings;
    private Path first;
    private Path second;

    @BeforeAll
    static void start() throws IOException {
        cluster = new TestCluster(directory);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @BeforeEach
    void twoDirectories() {
        settings = new HashMap<>(cluster.newCluster());
        Path root = Path.of(settings.get("log.dirs"));
        first = root.resolve("first");
        second = root.resolve("second");
        settings.put("log.dirs", first + "," + second);
    }

    /** Makes topic t, two partitions in each directory, with one record in each; returns those of the first directory. */
    private Set<Integer> fill() {
        try (Broker broker = TestCluster.start(settings);
                Admin admin = KafkaClients.admin(broker.endpoint().toString());
                RawClient client = connect(broker)) {
            create(admin, "t", PARTITIONS);
            for (int partition = 0; partition < PARTITIONS; partition++) {
                assertThat(produce(client, partition)).isEqualTo(ErrorCode.NONE);
            }
        }
        assertThat(partitionsIn(first)).hasSize(2);
        assertThat(partitionsIn(second)).hasSize(2);
        return partitionsIn(first);
    }

    private static void create(Admin admin, String topic, int partitions) {
        KafkaClients.get(admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                .all());
    }

    private static Set<Integer> partitionsIn(Path data) {
        try (Stream<Path> children = Files.list(data)) {
            return children.map(child -> child.getFileName().toString())
                    .filter(name -> name.matches("t-\\d+"))
                    .map(name -> Integer.parseInt(name.substring(2)))
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static RawClient connect(Broker broker) {
        return RawClient.connect(broker.endpoint().port());
    }

    private static ErrorCode produce(RawClient client, int partition) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(Codec.NONE, new UnpooledByteBufAllocator(false))) {
            byte[] value = "x".repeat(2_000).getBytes(StandardCharsets.UTF_8);
            BytesPayload records = new BytesPayload(builder.append(System.currentTimeMillis(), null, value, List.of())
                    .build());
            Produce.Request request = new Produce.Request(
                    null,
                    Produce.ACKS_ALL,
                    30_000,
                    List.of(new ByTopic<>("t", List.of(new Produce.Data(partition, records)))));
            return only(client.ask(request, Produce.Response.class).topics()).error();
        }
    }

    private static Fetch.Data fetch(RawClient client, int partition) {
        Fetch.Request request = new Fetch.Request(
                Fetch.CONSUMER,
                new Fetch.Bounds(0, 1, 1 << 20),
                Fetch.READ_UNCOMMITTED,
                new Fetch.Session(0, 0, List.of()),
                List.of(new ByTopic<>("t", List.of(Fetch.Query.consumer(partition, -1, 0, 1 << 20)))),
                "");
        return only(client.ask(request, Fetch.Response.class).topics());
    }

    private static ListOffsets.Found end(RawClient client, int partition) {
        ListOffsets.Request request = new ListOffsets.Request(
                ListOffsets.CONSUMER,
                (byte) 0,
                List.of(new ByTopic<>("t", List.of(new ListOffsets.Query(partition, -1, ListOffsets.LATEST)))));
        return only(client.ask(request, ListOffsets.Response.class).topics());
    }

    private static Map<Integer, Metadata.Partition> metadata(RawClient client) {
        Metadata.Request request = Metadata.Request.of(List.of("t"));
        return client.ask(request, Metadata.Response.class).topics().get(0).partitions().stream()
                .collect(Collectors.toMap(Metadata.Partition::partition, partition -> partition));
    }

    /** What kafka-topics --describe --unavailable-partitions would show. */
    private static Set<Integer> withoutLeader(Broker broker) {
        try (Admin admin = KafkaClients.admin(broker.endpoint().toString())) {
            return KafkaClients.get(admin.describeTopics(List.of("t")).allTopicNames()).get("t").partitions().stream()
                    .filter(partition -> partition.leader() == null)
                    .map(TopicPartitionInfo::partition)
                    .collect(Collectors.toSet());
        }
    }

    private static <T> T only(List<ByTopic<T>> topics) {
        return topics.get(0).partitions().get(0);
    }

    private static void assertServedExcept(RawClient client, Set<Integer> offline) {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            ErrorCode expected = offline.contains(partition) ? ErrorCode.KAFKA_STORAGE_ERROR : ErrorCode.NONE;
            assertThat(produce(client, partition)).as("Produce %s", partition).isEqualTo(expected);
            assertThat(fetch(client, partition).error())
                    .as("Fetch %s", partition)
                    .isEqualTo(expected);
            assertThat(end(client, partition).error())
                    .as("ListOffsets %s", partition)
                    .isEqualTo(expected);
            Metadata.Partition described = metadata(client).get(partition);
            assertThat(described.error()).as("Metadata %s", partition).isEqualTo(expected);
            assertThat(described.offlineReplicas()).isEqualTo(offline.contains(partition) ? List.of(1) : List.of());
            assertThat(described.leader()).isEqualTo(offline.contains(partition) ? Metadata.NO_BROKER : 1);
        }
    }

    @Test
    void aDirectoryThatCannotBeUsedTakesOnlyItsOwnPartitionsOfflineAndTheyComeBackWithIt() throws IOException {
        // given
        Set<Integer> offline = fill();
        Path aside = Files.move(first, first.resolveSibling("aside"));
        Files.writeString(first, "in the way, as a disk that can only be read is");

        // when
        try (Broker broker = TestCluster.start(settings);
                Admin admin = KafkaClients.admin(broker.endpoint().toString());
                RawClient client = connect(broker)) {
            // then
            assertServedExcept(client, offline);
            create(admin, "another", 3);
            assertThat(KafkaClients.produce(broker.endpoint().toString(), "another", "a"))
                    .containsExactly(0L);
        }
        assertThat(partitionsIn(second)).doesNotContainAnyElementsOf(offline).hasSize(2);

        // when
        Files.delete(first);
        Files.move(aside, first);

        // then
        try (Broker broker = TestCluster.start(settings);
                RawClient client = connect(broker)) {
            assertServedExcept(client, Set.of());
            for (int partition = 0; partition < PARTITIONS; partition++) {
                assertThat(end(client, partition).offset()).isEqualTo(offline.contains(partition) ? 2 : 3);
            }
        }
    }

    @Test
    void anEmptyDirectoryInThePlaceOfAFullOneIsAMountThatIsMissing() throws IOException {
        // given
        Set<Integer> offline = fill();
        Path aside = Files.move(first, first.resolveSibling("aside"));
        Files.createDirectories(first.resolve("lost+found"));

        // when
        try (Broker broker = TestCluster.start(settings);
                RawClient client = connect(broker)) {
            // then
            assertServedExcept(client, offline);
            assertThat(partitionsIn(first)).isEmpty();
            assertThat(partitionsIn(second)).hasSize(2);
        }

        // when a person decides that the data is lost for good
        try (Broker broker = TestCluster.start(settings, "log.dirs", second.toString());
                RawClient client = connect(broker)) {
            // then
            assertServedExcept(client, Set.of());
        }
        try (Broker broker = TestCluster.start(settings);
                RawClient client = connect(broker)) {
            assertServedExcept(client, Set.of());
        }

        // when the old disk shows up after all, nobody but a person can choose
        Files.move(first, first.resolveSibling("fresh"));
        Files.move(aside, first);
        try (Broker broker = TestCluster.start(settings);
                RawClient client = connect(broker)) {
            assertServedExcept(client, offline);
        }
    }

    @Test
    void aDirectoryThatFailsMeanwhileTakesOnlyItsOwnPartitionsOffline() throws IOException {
        // given
        Set<Integer> offline = fill();
        try (Broker broker = TestCluster.start(settings, "log.roll.ms", "1");
                RawClient client = connect(broker)) {
            assertServedExcept(client, Set.of());
            Path aside = Files.move(first, first.resolveSibling("aside"));
            Files.writeString(first, "not a directory");

            // when new segments cannot be made
            int one = offline.iterator().next();
            await().atMost(PATIENCE).until(() -> produce(client, one) == ErrorCode.KAFKA_STORAGE_ERROR);

            // then the other partition of the directory is offline too, and nobody leads either
            await().atMost(PATIENCE).untilAsserted(() -> assertServedExcept(client, offline));
            assertThat(partitionsIn(second)).hasSize(2);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(withoutLeader(broker)).isEqualTo(offline));
            assertServedExcept(client, offline);
            Files.delete(first);
            Files.move(aside, first);
        }
        try (Broker broker = TestCluster.start(settings);
                RawClient client = connect(broker)) {
            assertServedExcept(client, Set.of());
        }
    }

    @Test
    void aTopicThatIsDeletedWhileItsDirectoryIsAwayDoesNotComeBack() throws IOException {
        // given
        Set<Integer> offline = fill();
        Path aside = Files.move(first, first.resolveSibling("aside"));
        Files.writeString(first, "in the way");

        // when
        try (Broker broker = TestCluster.start(settings);
                Admin admin = KafkaClients.admin(broker.endpoint().toString());
                RawClient client = connect(broker)) {
            KafkaClients.get(admin.deleteTopics(List.of("t")).all());
            create(admin, "t", PARTITIONS);

            // then the new one has nothing to do with what is away
            assertServedExcept(client, Set.of());
            await().atMost(PATIENCE).until(() -> partitionsIn(second).size() == PARTITIONS);
        }

        // when
        Files.delete(first);
        Files.move(aside, first);

        // then
        try (Broker broker = TestCluster.start(settings);
                RawClient client = connect(broker)) {
            await().atMost(PATIENCE).untilAsserted(() -> assertServedExcept(client, Set.of()));
            await().atMost(PATIENCE).until(() -> partitionsIn(first).isEmpty());
            IntStream.range(0, PARTITIONS)
                    .forEach(partition ->
                            assertThat(end(client, partition).offset()).isGreaterThan(1));
        }
        assertThat(offline).hasSize(2);
    }

    @Test
    void withoutAnyDirectoryABrokerDoesNotStart() throws IOException {
        fill();
        for (Path data : List.of(first, second)) {
            Files.move(data, data.resolveSibling(data.getFileName() + "-aside"));
            Files.writeString(data, "in the way");
        }

        assertThatThrownBy(() -> TestCluster.start(settings))
                .isInstanceOf(BrokerStartException.class)
                .hasMessageContaining(first.toString());
    }
}
