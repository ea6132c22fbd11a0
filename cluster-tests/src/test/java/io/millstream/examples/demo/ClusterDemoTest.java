package io.millstream.examples.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.cluster.Hadoop;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The demo as {@code demo --cluster} plays it, with fewer clicks and on the cluster of the other tests. */
final class ClusterDemoTest {

    @TempDir
    Path folder;

    /** Each build runs it from the command line, too, with all its records: once is enough there. */
    @Test
    @EnabledIfSystemProperty(named = "nemesis.all", matches = "true")
    void theWholeStoryAgreesOnHdfsAndYarn() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Hadoop hadoop = Hadoop.shared();
        Path jar = hadoop.jarOfIngest();
        Path data = folder.resolve("data");
        String[] args = {"--cluster", "--data", data.toString()};

        int exit = Demo.run(
                args,
                directory -> ClusterPlace.on(hadoop.cluster(), jar, directory),
                new Demo.Size(1_400, 200),
                new PrintStream(out, true, UTF_8),
                new PrintStream(err, true, UTF_8));

        assertThat(exit).as(out.toString(UTF_8) + err.toString(UTF_8)).isZero();
        assertThat(out.toString(UTF_8).lines().map(line -> line.strip().replaceAll(" +", " ")))
                .filteredOn(line -> line.endsWith(" 1,600 1,600 1,600 ok"))
                .as("three hours")
                .hasSize(3);
        assertThat(out.toString(UTF_8))
                .contains("HDFS at hdfs://", "--to hdfs://", "Produced = rows = offsets")
                .doesNotContain("MISMATCH");
    }
}
