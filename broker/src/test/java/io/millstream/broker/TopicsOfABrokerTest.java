package io.millstream.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millstream.broker.server.RawClient;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.CreateTopics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The life of topics as Kafka's admin, producer and consumer see it, with one broker for all tests. */
final class TopicsOfABrokerTest {

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
        broker = TestCluster.start(settings, "log.retention.hours", "1");
        admin = KafkaClients.admin(bootstrap());
    }

    @AfterAll
    static void stop() {
        admin.close();
        broker.close();
        cluster.close();
    }

    private static String bootstrap() {
        return broker.endpoint().toString();
    }

    private static void create(String name, int partitions) {
        KafkaClients.get(admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1)))
                .all());
    }

    private static void delete(String name) {
        KafkaClients.get(admin.deleteTopics(List.of(name)).all());
    }

    private static Set<String> logDirectories(String topic) throws IOException {
        try (Stream<Path> entries = Files.list(Path.of(settings.get("log.dirs")))) {
            Set<String> names = new HashSet<>();
            entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> name.startsWith(topic + "-"))
                    .forEach(names::add);
            return names;
        }
    }

    @Test
    void aTopicThatWasCreatedCanBeUsedAtOnceAndIsDescribed() {
        // when
        CreateTopicsResult created = admin.createTopics(
                List.of(new NewTopic("clicks", 3, (short) 1).configs(Map.of("retention.ms", "60000"))));

        // then
        assertThat(KafkaClients.get(created.numPartitions("clicks"))).isEqualTo(3);
        assertThat(KafkaClients.get(created.config("clicks"))
                        .get("retention.ms")
                        .value())
                .isEqualTo("60000");
        KafkaClients.produce(bootstrap(), "clicks", "a", "b");
        assertThat(KafkaClients.consume(bootstrap(), "clicks", 3)).containsExactly("a", "b");
        TopicDescription description = KafkaClients.get(
                        admin.describeTopics(List.of("clicks")).allTopicNames())
                .get("clicks");
        assertThat(description.partitions())
                .hasSize(3)
                .allSatisfy(partition -> assertThat(partition.leader().id()).isEqualTo(1));
    }

    @Test
    void aTopicIsCreatedWhenAProducerFirstAsksForIt() {
        assertThat(KafkaClients.produce(bootstrap(), "on-demand", "x")).containsExactly(0L);

        assertThat(KafkaClients.get(admin.listTopics().names())).contains("on-demand");
    }

    @Test
    void aDeletedTopicTakesItsDataAlongAndOneOfThatNameBeginsEmpty() throws IOException {
        // given
        create("again", 2);
        KafkaClients.produce(bootstrap(), "again", "old 1", "old 2");
        assertThat(logDirectories("again")).hasSize(2);

        // when
        delete("again");

        // then
        await().atMost(Duration.ofSeconds(60))
                .until(() -> logDirectories("again").isEmpty());
        assertThat(KafkaClients.failure(admin.describeTopics(List.of("again")).allTopicNames()))
                .isInstanceOf(UnknownTopicOrPartitionException.class);
        assertThat(KafkaClients.failure(admin.deleteTopics(List.of("again")).all()))
                .isInstanceOf(UnknownTopicOrPartitionException.class);

        // when
        create("again", 1);
        KafkaClients.produce(bootstrap(), "again", "new");

        // then
        assertThat(KafkaClients.consume(bootstrap(), "again", 1)).containsExactly("new");
    }

    @Test
    void aPartitionThatCouldNotBeMadeIsServedOnceItCan() throws IOException {
        // given something in the way
        Path inTheWay = Files.createFile(Path.of(settings.get("log.dirs"), "blocked-0"));
        create("blocked", 1);

        // when
        Files.delete(inTheWay);

        // then
        assertThat(KafkaClients.produce(bootstrap(), "blocked", "x")).containsExactly(0L);
    }

    @Test
    void whatCannotBeCreatedIsRefusedWithKafkasErrors() {
        create("taken_name", 1);

        assertThat(refusal(new NewTopic("taken_name", 1, (short) 1))).isInstanceOf(TopicExistsException.class);
        assertThat(refusal(new NewTopic("taken.name", 1, (short) 1))).isInstanceOf(InvalidTopicException.class);
        assertThat(refusal(new NewTopic("no/path", 1, (short) 1))).isInstanceOf(InvalidTopicException.class);
        assertThat(refusal(new NewTopic("t", 0, (short) 1))).isInstanceOf(InvalidPartitionsException.class);
        assertThat(refusal(new NewTopic("t", 1, (short) 2)))
                .isInstanceOf(InvalidReplicationFactorException.class)
                .hasMessageContaining("2 replicas; 1 brokers live");
        assertThat(refusal(new NewTopic("t", Map.of(0, List.of(1, 2)))))
                .isInstanceOf(InvalidReplicaAssignmentException.class);
        assertThat(refusal(new NewTopic("t", Map.of(0, List.of(7)))))
                .isInstanceOf(InvalidReplicaAssignmentException.class);
        assertThat(refusal(new NewTopic("t", 1, (short) 1).configs(Map.of("cleanup.policy", "shrink"))))
                .isInstanceOf(InvalidConfigurationException.class)
                .hasMessageContaining("allowed: delete, compact");
        assertThat(refusal(new NewTopic("t", 1, (short) 1).configs(Map.of("retention.hours", "1"))))
                .isInstanceOf(InvalidConfigurationException.class)
                .hasMessageContaining("did you mean retention.bytes?");
        assertThat(KafkaClients.get(admin.listTopics().names())).doesNotContain("t");
    }

    private static Throwable refusal(NewTopic topic) {
        return KafkaClients.failure(admin.createTopics(List.of(topic)).all());
    }

    @ParameterizedTest
    @ValueSource(shorts = {2, 3, 4, 5})
    void theBrokersDefaultsMayBeAskedForInEveryVersion(short version) {
        String name = "defaults-" + version;
        CreateTopics.Topic topic =
                new CreateTopics.Topic(name, CreateTopics.DEFAULT, (short) CreateTopics.DEFAULT, List.of(), List.of());

        // when
        CreateTopics.Response answer;
        try (RawClient client = RawClient.connect(broker.endpoint().port())) {
            answer = client.ask(
                    new CreateTopics.Request(List.of(topic), 60_000, false), version, CreateTopics.Response.class);
        }

        // then
        assertThat(answer.topics()).extracting(CreateTopics.Created::error).containsExactly(ErrorCode.NONE);
        assertThat(KafkaClients.get(admin.describeTopics(List.of(name)).allTopicNames())
                        .get(name)
                        .partitions())
                .hasSize(1);
    }

    @Test
    void aCreationThatIsOnlyValidatedSaysWhatWouldBeAndCreatesNothing() {
        // when
        CreateTopicsResult result = admin.createTopics(
                List.of(new NewTopic("maybe", Optional.of(4), Optional.empty())),
                new CreateTopicsOptions().validateOnly(true));

        // then
        assertThat(KafkaClients.get(result.numPartitions("maybe"))).isEqualTo(4);
        assertThat(KafkaClients.get(result.replicationFactor("maybe"))).isEqualTo(1);
        assertThat(KafkaClients.get(admin.listTopics().names())).doesNotContain("maybe");
    }

    @Test
    void settingsAreDescribedWithTheirSources() {
        // given
        KafkaClients.get(admin.createTopics(
                        List.of(new NewTopic("described", 1, (short) 1).configs(Map.of("segment.bytes", "1000000"))))
                .all());
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, "described");
        ConfigResource node = new ConfigResource(ConfigResource.Type.BROKER, "1");

        // when
        Map<ConfigResource, Config> described = KafkaClients.get(admin.describeConfigs(
                        List.of(topic, node),
                        new DescribeConfigsOptions().includeSynonyms(true).includeDocumentation(true))
                .all());

        // then
        ConfigEntry segment = described.get(topic).get("segment.bytes");
        assertThat(segment.value()).isEqualTo("1000000");
        assertThat(segment.source()).isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);
        assertThat(segment.type()).isEqualTo(ConfigEntry.ConfigType.INT);
        assertThat(segment.synonyms()).hasSize(2);
        assertThat(segment.documentation()).isNotBlank();
        ConfigEntry retention = described.get(topic).get("retention.ms");
        assertThat(retention.value()).isEqualTo("3600000");
        assertThat(retention.source()).isEqualTo(ConfigEntry.ConfigSource.STATIC_BROKER_CONFIG);
        assertThat(described.get(topic).get("max.message.bytes").source())
                .isEqualTo(ConfigEntry.ConfigSource.DEFAULT_CONFIG);
        ConfigEntry id = described.get(node).get("broker.id");
        assertThat(id.value()).isEqualTo("1");
        assertThat(id.isReadOnly()).isTrue();
    }

    @Test
    void aTopicOfAThousandPartitionsIsServedWhenItsCreationIsAnswered() throws IOException {
        // when
        CreateTopicsOptions patience = new CreateTopicsOptions().timeoutMs(120_000);
        KafkaClients.get(admin.createTopics(List.of(new NewTopic("wide", 1000, (short) 1)), patience)
                .all());

        // then
        TopicDescription description = KafkaClients.get(
                        admin.describeTopics(List.of("wide")).allTopicNames())
                .get("wide");
        assertThat(description.partitions()).hasSize(1000).allSatisfy(partition -> assertThat(partition.leader())
                .isNotNull());

        // when
        delete("wide");

        // then
        await().atMost(Duration.ofSeconds(60))
                .until(() -> logDirectories("wide").isEmpty());
    }

    @Test
    void theClusterIsDescribed() {
        assertThat(KafkaClients.get(admin.describeCluster().nodes()))
                .singleElement()
                .satisfies(node -> {
                    assertThat(node.id()).isEqualTo(1);
                    assertThat(node.port()).isEqualTo(broker.endpoint().port());
                });
        assertThat(KafkaClients.get(admin.describeCluster().controller()).id()).isEqualTo(1);
        assertThat(KafkaClients.get(admin.describeCluster().clusterId())).hasSize(22);
    }
}
