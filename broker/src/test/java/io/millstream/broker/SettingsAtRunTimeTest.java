package io.millstream.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millstream.broker.server.RawClient;
import io.millstream.coordination.BrokerOverrides;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.Document;
import io.millstream.coordination.Paths;
import io.millstream.coordination.Write;
import io.millstream.coordination.ZooKeeperCoordination;
import io.millstream.core.Clock;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.AlterConfigs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.AlterConfigsOptions;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigSource;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigSynonym;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker's settings that are changed while it runs (KIP-226), with Kafka's own admin client. */
final class SettingsAtRunTimeTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final ConfigResource ONE = new ConfigResource(ConfigResource.Type.BROKER, "1");
    private static final ConfigResource ALL = new ConfigResource(ConfigResource.Type.BROKER, "");
    private static final ConfigResource TOPIC = new ConfigResource(ConfigResource.Type.TOPIC, "t");

    @TempDir
    static Path directory;

    private static TestCluster cluster;
    private static Map<String, String> settings;
    private static Broker broker;
    private static Admin admin;

    @BeforeAll
    static void start() throws IOException {
        cluster = new TestCluster(directory);
        settings = cluster.newCluster();
        settings.put("log.retention.check.interval.ms", "20");
        settings.put("log.retention.hours", "100");
        startBroker();
        NewTopic topic = new NewTopic("t", 1, (short) 1).configs(Map.of("segment.bytes", "1024"));
        KafkaClients.get(admin.createTopics(List.of(topic)).all());
    }

    private static void startBroker() {
        broker = TestCluster.start(settings);
        admin = KafkaClients.admin(bootstrap());
    }

    private static void stopBroker() {
        admin.close();
        broker.close();
    }

    private static String bootstrap() {
        return broker.endpoint().toString();
    }

    @AfterAll
    static void stop() {
        stopBroker();
        cluster.close();
    }

    /** Through the older call: it replaces all that is set. */
    @AfterEach
    void nothingStaysSet() {
        replaceAll("1", Map.of());
        replaceAll("", Map.of());
        assertThat(described(ONE).entries()).noneMatch(entry -> entry.source() == ConfigSource.DYNAMIC_BROKER_CONFIG);
        assertThat(described(ALL).entries()).isEmpty();
    }

    private static void replaceAll(String name, Map<String, String> config) {
        try (RawClient client = RawClient.connect(broker.endpoint().port())) {
            var values = config.entrySet().stream()
                    .map(each -> new AlterConfigs.Setting(each.getKey(), each.getValue()))
                    .toList();
            var resource = new AlterConfigs.Resource((byte) 4, name, values);
            var response = client.ask(new AlterConfigs.Request(List.of(resource), false), AlterConfigs.Response.class);
            assertThat(response.resources().get(0).error()).isEqualTo(ErrorCode.NONE);
        }
    }

    private static Config described(ConfigResource resource) {
        DescribeConfigsOptions withSynonyms = new DescribeConfigsOptions().includeSynonyms(true);
        return KafkaClients.get(
                        admin.describeConfigs(List.of(resource), withSynonyms).all())
                .get(resource);
    }

    private static AlterConfigOp set(String name, String value) {
        return new AlterConfigOp(new ConfigEntry(name, value), OpType.SET);
    }

    private static AlterConfigOp delete(String name) {
        return new AlterConfigOp(new ConfigEntry(name, null), OpType.DELETE);
    }

    private static KafkaFuture<Void> alter(ConfigResource resource, AlterConfigOp... ops) {
        return alter(new AlterConfigsOptions(), resource, ops);
    }

    private static KafkaFuture<Void> alter(AlterConfigsOptions options, ConfigResource resource, AlterConfigOp... ops) {
        Map<ConfigResource, Collection<AlterConfigOp>> changes = Map.of(resource, List.of(ops));
        return admin.incrementalAlterConfigs(changes, options).all();
    }

    private static List<String> synonyms(ConfigEntry entry) {
        return entry.synonyms().stream().map(SettingsAtRunTimeTest::text).toList();
    }

    private static String text(ConfigSynonym synonym) {
        return synonym.source() + ":" + synonym.name() + "=" + synonym.value();
    }

    @Test
    void theBrokersOwnValueComesBeforeThatOfAllAndThatBeforeItsFile() {
        // when
        KafkaClients.get(alter(ALL, set("log.retention.ms", "7000000"), set("message.max.bytes", "2000000")));

        // then
        ConfigEntry ofBroker = described(ONE).get("log.retention.ms");
        assertThat(ofBroker.value()).isEqualTo("7000000");
        assertThat(ofBroker.source()).isEqualTo(ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG);
        assertThat(ofBroker.isReadOnly()).isFalse();
        assertThat(described(ONE).get("log.retention.hours").isReadOnly()).isTrue();
        assertThat(described(ALL).entries())
                .extracting(ConfigEntry::name)
                .containsExactlyInAnyOrder("log.retention.ms", "message.max.bytes");

        // when
        KafkaClients.get(alter(ONE, set("log.retention.ms", "9000000")));

        // then
        assertThat(synonyms(described(ONE).get("log.retention.ms")))
                .containsExactly(
                        "DYNAMIC_BROKER_CONFIG:log.retention.ms=9000000",
                        "DYNAMIC_DEFAULT_BROKER_CONFIG:log.retention.ms=7000000");
        assertThat(described(TOPIC).get("retention.ms").source()).isEqualTo(ConfigSource.DYNAMIC_BROKER_CONFIG);
        assertThat(synonyms(described(TOPIC).get("retention.ms")))
                .containsExactly(
                        "DYNAMIC_BROKER_CONFIG:log.retention.ms=9000000",
                        "DYNAMIC_DEFAULT_BROKER_CONFIG:log.retention.ms=7000000",
                        "STATIC_BROKER_CONFIG:log.retention.hours=100",
                        "DEFAULT_CONFIG:log.retention.hours=168");

        // when
        KafkaClients.get(alter(ONE, delete("log.retention.ms")));
        KafkaClients.get(alter(ALL, delete("log.retention.ms")));

        // then
        assertThat(described(TOPIC).get("retention.ms").value()).isEqualTo("360000000");
        assertThat(described(TOPIC).get("retention.ms").source()).isEqualTo(ConfigSource.STATIC_BROKER_CONFIG);
        assertThat(described(ONE).get("message.max.bytes").value()).isEqualTo("2000000");
    }

    @Test
    void topicsWithoutAValueOfTheirOwnFollowAtOnce() {
        // given
        KafkaClients.produce(bootstrap(), "t", "a".repeat(900), "b".repeat(900), "c".repeat(900));

        // when
        KafkaClients.get(alter(ONE, set("message.max.bytes", "500")));

        // then
        assertThat(sendFailure("x".repeat(900))).isInstanceOf(RecordTooLargeException.class);

        // when
        KafkaClients.get(alter(TOPIC, set("max.message.bytes", "1000")));

        // then
        assertThat(KafkaClients.produce(bootstrap(), "t", "x".repeat(900))).hasSize(1);
        KafkaClients.get(alter(TOPIC, delete("max.message.bytes")));

        // when
        KafkaClients.get(alter(ALL, set("log.retention.bytes", "1")));

        // then
        await().atMost(PATIENCE).until(() -> KafkaClients.consume(bootstrap(), "t", 1).stream()
                .noneMatch(value -> value.startsWith("a")));
    }

    private static Throwable sendFailure(String value) {
        try (KafkaProducer<String, String> producer = KafkaClients.producer(bootstrap())) {
            producer.send(new ProducerRecord<>("t", value)).get();
            throw new AssertionError("Was accepted");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } catch (java.util.concurrent.ExecutionException e) {
            return e.getCause();
        }
    }

    @Test
    void whatRunsFollows() {
        // when
        KafkaClients.get(alter(ONE, set("log.cleaner.threads", "3"), set("max.connections.per.ip", "0")));

        // then
        await().atMost(PATIENCE).until(() -> compactorThreads() == 3);
        await().atMost(PATIENCE).untilAsserted(() -> {
            try (RawClient client = RawClient.connect(broker.endpoint().port())) {
                client.assertHungUp();
            }
        });

        // when: over a connection that is open already
        KafkaClients.get(
                alter(ONE, delete("log.cleaner.threads"), set("max.connections.per.ip.overrides", "localhost:99")));

        // then
        await().atMost(PATIENCE).until(() -> compactorThreads() == 1);
        KafkaClients.produce(bootstrap(), "t", "from this machine");
    }

    private static long compactorThreads() {
        Thread[] threads = new Thread[Thread.activeCount() + 100];
        int count = Thread.enumerate(threads);
        return Arrays.stream(threads, 0, count)
                .filter(thread -> thread.getName().startsWith("millstream-1-compactor-"))
                .count();
    }

    @Test
    void whatCannotBeSetIsRefusedAndChangesNothing() {
        for (ConfigResource resource : List.of(ONE, ALL)) {
            assertThat(KafkaClients.failure(alter(resource, set("num.partitions", "5"))))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessage(
                            "num.partitions cannot be changed while the broker runs: change its file and restart it");
            assertThat(KafkaClients.failure(
                            alter(resource, set("message.max.bytes", "5000"), set("log.retention.m", "5"))))
                    .isInstanceOf(InvalidConfigurationException.class)
                    .hasMessage("There is no setting log.retention.m; did you mean log.retention.ms?");
            assertThat(KafkaClients.failure(alter(resource, set("retention.ms", "5"))))
                    .isInstanceOf(InvalidConfigurationException.class)
                    .hasMessageContaining("did you mean log.retention.ms?");
            assertThat(KafkaClients.failure(alter(resource, set("log.cleaner.threads", "0"))))
                    .isInstanceOf(InvalidConfigurationException.class);
            assertThat(KafkaClients.failure(alter(
                            resource,
                            set("log.cleaner.threads", "64"),
                            set("log.cleaner.dedupe.buffer.size", "1048576"))))
                    .as("contradict each other")
                    .isInstanceOf(InvalidConfigurationException.class)
                    .hasMessageContaining("for each of log.cleaner.threads=64");
        }
        ConfigResource two = new ConfigResource(ConfigResource.Type.BROKER, "-7");
        assertThat(described(ONE).get("message.max.bytes").source()).isEqualTo(ConfigSource.DEFAULT_CONFIG);
        assertThat(refused("two")).isEqualTo("This is broker 1; ask broker 'two' itself");
        assertThat(refused(two.name())).isEqualTo("This is broker 1; ask broker '-7' itself");
    }

    private static String refused(String name) {
        try (RawClient client = RawClient.connect(broker.endpoint().port())) {
            var resource = new AlterConfigs.Resource((byte) 4, name, List.of());
            var response = client.ask(new AlterConfigs.Request(List.of(resource), false), AlterConfigs.Response.class);
            assertThat(response.resources().get(0).error()).isEqualTo(ErrorCode.INVALID_REQUEST);
            return response.resources().get(0).errorMessage();
        }
    }

    @Test
    void whatIsOnlyCheckedIsNotDone() {
        AlterConfigsOptions check = new AlterConfigsOptions().validateOnly(true);
        KafkaClients.get(alter(check, ONE, set("message.max.bytes", "5000")));
        assertThat(KafkaClients.failure(alter(check, ONE, set("message.max.bytes", "-5"))))
                .isInstanceOf(InvalidConfigurationException.class);
        assertThat(described(ONE).get("message.max.bytes").source()).isEqualTo(ConfigSource.DEFAULT_CONFIG);
    }

    @Test
    void settingsLieInZooKeeperAsKafkasUsersKnowThemAndOutliveTheBroker() {
        // given
        KafkaClients.get(alter(ONE, set("log.cleaner.backoff.ms", "1234")));
        KafkaClients.get(alter(ALL, set("log.cleaner.backoff.ms", "4321"), set("message.max.bytes", "5000")));

        try (Coordination coordination =
                ZooKeeperCoordination.connect(settings.get("zookeeper.connect"), 60_000, 60_000, Clock.system())) {
            // then
            var own = Coordination.await(coordination.read("/config/brokers/1")).orElseThrow();
            assertThat(new String(own.value(), StandardCharsets.UTF_8))
                    .isEqualTo("{\"version\":1,\"config\":{\"log.cleaner.backoff.ms\":\"1234\"}}");

            // when
            stopBroker();
            startBroker();

            // then
            assertThat(described(ONE).get("log.cleaner.backoff.ms").value()).isEqualTo("1234");
            assertThat(described(ONE).get("message.max.bytes").value()).isEqualTo("5000");

            // when: another tool's work, some of which this broker cannot have
            var ofAll = Coordination.await(coordination.read(Paths.DEFAULT_BROKER_CONFIG))
                    .orElseThrow();
            byte[] document = Document.write(new BrokerOverrides(
                    new TreeMap<>(Map.of("message.max.bytes", "6000", "no.such.setting", "1", "num.partitions", "3"))));
            Coordination.await(
                    coordination.commit(new Write.Update(Paths.DEFAULT_BROKER_CONFIG, document, ofAll.version())));

            // then
            await().atMost(PATIENCE)
                    .until(() -> described(ONE).get("message.max.bytes").value().equals("6000"));
            assertThat(described(ONE).get("num.partitions").value()).isEqualTo("1");
        }
    }
}
