package io.millstream.hadoop.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.Document;
import io.millstream.coordination.GroupOffsets;
import io.millstream.coordination.Paths;
import io.millstream.core.TopicPartition;
import io.millstream.hadoop.ingest.document.RunRecord;
import io.millstream.hadoop.ingest.document.RunState;
import io.millstream.hadoop.ingest.storage.CountedFileSystem;
import io.millstream.hadoop.ingest.storage.Mortality;
import io.millstream.hadoop.ingest.storage.Mortality.Moment;
import io.millstream.hadoop.ingest.storage.QuickLocalFileSystem;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;

/** A job with a target of its own, whose drivers are disturbed. */
final class Trial {

    private final Trials trials;
    private final String job;
    private final Lake lake;
    private final Commit commit;

    Trial(Trials trials, String job, Commit commit) {
        this.trials = trials;
        this.job = job;
        this.lake = new Lake(trials.folder().resolve("lakes").resolve(job));
        this.commit = commit;
    }

    String job() {
        return job;
    }

    /** Runs to the end and tells the calls that changed something. */
    List<String> runUndisturbed() {
        Mortality life = Mortality.immortal();
        JobRun run = run(life, trials.lab().connect());
        assertThat(run.exit()).as(run.err()).isZero();
        return life.calls();
    }

    /** Runs until the chosen call. */
    void runAndDieAt(String call, Moment moment) {
        Coordination session = trials.lab().connect();
        Mortality life = Mortality.dyingAt(call, moment, session::close);
        assertThatThrownBy(() -> run(life, session), "dying %s %s", moment, call)
                .isInstanceOf(Mortality.Death.class);
    }

    /** A driver of this job with this life. */
    JobRun run(Mortality life, Coordination session) {
        Configuration conf = new Configuration(trials.conf());
        conf.set("hadoop.tmp.dir", trials.folder().resolve("hadoop").toString());
        conf.set("mapreduce.client.completion.pollinterval", "5");
        conf.set("mapreduce.local.map.tasks.maximum", "1");
        conf.set("millstream.input.split.max", "1");
        conf.set("millstream.ingest.commit.max.bytes", Integer.toString(commit.maxBytes()));
        conf.set("millstream.ingest.atomic.rename.schemes", CountedFileSystem.SCHEME);
        QuickLocalFileSystem.register(conf);
        CountedFileSystem.live(conf, life);
        return JobRun.of(
                conf,
                connect -> new CountedCoordination(session, life),
                "ingest",
                "--topics",
                "clicks,vi.*",
                "--to",
                CountedFileSystem.SCHEME + "://" + job + lake.folder(),
                "--job",
                job,
                "--zookeeper",
                trials.lab().zooKeeper());
    }

    /** As ZooKeeper has it, whatever lies in the target; the driver of this job's first run is dead. */
    void ensureNothingShowsThatIsNotCommitted() throws IOException {
        RunRecord record = record();
        Map<TopicPartition, Long> committed = committed();
        boolean decided = record != null && record.state() != RunState.STARTED;
        if (decided && commit == Commit.IN_CHUNKS) {
            assertThat(trials.ends().entrySet()).containsAll(committed.entrySet());
        } else {
            assertThat(committed).isEqualTo(decided ? trials.ends() : Map.of());
        }
        if (!committed.equals(trials.ends())) {
            assertThat(lake.visibleFiles()).isEmpty();
            assertThat(lake.quarantine()).isEmpty();
        }
    }

    void ensureEachRecordIsThereOnce() throws IOException {
        assertThat(lake.values("id")).containsExactlyElementsOf(trials.records());
        assertThat(lake.quarantine()).containsExactlyElementsOf(trials.setAside());
        assertThat(committed()).isEqualTo(trials.ends());
        assertThat(record().state()).isEqualTo(RunState.PUBLISHED);
        assertThat(lake.files())
                .as("files, of which none is left that somebody has to clear away")
                .allMatch(file -> file.matches("(clicks|views)/.*\\.parquet|_quarantine/.*\\.parquet|_claims/.*"
                        + "|_runs/[^/]+/(plan|manifest)\\.json"));
    }

    private RunRecord record() {
        String path = Paths.ingestJob(job) + "/run";
        return Coordination.await(trials.lab().coordination().read(path))
                .map(found -> Document.read(found.value(), RunRecord.class, path))
                .orElse(null);
    }

    private Map<TopicPartition, Long> committed() {
        GroupOffsets offsets = Coordination.await(GroupOffsets.read(
                trials.lab().coordination(), job, trials.ends().keySet()));
        Map<TopicPartition, Long> found = new TreeMap<>();
        for (TopicPartition partition : trials.ends().keySet()) {
            offsets.offset(partition).ifPresent(offset -> found.put(partition, offset.offset()));
        }
        return found;
    }
}
