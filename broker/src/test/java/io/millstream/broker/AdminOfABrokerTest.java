package io.millstream.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millstream.broker.server.RawClient;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.Document;
import io.millstream.coordination.Paths;
import io.millstream.coordination.TopicSettings;
import io.millstream.coordination.Write;
import io.millstream.coordination.ZooKeeperCoordination;
import io.millstream.core.Clock;
import io.millstream.core.TopicName;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.AlterConfigs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.AlterConfigsOptions;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DeletedRecords;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionReplica;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators do to records, directories and settings, with Kafka's own admin client. */
final class AdminOfABrokerTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final AtomicInteger COUNT = new AtomicInteger();

    @TempDir
    static Path directory;

    private static TestCluster cluster;
    private static Map<String, String> settings;
    private static Broker broker;
    private static Admin admin;

    private String topic;
    private TopicPartition partition;

    @BeforeAll
    static void start() throws IOException {
        cluster = new TestCluster(directory);
        settings = cluster.newCluster();
        Path root = Path.of(settings.get("log.dirs"));
        settings.put("log.dirs", root.resolve("one") + "," + root.resolve("two"));
        settings.put("log.retention.check.interval.ms", "20");
        startBroker();
    }

    private static void startBroker() {
        broker = TestCluster.start(settings);
        admin = KafkaClients.admin(bootstrap());
    }

    private static void stopBroker() {
        admin.close();
        broker.close();
    }

    @AfterAll
    static void stop() {
        stopBroker();
        cluster.close();
    }

    @BeforeEach
    void newTopic() {
        topic = "topic-" + COUNT.incrementAndGet();
        partition = new TopicPartition(topic, 0);
        create(topic, Map.of("segment.bytes", "1024"));
    }

    private static void create(String name, Map<String, String> config) {
        KafkaClients.get(admin.createTopics(List.of(new NewTopic(name, 1, (short) 1).configs(config)))
                .all());
    }

    private static String bootstrap() {
        return broker.endpoint().toString();
    }

    /** Each record in a batch, and so every two or three in a segment, of its own. */
    private void produce(int count) {
        try (KafkaProducer<String, String> producer = KafkaClients.producer(bootstrap())) {
            for (int i = 0; i < count; i++) {
                producer.send(new ProducerRecord<>(topic, 0, null, "v" + i + "x".repeat(400)))
                        .get();
            }
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    private static KafkaFuture<DeletedRecords> delete(TopicPartition partition, long before) {
        return admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(before)))
                .lowWatermarks()
                .get(partition);
    }

    private long firstOffset() {
        return offset(OffsetSpec.earliest());
    }

    private long offset(OffsetSpec which) {
        return KafkaClients.get(admin.listOffsets(Map.of(partition, which)).partitionResult(partition))
                .offset();
    }

    @Test
    void deletedRecordsAreGoneForConsumersAndStayGone() {
        // given
        produce(10);

        // when
        assertThat(KafkaClients.get(delete(partition, 4)).lowWatermark()).isEqualTo(4);

        // then
        assertThat(KafkaClients.get(delete(partition, 2)).lowWatermark())
                .as("never falls")
                .isEqualTo(4);
        assertRecordsFrom(4);

        // when
        stopBroker();
        startBroker();

        // then
        assertRecordsFrom(4);
    }

    private void assertRecordsFrom(long start) {
        assertThat(firstOffset()).isEqualTo(start);
        List<String> values = KafkaClients.consume(bootstrap(), topic, 1);
        assertThat(values).hasSize(10 - (int) start);
        assertThat(values.get(0)).startsWith("v" + start + "x");
        Map<String, Object> config = Map.of("bootstrap.servers", bootstrap(), "auto.offset.reset", "none");
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seek(partition, start - 1);
            assertThatThrownBy(() -> {
                        while (true) {
                            assertThat(consumer.poll(Duration.ofMillis(100))).isEmpty();
                        }
                    })
                    .isInstanceOf(OffsetOutOfRangeException.class);
        }
    }

    @Test
    void allCommittedRecordsCanBeDeletedAndOffsetsGoOn() {
        produce(3);

        assertThat(KafkaClients.get(delete(partition, -1)).lowWatermark()).isEqualTo(3);

        assertThat(firstOffset()).isEqualTo(3);
        assertThat(KafkaClients.produce(bootstrap(), topic, "next")).containsExactly(3L);
        assertThat(KafkaClients.consume(bootstrap(), topic, 1)).containsExactly("next");
    }

    @Test
    void recordsThatAreNotThereCannotBeDeleted() {
        produce(3);

        assertThat(KafkaClients.failure(delete(partition, 4)))
                .isInstanceOf(org.apache.kafka.common.errors.OffsetOutOfRangeException.class);
        assertThat(KafkaClients.failure(delete(partition, -2)))
                .isInstanceOf(org.apache.kafka.common.errors.OffsetOutOfRangeException.class);
        assertThat(firstOffset()).isZero();
    }

    @Test
    void dataDirectoriesAreDescribed() throws IOException {
        // given
        produce(10);

        // when
        Map<String, LogDirDescription> described = KafkaClients.get(
                        admin.describeLogDirs(List.of(1)).allDescriptions())
                .get(1);

        // then
        assertThat(described.keySet())
                .containsExactlyInAnyOrder(settings.get("log.dirs").split(","));
        assertThat(described.values()).allSatisfy(each -> {
            assertThat(each.error()).isNull();
            assertThat(each.totalBytes().orElseThrow()).isPositive();
            assertThat(each.usableBytes().orElseThrow()).isPositive();
        });
        for (Map.Entry<String, LogDirDescription> each : described.entrySet()) {
            Path log = Path.of(each.getKey(), partition.toString());
            assertThat(each.getValue().replicaInfos().containsKey(partition)).isEqualTo(Files.isDirectory(log));
            if (Files.isDirectory(log)) {
                var replica = each.getValue().replicaInfos().get(partition);
                assertThat(replica.size()).isEqualTo(segmentBytes(log));
                assertThat(replica.offsetLag()).isZero();
                assertThat(replica.isFuture()).isFalse();
            }
        }
        var location = KafkaClients.get(admin.describeReplicaLogDirs(List.of(new TopicPartitionReplica(topic, 0, 1)))
                        .all())
                .values()
                .iterator()
                .next();
        assertThat(Path.of(location.getCurrentReplicaLogDir(), partition.toString()))
                .isDirectory();
    }

    private static long segmentBytes(Path log) throws IOException {
        long bytes = 0;
        try (Stream<Path> files = Files.list(log)) {
            for (Path file : files.filter(each -> each.toString().endsWith(".log"))
                    .sorted(Comparator.naturalOrder())
                    .toList()) {
                bytes += Files.size(file);
            }
        }
        return bytes;
    }

    private static AlterConfigOp op(OpType type, String name, String value) {
        return new AlterConfigOp(new ConfigEntry(name, value), type);
    }

    private KafkaFuture<Void> alter(AlterConfigOp... ops) {
        return alter(topic, new AlterConfigsOptions(), ops);
    }

    private static KafkaFuture<Void> alter(String topic, AlterConfigsOptions options, AlterConfigOp... ops) {
        Map<ConfigResource, Collection<AlterConfigOp>> changes = Map.of(resource(topic), List.of(ops));
        return admin.incrementalAlterConfigs(changes, options).all();
    }

    private static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }

    private ConfigEntry setting(String name) {
        Config config = KafkaClients.get(
                        admin.describeConfigs(List.of(resource(topic))).all())
                .get(resource(topic));
        return config.get(name);
    }

    @Test
    void retentionThatIsChangedTakesEffectOnTheRunningLog() {
        // given
        produce(10);
        assertThat(firstOffset()).isZero();

        // when
        KafkaClients.get(alter(op(OpType.SET, "retention.bytes", "1024")));

        // then
        await().atMost(PATIENCE).until(() -> firstOffset() > 0);
        assertThat(KafkaClients.consume(bootstrap(), topic, 1)).isNotEmpty();
    }

    @Test
    void settingsThatAreWrittenToZooKeeperTakeEffectOnTheRunningLog() {
        // given
        produce(10);
        String path = Paths.topicConfig(new TopicName(topic));
        try (Coordination coordination =
                ZooKeeperCoordination.connect(settings.get("zookeeper.connect"), 60_000, 60_000, Clock.system())) {
            // when
            byte[] document = Document.write(new TopicSettings(new TreeMap<>(Map.of("retention.ms", "1"))));
            Coordination.await(coordination.commit(new Write.Update(path, document, 0)));

            // then
            await().atMost(PATIENCE).until(() -> firstOffset() == 10);
            assertThat(offset(OffsetSpec.latest())).isEqualTo(10);
        }
    }

    @Test
    void settingsAreSetDeletedAndChecked() {
        KafkaClients.get(alter(op(OpType.SET, "retention.ms", "3600000"), op(OpType.SET, "max.message.bytes", "2000")));
        assertThat(setting("retention.ms").value()).isEqualTo("3600000");
        assertThat(setting("retention.ms").source()).isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);
        assertThat(setting("segment.bytes").value()).as("left as it was").isEqualTo("1024");

        KafkaClients.get(alter(op(OpType.DELETE, "retention.ms", null)));
        assertThat(setting("retention.ms").source()).isEqualTo(ConfigEntry.ConfigSource.DEFAULT_CONFIG);
        assertThat(setting("max.message.bytes").value()).isEqualTo("2000");

        AlterConfigsOptions check = new AlterConfigsOptions().validateOnly(true);
        KafkaClients.get(alter(topic, check, op(OpType.SET, "retention.ms", "1")));
        assertThat(setting("retention.ms").source()).isEqualTo(ConfigEntry.ConfigSource.DEFAULT_CONFIG);
        assertThat(KafkaClients.failure(alter(topic, check, op(OpType.SET, "retention.ms", "-7"))))
                .isInstanceOf(InvalidConfigurationException.class);
    }

    @Test
    void listsGainAndLoseEntries() {
        KafkaClients.get(alter(op(OpType.APPEND, "cleanup.policy", "delete")));
        assertThat(setting("cleanup.policy").value()).isEqualTo("delete");
        assertThat(setting("cleanup.policy").source()).isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);

        assertThat(KafkaClients.failure(alter(op(OpType.SUBTRACT, "cleanup.policy", "delete"))))
                .isInstanceOf(InvalidConfigurationException.class);
        assertThat(KafkaClients.failure(alter(op(OpType.APPEND, "retention.ms", "5"))))
                .isInstanceOf(InvalidConfigurationException.class)
                .hasMessageContaining("retention.ms is no list");
    }

    @Test
    void whatCannotBeSetIsRefusedAndChangesNothing() {
        assertThat(KafkaClients.failure(
                        alter(op(OpType.SET, "max.message.bytes", "5000"), op(OpType.SET, "retention.msx", "5"))))
                .isInstanceOf(InvalidConfigurationException.class)
                .hasMessageContaining("did you mean retention.ms?");
        assertThat(setting("max.message.bytes").source()).isEqualTo(ConfigEntry.ConfigSource.DEFAULT_CONFIG);
        assertThat(KafkaClients.failure(alter(op(OpType.SET, "retention.ms", null))))
                .isInstanceOf(InvalidRequestException.class);
        assertThat(KafkaClients.failure(
                        alter("no-such-topic", new AlterConfigsOptions(), op(OpType.SET, "retention.ms", "5"))))
                .isInstanceOf(UnknownTopicOrPartitionException.class);
        ConfigResource ofBroker = new ConfigResource(ConfigResource.Type.BROKER, "1");
        assertThat(KafkaClients.failure(
                        admin.incrementalAlterConfigs(Map.of(ofBroker, List.of(op(OpType.SET, "num.partitions", "5"))))
                                .all()))
                .isInstanceOf(InvalidRequestException.class);
    }

    @Test
    void theOlderCallReplacesAll() {
        KafkaClients.get(alter(op(OpType.SET, "retention.ms", "3600000")));

        replaceAll(Map.of("max.message.bytes", "3000"));

        assertThat(setting("max.message.bytes").value()).isEqualTo("3000");
        assertThat(setting("retention.ms").source()).isEqualTo(ConfigEntry.ConfigSource.DEFAULT_CONFIG);
        assertThat(setting("segment.bytes").source()).isEqualTo(ConfigEntry.ConfigSource.DEFAULT_CONFIG);
    }

    private void replaceAll(Map<String, String> config) {
        try (RawClient client = RawClient.connect(broker.endpoint().port())) {
            var values = config.entrySet().stream()
                    .map(each -> new AlterConfigs.Setting(each.getKey(), each.getValue()))
                    .toList();
            var resource = new AlterConfigs.Resource((byte) 2, topic, values);
            var response = client.ask(new AlterConfigs.Request(List.of(resource), false), AlterConfigs.Response.class);
            assertThat(response.resources().get(0).error()).isEqualTo(ErrorCode.NONE);
        }
    }
}
