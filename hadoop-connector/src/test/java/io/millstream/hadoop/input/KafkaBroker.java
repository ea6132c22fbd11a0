package io.millstream.hadoop.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.EmbeddedZooKeeper;
import io.millstream.coordination.ZooKeeperCoordination;
import io.millstream.core.Clock;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Apache Kafka 3.9, unmodified, in a process of its own, with a ZooKeeper in this one. Killed in the end, and ends with this
 * process if that is killed.
 */
final class KafkaBroker implements AutoCloseable {

    private static final Path JARS = Path.of("..", "broker", "clients", "kafka", "target", "jars");
    private static final String REGISTERED = "/brokers/ids/0";
    private static final Pattern PORT = Pattern.compile("\"port\":(\\d+)");

    private final EmbeddedZooKeeper zooKeeper;
    private final Process process;
    private final String bootstrap;

    private KafkaBroker(EmbeddedZooKeeper zooKeeper, Process process, String bootstrap) {
        this.zooKeeper = zooKeeper;
        this.process = process;
        this.bootstrap = bootstrap;
    }

    /** Starts both and waits until Kafka serves; leaves nothing behind if it does not come to that. */
    static KafkaBroker start(Path folder) throws IOException {
        assertThat(JARS).as("filled by the build of broker/clients").isDirectory();
        EmbeddedZooKeeper zooKeeper = EmbeddedZooKeeper.start(folder.resolve("zookeeper"), 0);
        try {
            return start(folder, zooKeeper);
        } catch (Throwable failure) { // an assertion's, too
            zooKeeper.close();
            throw failure;
        }
    }

    private static KafkaBroker start(Path folder, EmbeddedZooKeeper zooKeeper) throws IOException {
        Path output = folder.resolve("output");
        Process process = launch(folder, zooKeeper.connectString(), output);
        try (Coordination connection =
                ZooKeeperCoordination.connect(zooKeeper.connectString(), 10_000, 10_000, Clock.system())) {
            int port =
                    await().atMost(Duration.ofSeconds(90)).until(() -> port(connection, process, output), p -> p > 0);
            return new KafkaBroker(zooKeeper, process, "127.0.0.1:" + port);
        } catch (Throwable failure) {
            kill(process);
            throw failure;
        }
    }

    private static Process launch(Path folder, String zooKeeper, Path output) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Dlog4j.configuration=" + logging(folder).toUri(),
                        "-cp",
                        JARS + "/*" + File.pathSeparator + classes(),
                        KafkaMain.class.getName(),
                        settings(folder, zooKeeper).toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    /** Where {@link KafkaMain} is: behind Kafka's jars, which must not see anything else of these. */
    private static Path classes() throws IOException {
        try {
            return Path.of(KafkaMain.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IOException("The folder of the test classes has no path", e);
        }
    }

    private static Path logging(Path folder) throws IOException {
        return Files.write(
                folder.resolve("log4j.properties"),
                List.of(
                        "log4j.rootLogger=WARN, out",
                        "log4j.appender.out=org.apache.log4j.ConsoleAppender",
                        "log4j.appender.out.layout=org.apache.log4j.SimpleLayout"));
    }

    private static Path settings(Path folder, String zooKeeper) throws IOException {
        return Files.write(
                folder.resolve("server.properties"),
                List.of(
                        "broker.id=0",
                        "listeners=PLAINTEXT://127.0.0.1:0",
                        "zookeeper.connect=" + zooKeeper,
                        "log.dirs=" + folder.resolve("log"),
                        "log.retention.ms=-1", // records have the times that a test gives them, of years ago
                        "offsets.topic.replication.factor=1"));
    }

    /** What it registers once it listens; 0 until then. */
    private static int port(Coordination connection, Process process, Path output) throws IOException {
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
        kill(process);
        zooKeeper.close();
    }

    private static void kill(Process process) {
        process.destroyForcibly().onExit().join();
    }
}
