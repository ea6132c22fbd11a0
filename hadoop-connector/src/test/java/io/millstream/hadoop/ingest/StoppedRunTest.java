package io.millstream.hadoop.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that is stopped by hand, as Ctrl-C does. */
final class StoppedRunTest {

    private static final int RECORDS = 2_000;

    @TempDir
    Path folder;

    @Test
    void itSaysSoInOneLineAndTheNextRunGoesOn() throws IOException, InterruptedException {
        Path err = folder.resolve("err");
        Lake lake = new Lake(folder.resolve("lake"));
        try (Lab lab = Lab.start(folder.resolve("lab"))) {
            Clicks.create(lab, "clicks", 2).produce(RECORDS, 2, Trials.SIX);
            List<String> args = List.of(
                    "--topics",
                    "clicks",
                    "--to",
                    lake.folder().toString(),
                    "--job",
                    "j",
                    "--zookeeper",
                    lab.zooKeeper());
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    IngestJob.class.getName()));
            command.addAll(args);

            // when it has begun
            Process ingest = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(err.toFile())
                    .start();
            await().atMost(Duration.ofMinutes(2))
                    .until(() -> new File(lake.folder().toFile(), "_runs").isDirectory() || !ingest.isAlive());
            ingest.destroy(); // SIGTERM, which ends the process as SIGINT does
            int code = ingest.waitFor();

            // then
            assertThat(code).as(Files.readString(err, UTF_8)).isEqualTo(143);
            assertThat(Files.readString(err, UTF_8).lines().filter(line -> line.startsWith("millstream: ")))
                    .containsExactly(
                            "millstream: Stopped before the end; nothing is lost: the next run of this job goes on from here");
            JobRun next = JobRun.of(new Configuration(), connect -> lab.connect(), args.toArray(String[]::new));
            assertThat(next.exit()).as(next.err()).isZero();
            assertThat(lake.values("id")).hasSize(RECORDS).doesNotHaveDuplicates();
        }
    }
}
