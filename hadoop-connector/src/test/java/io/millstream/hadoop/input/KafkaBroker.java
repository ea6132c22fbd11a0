package io.millstream.hadoop.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.EmbeddedZooKeeper;
import io.millstream.coordination.ZooKeeperCoordination;
import io.millstream.core.Clock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Apache Kafka 3.9, unmodified, in a process of its own, with a ZooKeeper in this one. Killed in the end. */
final class KafkaBroker implements AutoCloseable {

    private static final Path JARS = Path.of("..", "broker", "clients", "kafka", "target", "jars");
    private static final String REGISTERED = "/brokers/ids/0";
    private static final Pattern PORT = Pattern.compile("\"port\":(\\d+)");

    private final EmbeddedZooKeeper zooKeeper;
    private final Process process;
    private final Path output;
    private final String bootstrap;

    private KafkaBroker(Path folder) throws IOException {
        zooKeeper = EmbeddedZooKeeper.start(folder.resolve("zookeeper"), 0);
        output = folder.resolve("output");
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Dlog4j.configuration=" + logging(folder).toUri(),
                        "-cp",
                        JARS + "/*",
                        "kafka.Kafka",
                        settings(folder).toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try (Coordination connection =
                ZooKeeperCoordination.connect(zooKeeper.connectString(), 10_000, 10_000, Clock.system())) {
            bootstrap = "127.0.0.1:"
                    + await().atMost(Duration.ofSeconds(90)).until(() -> port(connection), port -> port > 0);
        }
    }

    static KafkaBroker start(Path folder) throws IOException {
        assertThat(JARS).as("filled by the build of broker/clients").isDirectory();
        return new KafkaBroker(folder);
    }

    private static Path logging(Path folder) throws IOException {
        return Files.write(
                folder.resolve("log4j.properties"),
                List.of(
                        "log4j.rootLogger=WARN, out",
                        "log4j.appender.out=org.apache.log4j.ConsoleAppender",
                        "log4j.appender.out.layout=org.apache.log4j.SimpleLayout"));
    }

    private Path settings(Path folder) throws IOException {
        return Files.write(
                folder.resolve("server.properties"),
                List.of(
                        "broker.id=0",
                        "listeners=PLAINTEXT://127.0.0.1:0",
                        "zookeeper.connect=" + zooKeeper.connectString(),
                        "log.dirs=" + folder.resolve("log"),
                        "offsets.topic.replication.factor=1"));
    }

    /** What it registers once it listens; 0 until then. */
    private int port(Coordination connection) throws IOException {
        assertThat(process.isAlive()).as(Files.readString(output)).isTrue();
        return Coordination.await(connection.read(REGISTERED))
                .map(raw -> PORT.matcher(new String(raw.value(), StandardCharsets.UTF_8)))
                .filter(Matcher::find)
                .map(found -> Integer.parseInt(found.group(1)))
                .orElse(0);
    }

    String bootstrap() {
        return bootstrap;
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
        zooKeeper.close();
    }
}
