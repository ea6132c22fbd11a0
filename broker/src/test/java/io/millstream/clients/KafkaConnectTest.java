package io.millstream.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millstream.fixture.BrokerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kafka Connect 3.9 standalone, unmodified, in a process of its own, against a broker in another: a file goes into a topic
 * that Connect makes, and the topic into another file.
 */
final class KafkaConnectTest {

    private static final Path JARS = Path.of("clients", "connect", "target", "jars");
    private static final Program CONNECT = Program.java(JARS, "org.apache.kafka.connect.cli.ConnectStandalone");
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    Path directory;

    private BrokerProcess broker;
    private Bystander bystander;
    private Path source;
    private Path sink;
    private final List<String> written = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        broker = BrokerProcess.dev(directory.resolve("data"), "--set", "group.initial.rebalance.delay.ms=0");
        bystander = new Bystander(broker.bootstrap());
        source = directory.resolve("source.txt");
        sink = directory.resolve("sink.txt");
        settings(
                "worker",
                "bootstrap.servers=" + broker.bootstrap(),
                "listeners=http://127.0.0.1:0",
                "plugin.discovery=service_load",
                "offset.storage.file.filename=" + directory.resolve("offsets"),
                "key.converter=org.apache.kafka.connect.storage.StringConverter",
                "value.converter=org.apache.kafka.connect.storage.StringConverter",
                // The sink, if it is quicker, must not make the topic without the source's settings.
                "consumer.allow.auto.create.topics=false");
        settings(
                "source",
                "name=source",
                "connector.class=FileStreamSource",
                "file=" + source,
                "topic=lines",
                "topic.creation.default.partitions=1",
                "topic.creation.default.replication.factor=1",
                "topic.creation.default.retention.ms=86400000");
        settings("sink", "name=sink", "connector.class=FileStreamSink", "file=" + sink, "topics=lines");
    }

    @AfterEach
    void stop() {
        bystander.close();
        broker.close();
    }

    private void settings(String name, String... lines) throws IOException {
        Files.write(file(name), List.of(lines));
    }

    private Path file(String name) {
        return directory.resolve(name + ".properties");
    }

    private StartedProgram connect() {
        return CONNECT.start(
                directory.resolve("output"),
                file("worker").toString(),
                file("source").toString(),
                file("sink").toString());
    }

    private void write(int lines) throws IOException {
        List<String> more = IntStream.range(0, lines)
                .mapToObj(i -> "line " + (written.size() + i))
                .toList();
        Files.write(source, more, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        written.addAll(more);
    }

    private void awaitSink(StartedProgram program) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            String output = program.output();
            assertThat(sink).as(output).exists();
            assertThat(Files.readAllLines(sink)).as(output).isEqualTo(written);
        });
    }

    @Test
    void aFileReachesAnotherThroughATopicOnceEvenWhenStoppedInTheMiddle() throws IOException {
        write(1_000);
        try (StartedProgram first = connect()) {
            awaitSink(first);
            write(1_000);
            awaitSink(first);
            assertThat(first.stop()).contains("Kafka Connect stopped");
        }
        assertThat(bystander.committed("connect-sink", "lines")).isEqualTo(bystander.ends("lines"));

        write(1_000);
        try (StartedProgram second = connect()) {
            awaitSink(second);
            second.stop();
        }

        assertThat(bystander.read("lines")).extracting(ConsumerRecord::value).isEqualTo(written);
        assertThat(bystander.committed("connect-sink", "lines")).isEqualTo(bystander.ends("lines"));
        assertThat(bystander.setting("lines", "retention.ms")).isEqualTo("86400000");
    }
}
