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
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Driver and tasks die before and after every ZooKeeper write and every call that changes the target, one after the other, with
 * two topics and records that cannot be decoded. Whatever was done then, nothing shows that is not committed, nothing committed
 * contradicts itself, and one more run leaves each record there exactly once.
 */
final class KillMatrixTest {

    private static final long SIX = Instant.parse("2026-11-22T06:30:00Z").toEpochMilli();
    private static final long SEVEN = Instant.parse("2026-11-22T07:30:00Z").toEpochMilli();
    private static final int PARTITIONS = 2;
    private static final int RECORDS = 8;
    private static final String NOT_AVRO = "not avro, of ";
    private static final Map<TopicPartition, Long> ENDS = Map.of(
            new TopicPartition("clicks", 0), 5L,
            new TopicPartition("clicks", 1), 4L,
            new TopicPartition("views", 0), 5L,
            new TopicPartition("views", 1), 4L);

    @TempDir
    static Path folder;

    private static Lab lab;
    private static Clicks clicks;
    private static Clicks views;
    private static int jobs;

    @BeforeAll
    static void start() throws IOException {
        lab = Lab.start(folder);
        clicks = topic("clicks");
        views = topic("views");
    }

    private static Clicks topic(String name) {
        Clicks made = Clicks.create(lab, name, PARTITIONS);
        made.produce(RECORDS / 2, PARTITIONS, SIX);
        made.produceRaw(new ProducerRecord<>(name, 0, SIX, null, (NOT_AVRO + name).getBytes(StandardCharsets.UTF_8)));
        made.produce(RECORDS / 2, PARTITIONS, SEVEN);
        return made;
    }

    @AfterAll
    static void stop() {
        lab.close();
    }

    /** Every call of an undisturbed run once to die before it and once to die after it. */
    static Stream<Arguments> everyDeath() throws IOException {
        List<Arguments> deaths = new ArrayList<>();
        for (Commit commit : Commit.values()) {
            Mortality undisturbed = Mortality.immortal();
            Attempt attempt = new Attempt(commit);
            JobRun run = attempt.run(undisturbed, lab.connect());
            assertThat(run.exit()).as(run.err()).isZero();
            attempt.ensureEachRecordIsThereOnce();
            List<String> calls = undisturbed.calls();
            assertThat(calls).as("the commit, by its name").contains(commit.call);
            for (String call : commit == Commit.AT_ONCE ? calls : offsetsInChunks(calls)) {
                deaths.add(Arguments.of(commit, Moment.BEFORE, call));
                deaths.add(Arguments.of(commit, Moment.AFTER, call));
            }
        }
        return deaths.stream();
    }

    /** What comes before the commit and after the last offset is the same in both ways. */
    private static List<String> offsetsInChunks(List<String> calls) {
        List<String> chunks = calls.stream()
                .dropWhile(call -> !call.equals(Commit.IN_CHUNKS.call))
                .takeWhile(call -> call.startsWith("Check "))
                .toList();
        assertThat(chunks).as("the commit, and a request for each partition").hasSize(1 + ENDS.size());
        return chunks;
    }

    @ParameterizedTest(name = "{1} {2} ({0})")
    @MethodSource("everyDeath")
    void oneMoreRunLeavesEachRecordOnce(Commit commit, Moment moment, String call) throws IOException {
        Attempt attempt = new Attempt(commit);
        Coordination session = lab.connect();
        Mortality life = new Mortality(call, moment, session::close);

        assertThatThrownBy(() -> attempt.run(life, session)).isInstanceOf(Mortality.Death.class);
        attempt.ensureNothingShowsThatIsNotCommitted();
        JobRun next = attempt.run(Mortality.immortal(), lab.connect());

        assertThat(next.exit()).as(next.err()).isZero();
        attempt.ensureEachRecordIsThereOnce();
    }

