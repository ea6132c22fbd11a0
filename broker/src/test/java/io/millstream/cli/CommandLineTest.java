package io.millstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.coordination.EmbeddedZooKeeper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What commands answer that do not come to serve: exit code, one line on standard error, nothing on standard output. */
final class CommandLineTest {

    @TempDir
    Path directory;

    private record Result(int code, String out, String err) {}

    private static Result run(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StringWriter err = new StringWriter();
        int code = Millstream.run(out, new PrintWriter(err, true), args);
        return new Result(code, out.toString(StandardCharsets.UTF_8), err.toString());
    }

    private static void assertOneLine(Result result, int code, String... parts) {
        assertThat(result.code()).isEqualTo(code);
        assertThat(result.out()).isEmpty();
        assertThat(result.err().lines()).singleElement().satisfies(line -> assertThat(line)
                .startsWith("millstream: ")
                .contains(parts)
                .endsWith("."));
    }

    @ParameterizedTest
    @CsvSource({"No space left on device, 1", "Broken pipe, 0"})
    void whatCannotBePrintedIsAFailureIfAnybodyWantedIt(String why, int code) {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                throw new IOException(why);
            }
        };
        StringWriter err = new StringWriter();

        assertThat(Millstream.run(full, new PrintWriter(err, true), "produce", "--help"))
                .isEqualTo(code);

        assertThat(err.toString().lines())
                .hasSize(code)
                .allMatch(line -> line.startsWith("millstream: Cannot write to standard output (" + why + "). "));
    }

    @Test
    void numbersOfASchemaArePrintedAsTheyAre() {
        String schema = "{\"default\":1.00,\"exact\":0.1234567890123456789012345}";

        assertThat(Output.pretty(schema).replaceAll("\\s", "")).isEqualTo(schema);
        assertThat(Output.tree(schema)).hasToString(schema);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "frobnicate", "dev --port", "dev --port x", "dev --frob", "zookeeper", "broker --set a"})
    void badUsageEndsWithTwo(String line) {
        String[] args = line.isEmpty() ? new String[0] : line.split(" ", -1);

        assertOneLine(run(args), 2, "--help");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dev --port 65536",
                "dev --port -1",
                "dev --zookeeper-port 65536",
                "dev --zookeeper-port -1",
                "dev --http-port 65536",
                "dev --http-port -2",
                "zookeeper --data DIR --port 65536",
                "zookeeper --data DIR --port -1"
            })
    void aPortThatCannotBeIsBadUsage(String line) {
        String[] args = line.replace("DIR", directory.toString()).split(" ", -1);

        assertOneLine(run(args), 2, args[args.length - 2], args[args.length - 1], "65535", "--help");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void settingsOfDevAreCheckedBeforeAnythingIsStarted() {
        Path data = directory.resolve("data");

        assertOneLine(
                run("dev", "--zookeeper-port", "0", "--data", data.toString(), "--set", "num.partition=3"),
                1,
                "There is no setting num.partition; did you mean num.partitions?");
        assertThat(data).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--brokers 0 | --brokers 0 is not possible; allowed: 1 to 32",
                "--brokers 33 | --brokers 33 is not possible",
                "--brokers 3 --port 65534 | --port 65534 leaves no room for 3 brokers",
                "--brokers 3 --port 9092 --http-port 9094 | --port 9092 and --http-port 9094 overlap",
                "--brokers 3 --port 2180 | --port 2180 and --zookeeper-port 2181 overlap",
                "--brokers 3 --set broker.id=4 | --set broker.id is not possible with 3 brokers, each has its own"
            })
    void brokersThatCannotBeTogetherAreBadUsage(String options, String objection) {
        assertOneLine(run(("dev " + options).split(" ", -1)), 2, objection, "--help");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "--version", "dev --help", "broker --help", "zookeeper --help", "help dev"})
    void helpAndVersionGoToStandardOutput(String line) {
        Result result = run(line.split(" ", -1));

        assertThat(result.code()).isZero();
        assertThat(result.out()).isNotBlank();
        assertThat(result.err()).isEmpty();
    }

    @Test
    void settingsAreCheckedWithoutStarting() throws IOException {
        // given
        Path file = directory.resolve("broker.properties");
        Files.write(file, List.of("# a comment", "zookeeper.connect=localhost:2181", "log.dirs=" + directory));

        // then
        assertThat(run("broker", "--check", "--config", file.toString())).isEqualTo(new Result(0, "", ""));
        assertOneLine(
                run("broker", "--check", "--config", file.toString(), "--set", "num.partition=3"),
                1,
                "There is no setting num.partition; did you mean num.partitions?");
        assertOneLine(
                run("broker", "--check", "--config", file.toString(), "--set", "num.partitions=0"),
                1,
                "num.partitions=0 is not allowed; allowed: a whole number from 1");
        assertOneLine(run("broker", "--check"), 1, "is missing");
        assertOneLine(run("broker", "--config", directory.resolve("none").toString()), 1, "none", "Check --config.");
    }

    @Test
    void withoutZooKeeperABrokerSaysSo() {
        assertOneLine(
                run(
                        "broker",
                        "--set",
                        "zookeeper.connect=127.0.0.1:1",
                        "--set",
                        "zookeeper.connection.timeout.ms=300",
                        "--set",
                        "listeners=PLAINTEXT://127.0.0.1:0",
                        "--set",
                        "http.port=0",
                        "--set",
                        "log.dirs=" + directory.resolve("data")),
                1,
                "127.0.0.1:1",
                "check zookeeper.connect.");
    }

    @Test
    void aPortThatIsTakenIsNamed() throws IOException {
        try (EmbeddedZooKeeper other = EmbeddedZooKeeper.start(directory.resolve("other"), 0)) {
            String port = Integer.toString(other.port());
            assertOneLine(
                    run(
                            "zookeeper",
                            "--port",
                            port,
                            "--data",
                            directory.resolve("zk").toString()),
                    1,
                    "127.0.0.1:" + port,
                    "Choose another --port");
            assertOneLine(
                    run("dev", "--zookeeper-port", "0", "--http-port", "0", "--port", port),
                    1,
                    "127.0.0.1:" + port,
                    "Choose another port");
        }
    }
}
