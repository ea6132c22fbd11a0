package io.millstream.hadoop.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.coordination.Coordination;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong with a command is said before anything is begun: ZooKeeper is not even asked. */
final class BadUsageTest {

    @ParameterizedTest
    @CsvSource({
        "open.files.max,         0,          at least 1",
        "open.files.max,         4294967297, at most 2147483647",
        "open.files.max,         many,       not a whole number",
        "buffer.max.bytes,       -1,         at least 1",
        "buffer.max.bytes,       256m,       not a whole number",
        "file.target.bytes,      0,          at least 1",
        "file.target.bytes,      1e9,        not a whole number",
        "quarantine.max.records, -1,         at least 0",
        "commit.max.bytes,       -1,         at least 0"
    })
    void aNumberThatMakesNoSenseIsNamed(String setting, String value, String why) {
        JobRun run = run("-D", "millstream.ingest." + setting + "=" + value);

        assertThat(run.exit()).as(run.err()).isEqualTo(2);
        assertThat(run.err())
                .contains("millstream.ingest." + setting, value, why, "--help")
                .hasLineCount(1);
    }

    @Test
    void anUnknownSettingIsNamedWithTheNearestOne() {
        JobRun run = run("-D", "millstream.ingest.open.file.max=3");

        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("open.file.max", "did you mean millstream.ingest.open.files.max?");
    }

    @Test
    void versionAndHelpNeedNothingElse() {
        JobRun version = JobRun.of(new Configuration(), BadUsageTest::nobody, "ingest", "--version");
        JobRun help = JobRun.of(new Configuration(), BadUsageTest::nobody, "ingest", "--help");

        assertThat(version.exit()).as(version.err()).isZero();
        assertThat(version.out()).startsWith("Millstream ").hasLineCount(1);
        assertThat(help.exit()).as(help.err()).isZero();
        assertThat(help.out()).contains("Usage: millstream ingest", "--topics");
    }

    private static JobRun run(String... further) {
        List<String> args = new ArrayList<>(
                List.of("ingest", "--topics", "clicks", "--job", "j", "--to", "/lake", "--zookeeper", "nowhere:1"));
        args.addAll(List.of(further));
        return JobRun.of(new Configuration(), BadUsageTest::nobody, args.toArray(String[]::new));
    }

    private static Coordination nobody(String connect) {
        throw new AssertionError("Connected to " + connect);
    }
}
