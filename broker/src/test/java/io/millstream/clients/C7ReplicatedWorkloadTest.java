package io.millstream.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millstream.clients.VerifiableEvents.Placed;
import io.millstream.coordination.PartitionState;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.fixture.cluster.ProcCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * C7 with three brokers: Kafka's verifiable producer and consumer, and kcat (librdkafka), unmodified, while leaders are
 * killed and others take over.
 */
final class C7ReplicatedWorkloadTest {

    private static final Path JARS = Path.of("target", "kafka-tools");
    private static final Program TOPICS = Program.tool(JARS, "org.apache.kafka.tools.TopicCommand");
    private static final Program PRODUCER = Program.tool(JARS, "org.apache.kafka.tools.VerifiableProducer");
    private static final Program CONSUMER = Program.tool(JARS, "org.apache.kafka.tools.VerifiableConsumer");

    private static final int RECORDS = 300;
    private static final int PARTITIONS = 3;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    static Path directory;

    private static ProcCluster cluster;

    @BeforeAll
    static void start() {
        cluster = ProcCluster.start(
                directory, 3, Map.of("zookeeper.session.timeout.ms", "3000", "group.initial.rebalance.delay.ms", "0"));
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void everyAcknowledgedRecordIsConsumedInItsPlaceAlthoughOneBrokerAfterTheOtherIsKilled() throws IOException {
        create("verified");
        // What a producer does by default, and this tool switches off.
        Path defaults =
                Files.writeString(directory.resolve("producer.properties"), "retries=2147483647\nlinger.ms=5\n");
        try (StartedProgram consumer = CONSUMER.start(
                        directory.resolve("consumer"),
                        at(
                                "--topic",
                                "verified",
                                "--group-id",
                                "verifying",
                                "--reset-policy",
                                "earliest",
                                "--verbose"));
                StartedProgram producer = PRODUCER.start(
                        directory.resolve("producer"),
                        at("--topic", "verified", "--throughput", "150", "--producer.config", defaults.toString()))) {
            awaitMore(producer);

            // when
            for (int id : cluster.ids()) {
                cluster.kill9(id);
                awaitMore(producer);
                cluster.restart(id).join();
                awaitWhole("verified");
            }
            String sent = producer.stop();

            // then
            List<Placed> acknowledged = VerifiableEvents.acknowledged(sent);
            assertThat(VerifiableEvents.has(sent, "producer_send_error")).isFalse();
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> new HashSet<>(VerifiableEvents.consumed(consumer.output())).containsAll(acknowledged));
            // A commit that failed with a broker makes the consumer read again: a record may be there twice, in its
            // place.
            VerifiableEvents.assertSame(new HashSet<>(VerifiableEvents.consumed(consumer.stop())), acknowledged);
        }
    }

    private static void awaitMore(StartedProgram producer) {
        long wanted = VerifiableEvents.acknowledgedCount(producer.output()) + RECORDS;
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(300))
                .until(() -> VerifiableEvents.acknowledgedCount(producer.output()) >= wanted);
    }

    @Test
    void kcatFindsTheNewLeadersAndLosesNothing() {
        Program kcat = Program.onPath("kcat", "Debian's package kcat");
        create("cat");
        List<String> lines = new ArrayList<>();
        for (int id : cluster.ids()) {
            List<String> more = IntStream.range(0, RECORDS)
                    .mapToObj(number -> id + "." + number)
                    .toList();
            lines.addAll(more);

            // when
            cluster.kill9(id);
            kcat.feed(
                    String.join("\n", more) + "\n",
                    "-P",
                    "-b",
                    cluster.bootstrap(),
                    "-t",
                    "cat",
                    "-X",
                    "enable.idempotence=true");
            cluster.restart(id).join();
            awaitWhole("cat");
        }

        // then
        List<String> read = kcat.run(
                        "-C",
                        "-b",
                        cluster.bootstrap(),
                        "-t",
                        "cat",
                        "-o",
                        "beginning",
                        "-e",
                        "-q",
                        "-X",
                        "check.crcs=true")
                .lines()
                .toList();
        VerifiableEvents.assertSame(read, lines);
    }

    private static String[] at(String... more) {
        List<String> all = new ArrayList<>(List.of("--bootstrap-server", cluster.bootstrap()));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private static void create(String topic) {
        TOPICS.run(at(
                "--create",
                "--topic",
                topic,
                "--partitions",
                Integer.toString(PARTITIONS),
                "--replication-factor",
                "3",
                "--config",
                "min.insync.replicas=2"));
    }

    private static void awaitWhole(String topic) {
        await("all replicas in sync").atMost(PATIENCE).until(() -> IntStream.range(0, PARTITIONS)
                .mapToObj(number -> cluster.state(new TopicPartition(new TopicName(topic), number)))
                .allMatch(state ->
                        state.map(PartitionState::isr).orElse(List.of()).size()
                                == cluster.ids().size()));
    }
}
