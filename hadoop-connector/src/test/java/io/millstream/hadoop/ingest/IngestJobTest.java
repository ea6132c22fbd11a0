package io.millstream.hadoop.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.hadoop.ingest.storage.QuickLocalFileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class IngestJobTest {

    private static final long SIX = Instant.parse("2026-11-22T06:30:00Z").toEpochMilli();
    private static final long SEVEN = Instant.parse("2026-11-22T07:30:00Z").toEpochMilli();

    @TempDir
    static Path folder;

    private static Lab lab;

    @BeforeAll
    static void start() throws IOException {
        lab = Lab.start(folder);
    }

    @AfterAll
    static void stop() {
        lab.close();
    }

    @Test
    void aSecondRunHasOnlyWhatCameInBetween() throws IOException {
        Clicks clicks = Clicks.create(lab, "twice", 3);
        Lake lake = lake("twice");
        clicks.produce(30, 3, SIX);

        JobRun first = run("twice", lake, "--topics", "twice");
        List<String> firstFiles = lake.visibleFiles();
        clicks.produce(9, 3, SEVEN);
        JobRun second = run("twice", lake, "--topics", "twice");
        JobRun third = run("twice", lake, "--topics", "twice");

        assertThat(first.exit()).as(first.err()).isZero();
        assertThat(second.exit()).as(second.err()).isZero();
        assertThat(third.exit()).as(third.err()).isZero();
        assertThat(third.out()).contains("nothing to do");
        assertThat(lake.visibleFiles()).containsAll(firstFiles);
        assertThat(lake.values("id")).containsExactlyElementsOf(clicks.acknowledged());
        List<String> newFiles = new ArrayList<>(lake.visibleFiles());
        newFiles.removeAll(firstFiles);
        assertThat(newFiles).isNotEmpty().allMatch(file -> file.startsWith("twice/dt=2026-11-22/hour=07/twice-"));
    }

    @Test
    void aJobThatMetAnothersTopicsMayGoElsewhere() throws IOException {
        Clicks clicks = Clicks.create(lab, "claimed", 1);
        clicks.produce(3, 1, SIX);
        Lake theirs = lake("theirs");
        assertThat(run("theirs", theirs, "--topics", "claimed").exit()).isZero();

        JobRun refused = run("ours", theirs, "--topics", "claimed");
        JobRun elsewhere = run("ours", lake("ours"), "--topics", "claimed");

        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.err()).contains("belongs to job theirs", "Choose another --to");
        assertThat(elsewhere.exit()).as(elsewhere.err()).isZero();
        assertThat(lake("ours").values("id")).containsExactlyElementsOf(clicks.acknowledged());
    }

    @Test
    void whatKeepsHadoopFromTakingTheJobIsSaid() {
        Clicks clicks = Clicks.create(lab, "unplanned", 1);
        clicks.produce(3, 1, SIX);
        Lake lake = lake("unplanned");

        JobRun failed = run("unplanned", lake, "--topics", "unplanned", "-D", "millstream.input.offsets.file=/nowhere");
        JobRun next = run("unplanned", lake, "--topics", "unplanned");

        assertThat(failed.exit()).isEqualTo(1);
        assertThat(failed.err()).contains("millstream.input.offsets.file").doesNotContain("IllegalState");
        assertThat(next.exit()).as(next.err()).isZero();
    }

    private static Lake lake(String name) {
        return new Lake(folder.resolve("lakes").resolve(name));
    }

    private static JobRun run(String job, Lake lake, String... further) {
        List<String> args = new ArrayList<>(
                List.of("ingest", "--job", job, "--to", lake.folder().toString(), "--zookeeper", lab.zooKeeper()));
        args.addAll(List.of(further));
        return JobRun.of(conf(), connect -> lab.connect(), args.toArray(String[]::new));
    }

    private static Configuration conf() {
        Configuration conf = new Configuration();
        conf.set("hadoop.tmp.dir", folder.resolve("hadoop").toString());
        conf.set("mapreduce.client.completion.pollinterval", "10");
        QuickLocalFileSystem.register(conf);
        return conf;
    }
}
