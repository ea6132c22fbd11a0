package io.millstream.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.fixture.BrokerProcess;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka's own command-line tools, each in a process of its own, against a broker in another. */
final class KafkaToolsTest {

    private static final Path JARS = Path.of("target", "kafka-tools");

    private static final Program TOPICS = tool("org.apache.kafka.tools.TopicCommand");
    private static final Program PRODUCER = tool("kafka.tools.ConsoleProducer");
    private static final Program CONSUMER = tool("org.apache.kafka.tools.consumer.ConsoleConsumer");
    private static final Program OFFSETS = tool("org.apache.kafka.tools.GetOffsetShell");
    private static final Program PERFORMANCE = tool("org.apache.kafka.tools.ProducerPerformance");
    private static final Program GROUPS = tool("org.apache.kafka.tools.consumer.group.ConsumerGroupCommand");
    private static final Program CONFIGS = tool("kafka.admin.ConfigCommand");
    private static final Program VERSIONS = tool("kafka.admin.BrokerApiVersionsCommand");

    @TempDir
    static Path directory;

    private static BrokerProcess broker;

    @BeforeAll
    static void start() {
        broker = BrokerProcess.dev(directory, "--set", "group.initial.rebalance.delay.ms=0");
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static Program tool(String mainClass) {
        return Program.tool(JARS, mainClass);
    }

    /** The arguments that all take, and more. */
    private static String[] at(String... more) {
        String[] all = new String[more.length + 2];
        all[0] = "--bootstrap-server";
        all[1] = broker.bootstrap();
        System.arraycopy(more, 0, all, 2, more.length);
        return all;
    }

    /** As {@link #at}, for the tool that gives up after 5 s otherwise, which a busy machine may need to start it. */
    private static String[] patiently(String... more) {
        String[] all = Arrays.copyOf(at(more), more.length + 4);
        all[more.length + 2] = "--timeout";
        all[more.length + 3] = "60000";
        return all;
    }

    private static void create(String topic, String... more) {
        String[] asked = new String[more.length + 3];
        asked[0] = "--create";
        asked[1] = "--topic";
        asked[2] = topic;
        System.arraycopy(more, 0, asked, 3, more.length);
        assertThat(TOPICS.run(at(asked))).isEqualTo("Created topic " + topic + ".\n");
    }

    @Test
    void topicsAreCreatedListedDescribedAndDeleted() {
        create("listed", "--partitions", "2", "--replication-factor", "1", "--config", "retention.ms=86400000");

        assertThat(TOPICS.run(at("--list")).lines()).contains("listed");
        assertThat(TOPICS.run(at("--describe", "--topic", "listed")))
                .contains("PartitionCount: 2\tReplicationFactor: 1\tConfigs: retention.ms=86400000")
                .contains("Partition: 1\tLeader: 1\tReplicas: 1\tIsr: 1");
        Program.Ended again = TOPICS.end("", at("--create", "--topic", "listed"));
        assertThat(again.code()).isEqualTo(1);
        assertThat(again.output()).contains("Topic 'listed' already exists.");
        assertThat(CONFIGS.run(at("--describe", "--entity-type", "topics", "--entity-name", "listed")))
                .contains("retention.ms=86400000 sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:retention.ms=86400000");
        TOPICS.run(at("--delete", "--topic", "listed"));
        assertThat(TOPICS.run(at("--list")).lines()).doesNotContain("listed");
    }

    @Test
    void whatTheConsoleProducerSendsTheConsoleConsumerShows() {
        create("spoken"); // with the broker's numbers of partitions and replicas

        PRODUCER.feed(
                "a=1\tk1:v1\na=2\tk2:v2\n",
                at(
                        "--topic",
                        "spoken",
                        "--compression-codec",
                        "zstd",
                        "--property",
                        "parse.headers=true",
                        "--property",
                        "headers.key.separator==",
                        "--property",
                        "parse.key=true",
                        "--property",
                        "key.separator=:"));

        assertThat(CONSUMER.run(at(
                        "--topic",
                        "spoken",
                        "--partition",
                        "0",
                        "--offset",
                        "earliest",
                        "--max-messages",
                        "2",
                        "--property",
                        "print.key=true",
                        "--property",
                        "print.headers=true",
                        "--property",
                        "print.offset=true")))
                .isEqualTo("Offset:0\ta:1\tk1\tv1\nOffset:1\ta:2\tk2\tv2\n");
    }

    @Test
    void groupsAreListedDescribedResetAndDeleted() {
        create("grouped");
        PRODUCER.feed("one\ntwo\nthree\n", at("--topic", "grouped"));
        assertThat(consumeAsGroup(3)).isEqualTo("one\ntwo\nthree\n");

        assertThat(GROUPS.run(patiently("--list")).lines()).contains("readers");
        assertThat(GROUPS.run(patiently("--describe", "--group", "readers")))
                .containsPattern("readers +grouped +0 +3 +3 +0 +- +- +-");
        assertThat(GROUPS.run(patiently("--describe", "--group", "readers", "--state")))
                .containsPattern("readers +127.0.0.1:[0-9]+ +\\(1\\) .*Empty +0");
        assertThat(GROUPS.run(patiently(
                        "--reset-offsets",
                        "--group",
                        "readers",
                        "--topic",
                        "grouped",
                        "--to-offset",
                        "1",
                        "--execute")))
                .containsPattern("readers +grouped +0 +1");
        assertThat(consumeAsGroup(2)).isEqualTo("two\nthree\n");

        assertThat(GROUPS.run(patiently("--delete", "--group", "readers"))).contains("('readers') was successful");
        assertThat(GROUPS.run(patiently("--list")).lines()).doesNotContain("readers");
        assertThat(GROUPS.end("", patiently("--delete", "--group", "readers")).toString())
                .contains("GroupIdNotFoundException");
    }

    private static String consumeAsGroup(int records) {
        return CONSUMER.run(at(
                "--topic",
                "grouped",
                "--group",
                "readers",
                "--from-beginning",
                "--max-messages",
                Integer.toString(records)));
    }

    @Test
    void offsetsOfWhatTheBenchmarkSentAreShown() {
        create("measured", "--partitions", "2");

        assertThat(PERFORMANCE.run(
                        "--topic",
                        "measured",
                        "--num-records",
                        "5000",
                        "--record-size",
                        "100",
                        "--throughput",
                        "-1",
                        "--producer-props",
                        "bootstrap.servers=" + broker.bootstrap()))
                .contains("5000 records sent");

        long ends = OFFSETS.run(at("--topic", "measured"))
                .lines()
                .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(':') + 1)))
                .sum();
        assertThat(ends).isEqualTo(5_000);
        assertThat(OFFSETS.run(at("--topic", "measured", "--time", "earliest")))
                .isEqualTo("measured:0:0\nmeasured:1:0\n");
    }

    @Test
    void configsOfTheBrokerAndWhatItSpeaksAreShown() {
        assertThat(CONFIGS.run(at("--describe", "--entity-type", "brokers", "--entity-name", "1", "--all")))
                .contains("broker.id=1 ");
        assertThat(VERSIONS.run(at()))
                .startsWith(broker.bootstrap() + " (id: 1 rack: null) -> (")
                .contains("Fetch(1): 4 to 12");
    }

    @Test
    void settingsOfBrokersAreChangedAtRunTime() {
        String[] one = {"--entity-type", "brokers", "--entity-name", "1"};
        assertThat(CONFIGS.run(at(with(one, "--alter", "--add-config", "log.cleaner.backoff.ms=9000"))))
                .contains("Completed updating config for broker 1.");
        assertThat(CONFIGS.run(at(with(
                        new String[] {"--entity-type", "brokers", "--entity-default"},
                        "--alter",
                        "--add-config",
                        "log.retention.ms=86400000,log.cleaner.backoff.ms=8000"))))
                .contains("Completed updating default config for brokers in the cluster.");

        assertThat(CONFIGS.run(at(with(one, "--describe"))))
                .contains("log.cleaner.backoff.ms=9000 sensitive=false synonyms={DYNAMIC_BROKER_CONFIG:"
                        + "log.cleaner.backoff.ms=9000, DYNAMIC_DEFAULT_BROKER_CONFIG:log.cleaner.backoff.ms=8000, "
                        + "DEFAULT_CONFIG:log.cleaner.backoff.ms=15000}")
                .doesNotContain("broker.id");
        assertThat(CONFIGS.run(at("--describe", "--entity-type", "brokers", "--entity-default")))
                .contains("log.retention.ms=86400000 sensitive=false")
                .contains("log.cleaner.backoff.ms=8000 ");
        assertThat(CONFIGS.end("", at(with(one, "--alter", "--add-config", "log.dirs=/elsewhere")))
                        .toString())
                .contains("log.dirs cannot be changed while the broker runs: change its file and restart it");

        CONFIGS.run(at(with(one, "--alter", "--delete-config", "log.cleaner.backoff.ms")));
        assertThat(CONFIGS.run(at(with(one, "--describe")))).doesNotContain("log.cleaner.backoff.ms=9000");
    }

    private static String[] with(String[] first, String... more) {
        String[] all = Arrays.copyOf(first, first.length + more.length);
        System.arraycopy(more, 0, all, first.length, more.length);
        return all;
    }
}
