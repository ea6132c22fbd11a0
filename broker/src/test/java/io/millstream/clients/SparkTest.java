package io.millstream.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.fixture.BrokerProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Spark 3.5, unmodified, in a process of its own, against a broker in another; {@code Batch.java} is what it does. */
final class SparkTest {

    private static final Path JARS = Path.of("clients", "spark", "target", "jars");
    private static final Path SOURCE = Path.of("src", "test", "resources", "clients", "spark", "Batch.java");
    private static final int RECORDS = 40;
    private static final long FIRST_TIMESTAMP = 1_700_000_000_000L;

    @TempDir
    Path directory;

    @Test
    void readsAndWritesInBatches() {
        if (!Files.isDirectory(JARS)) {
            throw Program.missing("Spark", "-Pall-clients fetches it");
        }
        try (BrokerProcess broker = BrokerProcess.dev(directory.resolve("data"));
                Bystander bystander = new Bystander(broker.bootstrap())) {
            // given
            bystander.create("events", 2);
            bystander.create("copies", 1);
            bystander.send(events());

            // when
            List<String> output = spark().run(
                            broker.bootstrap(), directory.toString(), Long.toString(FIRST_TIMESTAMP + RECORDS / 2))
                    .lines()
                    .toList();

            // then
            List<String> all = events().stream().map(SparkTest::shown).sorted().toList();
            assertThat(shown(output, "all")).isEqualTo(all);
            assertThat(shown(output, "split")).isEqualTo(all);
            assertThat(shown(output, "grouped")).isEqualTo(all);
            assertThat(shown(output, "between"))
                    .isEqualTo(all.stream()
                            .filter(line -> line.startsWith("1 ") || line.startsWith("0 1 ") || line.startsWith("0 2 "))
                            .toList());
            assertThat(shown(output, "since"))
                    .isEqualTo(events().stream()
                            .skip(RECORDS / 2)
                            .map(SparkTest::shown)
                            .sorted()
                            .toList());
            assertThat(bystander.read("copies"))
                    .extracting(ConsumerRecord::value)
                    .containsExactlyInAnyOrderElementsOf(
                            events().stream().map(ProducerRecord::value).toList());
        }
    }

    private static Program spark() {
        List<String> flags = new ArrayList<>(List.of("-Xmx768m", "-Djdk.reflect.useDirectMethodHandle=false"));
        // What Spark's own launcher opens for a Java with modules.
        Stream.of(
                        "java.lang",
                        "java.lang.invoke",
                        "java.lang.reflect",
                        "java.io",
                        "java.net",
                        "java.nio",
                        "java.util",
                        "java.util.concurrent",
                        "java.util.concurrent.atomic",
                        "jdk.internal.ref",
                        "sun.nio.ch",
                        "sun.nio.cs",
                        "sun.security.action",
                        "sun.util.calendar")
                .forEach(opened -> flags.add("--add-opens=java.base/" + opened + "=ALL-UNNAMED"));
        return Program.java(flags, JARS, SOURCE.toString());
    }

    /** In turn for partition 0 and 1, a millisecond apart. */
    private static List<ProducerRecord<String, String>> events() {
        List<ProducerRecord<String, String>> events = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            String key = i % 5 == 0 ? null : "key" + i;
            ProducerRecord<String, String> event =
                    new ProducerRecord<>("events", i % 2, FIRST_TIMESTAMP + i, key, "value" + i);
            event.headers().add("number", Integer.toString(i).getBytes(StandardCharsets.UTF_8));
            events.add(event);
        }
        return events;
    }

    /** As {@code Batch.java} shows it. */
    private static String shown(ProducerRecord<String, String> event) {
        long number = event.timestamp() - FIRST_TIMESTAMP;
        return String.join(
                " ",
                event.partition().toString(),
                Long.toString(number / 2),
                event.key(),
                event.value(),
                event.timestamp().toString(),
                "number",
                Long.toString(number));
    }

    /** What it showed under a name, in order. */
    private static List<String> shown(List<String> output, String name) {
        return output.stream()
                .filter(line -> line.startsWith(name + " "))
                .map(line -> line.substring(name.length() + 1))
                .toList();
    }
}