    /** How the offsets of a commit are written, and how the request is called that decides. */
    enum Commit {
        AT_ONCE(
                0,
                "Check /ingest/*/fence, Update /ingest/*/run, Update /consumers/*/fence" + offset("clicks", 0)
                        + offset("clicks", 1) + offset("views", 0) + offset("views", 1)),
        IN_CHUNKS(1, "Check /ingest/*/fence, Update /ingest/*/run, Update /consumers/*/fence");

        private final int maxBytes;
        private final String call;

        Commit(int maxBytes, String call) {
            this.maxBytes = maxBytes;
            this.call = call;
        }

        private static String offset(String topic, int partition) {
            return ", Create /consumers/*/offsets/" + topic + "/" + partition + ", Create /consumers/*/offset_meta/"
                    + topic + "/" + partition;
        }
    }

    /** A job with a target of its own. */
    private static final class Attempt {

        private final String job = "job" + jobs++;
        private final Lake lake = new Lake(folder.resolve("lakes").resolve(job));
        private final Commit commit;

        private Attempt(Commit commit) {
            this.commit = commit;
        }

        private JobRun run(Mortality life, Coordination session) {
            Configuration conf = new Configuration();
            conf.set("hadoop.tmp.dir", folder.resolve("hadoop").toString());
            conf.set("mapreduce.client.completion.pollinterval", "10");
            conf.set("mapreduce.local.map.tasks.maximum", "1");
            conf.set("millstream.input.split.max", "1");
            conf.set("millstream.ingest.commit.max.bytes", Integer.toString(commit.maxBytes));
            conf.set("millstream.ingest.atomic.rename.schemes", CountedFileSystem.SCHEME);
            QuickLocalFileSystem.register(conf);
            CountedFileSystem.register(conf);
            CountedFileSystem.live(job, life);
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
                    lab.zooKeeper());
        }

        /** As ZooKeeper has it, whatever lies in the target; the driver is dead. */
        private void ensureNothingShowsThatIsNotCommitted() throws IOException {
            RunRecord record = record();
            boolean decided = record != null && record.state() != RunState.STARTED;
            if (decided && commit == Commit.IN_CHUNKS) {
                assertThat(ENDS.entrySet()).containsAll(committed().entrySet());
            } else {
                assertThat(committed()).isEqualTo(decided ? ENDS : Map.of());
            }
            if (!committed().equals(ENDS)) {
                assertThat(lake.visibleFiles()).isEmpty();
                assertThat(lake.quarantine()).isEmpty();
            }
        }

        private void ensureEachRecordIsThereOnce() throws IOException {
            Set<String> expected = new TreeSet<>(clicks.acknowledged());
            expected.addAll(views.acknowledged());
            assertThat(lake.values("id")).containsExactlyElementsOf(expected);
            assertThat(lake.quarantine()).containsExactly(NOT_AVRO + "clicks", NOT_AVRO + "views");
            assertThat(committed()).isEqualTo(ENDS);
            assertThat(record().state()).isEqualTo(RunState.PUBLISHED);
            assertThat(lake.files())
                    .as("files, of which none is left that somebody has to clear away")
                    .allMatch(file -> file.matches("(clicks|views)/.*\\.parquet|_quarantine/.*\\.parquet|_claims/.*"
                            + "|_runs/[^/]+/(plan|manifest)\\.json"));
        }

        private RunRecord record() {
            String path = Paths.ingestJob(job) + "/run";
            return Coordination.await(lab.coordination().read(path))
                    .map(found -> Document.read(found.value(), RunRecord.class, path))
                    .orElse(null);
        }

        private Map<TopicPartition, Long> committed() {
            GroupOffsets offsets = Coordination.await(GroupOffsets.read(lab.coordination(), job, ENDS.keySet()));
            Map<TopicPartition, Long> found = new TreeMap<>();
            for (TopicPartition partition : ENDS.keySet()) {
                offsets.offset(partition).ifPresent(offset -> found.put(partition, offset.offset()));
            }
            return found;
        }
    }
}
