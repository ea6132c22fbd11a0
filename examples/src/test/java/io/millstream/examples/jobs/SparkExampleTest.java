package io.millstream.examples.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.Broker;
import io.millstream.broker.config.BrokerConfig;
import io.millstream.coordination.EmbeddedZooKeeper;
import io.millstream.hadoop.input.TopicInputFormat;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.apache.hadoop.conf.Configuration;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example for Spark, in a process of its own, in local mode. Builds with {@code -Pall-clients} fetch Spark. */
final class SparkExampleTest {

    private static final Path SPARK = Path.of("..", "broker", "clients", "spark", "target", "jars");
    private static final Path EXAMPLE = Path.of("src", "spark", "ClicksPerUser.java");

    /** What Millstream needs and Spark has too old, or not at all; the rest is Spark's. */
    private static final Pattern OURS =
            Pattern.compile(".*(millstream-[^/]*\\.jar|/(client|schemas|hadoop-connector)/target/classes|/"
                    + "(netty|curator|zookeeper)-[^/]*\\.jar)");

    private static final long PATIENCE_SECONDS = 300;

    @TempDir
    private Path folder;

    @BeforeEach
    void needSpark() {
        boolean there = Files.isDirectory(SPARK);
        assertThat(there || !Boolean.getBoolean("millstream.clients.required"))
                .as("Spark, which -Pall-clients fetches, is there")
                .isTrue();
        Assumptions.assumeTrue(there, "Skipped: Spark is missing: -Pall-clients fetches it");
    }

    @Test
    void what_is_new_is_read_and_committed_when_it_is_written() throws Exception {
        try (EmbeddedZooKeeper zooKeeper = EmbeddedZooKeeper.start(folder.resolve("zookeeper"), 0);
                Broker broker = Broker.start(BrokerConfig.of(Map.of(
                        "broker.id", "1",
                        "listeners", "PLAINTEXT://127.0.0.1:0",
                        "zookeeper.connect", zooKeeper.connectString(),
                        "log.dirs", folder.resolve("log").toString(),
                        "http.port", "-1")))) {
            String bootstrap = broker.endpoint().toString();
            compile();
            send(bootstrap, "ann /a", "bob /a", "ann /b", "nothing", "ann /a");

            assertThat(run(bootstrap, zooKeeper.connectString())).contains("clicks without a URL: 1");
            send(bootstrap, "bob /c");

            assertThat(written()).containsExactly("ann\t3", "bob\t1");
            Configuration next = new Configuration();
            TopicInputFormat.setBootstrap(next, bootstrap);
            TopicInputFormat.setTopics(next, "clicks");
            TopicInputFormat.setGroup(next, "clicks-per-user", zooKeeper.connectString());
            assertThat(TopicInputFormat.plan(next)).singleElement().satisfies(split -> assertThat(split.offsets())
                    .isEqualTo(1));
        }
    }

    private static void send(String bootstrap, String... clicks) throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap), new StringSerializer(), new StringSerializer())) {
            for (String click : clicks) {
                producer.send(new ProducerRecord<>("clicks", click)).get();
            }
        }
    }

    private void compile() throws IOException {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        String[] arguments = {"-proc:none", "-d", folder.toString(), "-cp", classPath(), EXAMPLE.toString()};
        int failed = ToolProvider.getSystemJavaCompiler().run(null, said, said, arguments);
        assertThat(failed).as(() -> said.toString(StandardCharsets.UTF_8)).isZero();
    }

    private String run(String bootstrap, String zooKeeper) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        // What Spark's own launcher opens for a Java with modules, as far as this needs it.
        Stream.of("java.lang", "java.lang.invoke", "java.net", "java.nio", "java.util", "sun.nio.ch")
                .forEach(opened -> command.add("--add-opens=java.base/" + opened + "=ALL-UNNAMED"));
        command.add("-Dspark.ui.enabled=false");
        command.add("-Dspark.local.dir=" + folder.resolve("spark"));
        command.add("-Dspark.log.level=WARN");
        // Not the address of this machine's name, which need not have one.
        command.add("-Dspark.driver.host=127.0.0.1");
        command.add("-Dspark.driver.bindAddress=127.0.0.1");
        command.addAll(
                List.of("-cp", folder + File.pathSeparator + classPath(), "ClicksPerUser", bootstrap, zooKeeper));
        command.add(folder.resolve("out").toUri().toString());
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .as(() -> "it ends; until now: " + text(output))
                    .isTrue();
            assertThat(process.exitValue()).as(() -> text(output)).isZero();
            return text(output);
        } finally {
            process.destroyForcibly();
        }
    }

    private static String classPath() throws IOException {
        Stream<String> ours = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> OURS.matcher(entry).matches());
        try (Stream<Path> jars = Files.list(SPARK)) {
            return Stream.concat(ours, jars.map(Path::toString)).collect(Collectors.joining(File.pathSeparator));
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> written() throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder.resolve("out"))) {
            for (Path file : files.filter(each -> each.getFileName().toString().startsWith("part-"))
                    .toList()) {
                lines.addAll(Files.readAllLines(file));
            }
        }
        lines.sort(null);
        return lines;
    }
}
