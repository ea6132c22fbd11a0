package io.millstream.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.clients.suite.Stock;
import io.millstream.fixture.BrokerProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kafkajs, unmodified, against a broker in another process; {@code suite.js} is what it does. */
final class KafkaJsTest {

    private static final Path MODULES = Path.of("target", "kafkajs", "node_modules");
    private static final Path SCRIPT = Path.of("src", "test", "resources", "clients", "kafkajs", "suite.js");

    @TempDir
    Path directory;

    @Test
    void producesAndAdministers() {
        Program node = Program.onPath("node", "Debian's package nodejs");
        if (!Files.isDirectory(MODULES.resolve("kafkajs"))) {
            throw Program.missing(MODULES + "/kafkajs", "CONTRIBUTING.md says how it is installed");
        }
        try (BrokerProcess broker = BrokerProcess.dev(directory)) {
            // when
            String output = node.with("NODE_PATH", MODULES.toAbsolutePath().toString())
                    .run(SCRIPT.toString(), broker.bootstrap());

            // then
            assertThat(output).endsWith("done\n");
            Stock stock = new Stock(new Target(broker.bootstrap(), "any"));
            for (String codec : List.of("None", "GZIP", "Snappy")) {
                assertThat(stock.read("kafkajs-codec-" + codec))
                        .extracting(ConsumerRecord::value)
                        .containsExactly(numbered("compress me, compress me"));
            }
            for (String acks : List.of("0", "1", "-1")) {
                assertThat(stock.read("kafkajs-acks-" + acks))
                        .extracting(ConsumerRecord::value)
                        .containsExactly(numbered("acknowledged"));
            }
            assertParts(stock.read("kafkajs-parts"));
            assertThat(stock.read("kafkajs-too-large")).isEmpty();
        }
    }

    private static String[] numbered(String text) {
        return IntStream.range(0, 200).mapToObj(i -> text + " " + i).toArray(String[]::new);
    }

    private static void assertParts(List<ConsumerRecord<String, String>> parts) {
        assertThat(parts).extracting(ConsumerRecord::key).containsExactly("key", null, "no value");
        assertThat(parts).extracting(ConsumerRecord::value).containsExactly("value", "no key", null);
        assertThat(parts.get(0).timestamp()).isEqualTo(1_700_000_000_000L);
        Header[] headers = parts.get(0).headers().toArray();
        assertThat(headers).extracting(Header::key).containsExactly("one", "twice", "twice");
        assertThat(headers)
                .extracting(header -> new String(header.value(), StandardCharsets.UTF_8))
                .containsExactly("1", "a", "b");
    }
}
