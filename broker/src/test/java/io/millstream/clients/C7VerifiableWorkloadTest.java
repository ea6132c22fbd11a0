package io.millstream.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millstream.clients.VerifiableEvents.Placed;
import io.millstream.fixture.BrokerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * C7: the workload that Kafka's own system tests are made of, its verifiable producer and consumer, unmodified, and kcat
 * (librdkafka) beside them: what was acknowledged is consumed, in its place, and once.
 */
final class C7VerifiableWorkloadTest {

    private static final Path JARS = Path.of("target", "kafka-tools");
    private static final Program TOPICS = Program.tool(JARS, "org.apache.kafka.tools.TopicCommand");
    private static final Program PRODUCER = Program.tool(JARS, "org.apache.kafka.tools.VerifiableProducer");
    private static final Program CONSUMER = Program.tool(JARS, "org.apache.kafka.tools.VerifiableConsumer");

    private static final int RECORDS = 1_200;
    private static final int PARTITIONS = 4;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    Path directory;

    private BrokerProcess broker;

    @BeforeEach
    void start() {
        broker = BrokerProcess.dev(directory.resolve("data"), "--set", "group.initial.rebalance.delay.ms=0");
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    @Test
    void twoConsumersShareATopicAndOneTakesOverWhatTheOtherLeft() {
        create("shared");
        try (StartedProgram first = consume("shared", "first");
                StartedProgram second = consume("shared", "second")) {
            await().atMost(PATIENCE).until(() -> has(first, PARTITIONS / 2) && has(second, PARTITIONS / 2));

            // when
            List<Placed> acknowledged = new ArrayList<>(produce("shared", "1"));
            awaitConsumed(acknowledged, first, second);
            String left = first.stop();
            await().atMost(PATIENCE).until(() -> has(second, PARTITIONS));
            List<Placed> afterwards = produce("shared", "2");
            acknowledged.addAll(afterwards);
            awaitConsumed(afterwards, second);

            // then
            String stayed = second.stop();
            List<Placed> consumed = new ArrayList<>(VerifiableEvents.consumed(left));
            consumed.addAll(VerifiableEvents.consumed(stayed));
            VerifiableEvents.assertSame(consumed, acknowledged);
            for (String printed : List.of(left, stayed)) {
                assertThat(VerifiableEvents.allCommitted(printed)).isTrue();
                assertThat(VerifiableEvents.has(printed, "shutdown_complete")).isTrue();
            }
        }
    }

    /** Whether the consumer's last assignment was of so many partitions. */
    private static boolean has(StartedProgram consumer, int partitions) {
        List<Integer> assigned = VerifiableEvents.assignedPartitions(consumer.output());
        return !assigned.isEmpty() && assigned.get(assigned.size() - 1) == partitions;
    }

    @Test
    void everyAcknowledgedRecordIsConsumedInItsPlaceAlthoughTheBrokerIsKilled() throws IOException {
        create("killed");
        // What a producer does by default, and this tool switches off.
        Path defaults =
                Files.writeString(directory.resolve("producer.properties"), "retries=2147483647\nlinger.ms=5\n");
        try (StartedProgram consumer = consume("killed", "consumer");
                StartedProgram producer = PRODUCER.start(
                        directory.resolve("producer"),
                        at("--topic", "killed", "--throughput", "300", "--producer.config", defaults.toString()))) {
            for (int kill = 1; kill <= 2; kill++) {
                int wanted = kill * RECORDS / 4;
                await().atMost(PATIENCE).until(() -> acknowledgedCount(producer) > wanted);

                // when
                broker.kill9();
                broker.restart();
            }
            await().atMost(PATIENCE).until(() -> acknowledgedCount(producer) > RECORDS);
            String sent = producer.stop();

            // then
            List<Placed> acknowledged = VerifiableEvents.acknowledged(sent);
            assertThat(VerifiableEvents.has(sent, "producer_send_error")).isFalse();
            awaitConsumed(acknowledged, consumer);
            // A commit that failed with the broker makes the consumer read again: a record may be there twice, in its
            // place.
            VerifiableEvents.assertSame(new HashSet<>(VerifiableEvents.consumed(consumer.stop())), acknowledged);
        }
    }

    @Test
    void whatKcatProducesTheVerifiableConsumerGetsAndTheOtherWayRound() {
        Program kcat = Program.onPath("kcat", "Debian's package kcat");
        create("mixed");
        List<String> lines =
                IntStream.range(0, RECORDS).mapToObj(i -> "kcat." + i).toList();
        try (StartedProgram consumer = consume("mixed", "consumer")) {
            // when
            kcat.feed(
                    String.join("\n", lines) + "\n",
                    "-P",
                    "-b",
                    broker.bootstrap(),
                    "-t",
                    "mixed",
                    "-X",
                    "enable.idempotence=true",
                    "-z",
                    "zstd");
            List<Placed> acknowledged = produce("mixed", "1");
            await().atMost(PATIENCE).until(() -> VerifiableEvents.consumedCount(consumer.output()) >= 2 * RECORDS);

            // then
            List<Placed> consumed = VerifiableEvents.consumed(consumer.stop());
            List<String> values = new ArrayList<>(lines);
            acknowledged.forEach(record -> values.add(record.value()));
            VerifiableEvents.assertSame(consumed.stream().map(Placed::value).toList(), values);
            assertThat(new HashSet<>(consumed).containsAll(acknowledged)).isTrue();
            VerifiableEvents.assertSame(kcatReads(kcat, "mixed"), consumed);
        }
    }

    private static long acknowledgedCount(StartedProgram producer) {
        return VerifiableEvents.acknowledgedCount(producer.output());
    }

    private List<Placed> kcatReads(Program kcat, String topic) {
        String printed = kcat.run(
                "-b",
                broker.bootstrap(),
                "-G",
                "kcat",
                "-X",
                "auto.offset.reset=earliest",
                "-e",
                "-q",
                "-f",
                "%p %o %s\n",
                topic);
        return printed.lines()
                .map(line -> line.split(" ", -1))
                .map(words -> new Placed(Integer.parseInt(words[0]), Long.parseLong(words[1]), words[2]))
                .collect(Collectors.toList());
    }

    private String[] at(String... more) {
        List<String> all = new ArrayList<>(List.of("--bootstrap-server", broker.bootstrap()));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private void create(String topic) {
        TOPICS.run(at("--create", "--topic", topic, "--partitions", Integer.toString(PARTITIONS)));
    }

    /** Sends all records to the end; all must be acknowledged. */
    private List<Placed> produce(String topic, String prefix) {
        String printed = PRODUCER.run(at(
                "--topic",
                topic,
                "--max-messages",
                Integer.toString(RECORDS),
                "--acks",
                "-1",
                "--value-prefix",
                prefix));
        List<Placed> acknowledged = VerifiableEvents.acknowledged(printed);
        assertThat(acknowledged).hasSize(RECORDS);
        return acknowledged;
    }

    private StartedProgram consume(String topic, String name) {
        return CONSUMER.start(
                directory.resolve(name),
                at("--topic", topic, "--group-id", "of-" + topic, "--reset-policy", "earliest", "--verbose"));
    }

    private static void awaitConsumed(List<Placed> acknowledged, StartedProgram... consumers) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(500)).until(() -> {
            HashSet<Placed> consumed = new HashSet<>();
            for (StartedProgram consumer : consumers) {
                consumed.addAll(VerifiableEvents.consumed(consumer.output()));
            }
            return consumed.containsAll(acknowledged);
        });
    }
}
