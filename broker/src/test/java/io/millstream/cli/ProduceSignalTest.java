package io.millstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millstream.fixture.BrokerProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code produce} in a process of its own that is told to stop while it still has input, as {@code tail -f | produce} is. */
@Timeout(120)
final class ProduceSignalTest {

    private static final int LINES = 5_000;
    private static final int SIGTERM_EXIT = 143;

    /** What the pipe and the reader hold of the input, in lines. */
    private static final int ON_THE_WAY = 2 * 64 * 1024 / 100 + 1;

    private static final Pattern STOPPED = Pattern.compile(
            "millstream: Told to stop behind line (\\d+): (\\d+) of (\\d+) records were acknowledged\\.\n");

    @TempDir
    Path directory;

    private static String line(int number) {
        return String.format("%-99d\n", number);
    }

    private static String consumed(BrokerProcess dev) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int code = Millstream.run(
                out, new PrintWriter(System.err, true, UTF_8), "consume", "lines", "-e", "-b", dev.bootstrap());
        return code == 0 ? out.toString(UTF_8) : "";
    }

    private Process produce(BrokerProcess dev, Path errors) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Dlogback.configurationFile=logback.xml",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Millstream.class.getName(),
                        "produce",
                        "lines",
                        "--create",
                        "-b",
                        dev.bootstrap())
                .redirectError(errors.toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    @Test
    void whatWasSentIsAcknowledgedAndCountedBeforeItEnds() throws Exception {
        Path errors = directory.resolve("errors");
        try (BrokerProcess dev = BrokerProcess.dev(directory.resolve("data"), "--set", "num.partitions=1")) {
            Process produce = produce(dev, errors);
            try (OutputStream input = produce.getOutputStream()) {
                // given lines that the broker has not acknowledged
                input.write(line(1).getBytes(UTF_8));
                input.flush();
                await().atMost(Duration.ofSeconds(60)).until(() -> consumed(dev).equals(line(1)));
                dev.signal("-STOP");
                String lines = IntStream.rangeClosed(2, LINES)
                        .mapToObj(ProduceSignalTest::line)
                        .collect(Collectors.joining());
                input.write(lines.getBytes(UTF_8));
                input.flush();

                // when
                assertThat(produce.toHandle().destroy()).isTrue();
                dev.signal("-CONT");

                // then
                assertThat(produce.waitFor(60, TimeUnit.SECONDS)).isTrue();
            } finally {
                produce.destroyForcibly();
            }
            assertThat(produce.exitValue()).isEqualTo(SIGTERM_EXIT);
            String said = Files.readString(errors);
            Matcher stopped = STOPPED.matcher(said);
            assertThat(stopped.matches()).as(said).isTrue();
            int sent = Integer.parseInt(stopped.group(1));
            assertThat(List.of(stopped.group(2), stopped.group(3))).containsOnly(stopped.group(1));
            assertThat(sent).isBetween(LINES - ON_THE_WAY, LINES);
            assertThat(consumed(dev))
                    .isEqualTo(IntStream.rangeClosed(1, sent)
                            .mapToObj(ProduceSignalTest::line)
                            .collect(Collectors.joining()));
        }
    }
}
