package io.millstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millstream.fixture.BrokerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code dev --processes}: what a user sees who kills one. */
final class DevProcessesTest {

    private static final Pattern STARTED = Pattern.compile("millstream: (zookeeper|broker \\d): pid (\\d+), .*");
    private static final Pattern AGAIN =
            Pattern.compile("millstream: broker 2 \\(pid \\d+\\) was killed by signal 9\\. Start it again: "
                    + "bin/millstream broker --config (.*)");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    @Test
    void eachServerIsAProcessThatCanBeKilledAndStartedAgainAndAllStopTogether() throws Exception {
        try (BrokerProcess dev = start()) {
            List<ProcessHandle> processes = processes(dev);
            assertThat(processes).hasSize(4).allMatch(ProcessHandle::isAlive);

            // when
            interrupt(processes); // as Ctrl-C does, which is for the one that started them
            processes.get(2).destroyForcibly();

            // then
            await().atMost(PATIENCE).until(() -> AGAIN.matcher(dev.output()).find());
            Matcher again = AGAIN.matcher(dev.output());
            assertThat(again.find()).isTrue();
            try (BrokerProcess second = BrokerProcess.run("broker", "--config", again.group(1))) {
                assertThat(second.bootstrap()).isEqualTo(dev.bootstrap().split(",", -1)[1]);
                assertThat(second.terminate()).isZero();
            }

            assertThat(processes).filteredOn(ProcessHandle::isAlive).hasSize(3);

            // when
            int code = dev.terminate();

            // then
            assertThat(code).as(dev.output()).isZero();
            assertThat(processes).noneMatch(ProcessHandle::isAlive);
            assertThat(dev.output().lines()).hasSize(6); // ready, four processes, one that was killed
        }
    }

    @Test
    void theyDoNotOutliveTheOneThatStartedThem() {
        try (BrokerProcess dev = start()) {
            List<ProcessHandle> processes = processes(dev);

            dev.kill9();

            await().atMost(PATIENCE).until(() -> processes.stream().noneMatch(ProcessHandle::isAlive));
        }
    }

    private static void interrupt(List<ProcessHandle> processes) throws Exception {
        for (ProcessHandle each : processes) {
            assertThat(new ProcessBuilder("kill", "-INT", Long.toString(each.pid()))
                            .start()
                            .waitFor())
                    .isZero();
        }
    }

    private BrokerProcess start() {
        return BrokerProcess.run(
                "dev",
                "--brokers",
                "3",
                "--processes",
                "--data",
                directory.toString(),
                "--port",
                "0",
                "--zookeeper-port",
                "0",
                "--http-port",
                "0");
    }

    /** ZooKeeper's and the brokers', as standard error names them. */
    private static List<ProcessHandle> processes(BrokerProcess dev) {
        await().atMost(PATIENCE)
                .until(() -> STARTED.matcher(dev.output()).results().count() == 4);
        return STARTED.matcher(dev.output())
                .results()
                .map(found -> ProcessHandle.of(Long.parseLong(found.group(2))).orElseThrow())
                .toList();
    }
}
