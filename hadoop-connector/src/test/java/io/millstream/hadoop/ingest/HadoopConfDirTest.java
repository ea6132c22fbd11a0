package io.millstream.hadoop.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In a process of its own, because Hadoop reads the files of its class path once for all. */
final class HadoopConfDirTest {

    @TempDir
    Path folder;

    @Test
    void theClusterOfTheConfigurationIsTheOneToRunOn() throws IOException, InterruptedException {
        Path confDir = Files.createDirectories(folder.resolve("conf"));
        Files.writeString(
                confDir.resolve("mapred-site.xml"),
                "<configuration><property><name>mapreduce.framework.name</name><value>yarn</value></property>"
                        + "</configuration>");
        Path err = folder.resolve("err");
        try (Lab lab = Lab.start(folder.resolve("lab"))) {
            Process ingest = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            confDir + File.pathSeparator + System.getProperty("java.class.path"),
                            IngestJob.class.getName(),
                            "--topics",
                            "clicks",
                            "--to",
                            folder.resolve("lake").toUri().toString(),
                            "--job",
                            "on-a-cluster",
                            "--zookeeper",
                            lab.zooKeeper())
                    .redirectErrorStream(true)
                    .redirectOutput(err.toFile())
                    .start();
            assertThat(ingest.waitFor()).as(Files.readString(err, UTF_8)).isEqualTo(2);
        }
        assertThat(Files.readString(err, UTF_8))
                .contains("The job would run on yarn", "-D mapreduce.job.jar=JAR")
                .doesNotContain("runs in this process");
    }
}
