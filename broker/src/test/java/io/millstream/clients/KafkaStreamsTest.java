package io.millstream.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millstream.fixture.BrokerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kafka Streams 3.9, unmodified, in a process of its own, against a broker in another; {@code WordCount.java} is what it
 * does. It makes topics of its own, of which one is compacted, deletes what it has repartitioned, and is a group of two
 * members that rebalances cooperatively.
 */
final class KafkaStreamsTest {

    private static final Path JARS = Path.of("clients", "streams", "target", "jars");
    private static final Path SOURCE = Path.of("src", "test", "resources", "clients", "streams", "WordCount.java");
    private static final Program WORD_COUNT =
            Program.java(List.of("-Xmx256m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"), JARS, SOURCE.toString());
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final String REPARTITIONED = "word-count-words-repartition";
    private static final String CHANGES = "word-count-words-changelog";

    @TempDir
    Path directory;

    private BrokerProcess broker;
    private Bystander bystander;
    private final Map<String, Long> sent = new HashMap<>();

    @BeforeEach
    void start() {
        broker = BrokerProcess.dev(directory.resolve("data"), "--set", "group.initial.rebalance.delay.ms=0");
        bystander = new Bystander(broker.bootstrap());
        bystander.create("lines", 2);
        bystander.create("counts", 1);
    }

    @AfterEach
    void stop() {
        bystander.close();
        broker.close();
    }

    private StartedProgram count(String state) {
        return WORD_COUNT.start(
                directory.resolve("output"),
                broker.bootstrap(),
                directory.resolve(state).toString());
    }

    /** Sends so many lines of five words each, among them words that all share, few do, and none does. */
    private void send(int lines) {
        List<ProducerRecord<String, String>> records = IntStream.range(0, lines)
                .mapToObj(i -> new ProducerRecord<String, String>(
                        "lines", i % 2, null, "the log of word" + i % 7 + " line" + i))
                .toList();
        bystander.send(records);
        for (ProducerRecord<String, String> each : records) {
            for (String word : each.value().split(" ", -1)) {
                sent.merge(word, 1L, Long::sum);
            }
        }
    }

    /** The newest count of each word. */
    private Map<String, Long> counted() {
        Map<String, Long> counts = new HashMap<>();
        for (ConsumerRecord<String, String> change : bystander.read("counts")) {
            counts.put(change.key(), Long.valueOf(change.value()));
        }
        return counts;
    }

    private void awaitCounts(StartedProgram program) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).untilAsserted(() -> {
            String output = program.output();
            assertThat(counted()).as(output).isEqualTo(sent);
        });
    }

    @Test
    void stoppedAndStartedElsewhereItCountsOn() {
        // given
        send(500);
        try (StartedProgram first = count("here")) {
            awaitCounts(first);
            assertThat(first.stop()).contains("closed");
        }
        send(500);

        // when nothing is left of the state but the topic that holds its changes
        try (StartedProgram second = count("there")) {
            // then
            awaitCounts(second);
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(bystander.beginnings(REPARTITIONED))
                    .as("what was counted is deleted")
                    .isEqualTo(bystander.ends(REPARTITIONED)));
            assertThat(second.stop()).contains("closed");
        }
        assertThat(bystander.setting(CHANGES, "cleanup.policy")).isEqualTo("compact");
        assertThat(bystander.committed("word-count", "lines")).isEqualTo(bystander.ends("lines"));
    }

    @Test
    void afterACrashOfBothNothingIsMissing() {
        send(500);
        try (StartedProgram first = count("here")) {
            awaitCounts(first);
            send(2_000);
            await().atMost(PATIENCE).until(() -> counted().get("the") > 500); // in the middle
            broker.kill9();
        }
        broker.restart();
        send(500);

        try (StartedProgram second = count("here")) {
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).untilAsserted(() -> {
                String output = second.output();
                assertThat(counted()).as(output).hasSameSizeAs(sent).allSatisfy((word, count) -> assertThat(count)
                        .as(word)
                        .isGreaterThanOrEqualTo(sent.get(word)));
            });
        }
    }
}
