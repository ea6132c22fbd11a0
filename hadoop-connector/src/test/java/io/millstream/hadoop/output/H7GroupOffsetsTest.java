package io.millstream.hadoop.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.Document;
import io.millstream.coordination.GroupOffsets;
import io.millstream.coordination.Paths;
import io.millstream.coordination.ProducerIdBlock;
import io.millstream.coordination.Versioned;
import io.millstream.coordination.Write;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.hadoop.ingest.document.DocumentRef;
import io.millstream.hadoop.ingest.document.RunRecord;
import io.millstream.hadoop.ingest.storage.Mortality;
import io.millstream.hadoop.ingest.storage.Mortality.Moment;
import io.millstream.hadoop.input.InputException;
import io.millstream.hadoop.input.OffsetCommitter;
import io.millstream.hadoop.input.PlannedOffsets;
import io.millstream.hadoop.input.TopicInputFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * H7: offsets of what a job has read advance with the decision to publish what it wrote, in one request or, where they are too many,
 * right after it: once, whoever dies, commits twice, or comes in between.
 */
@Execution(ExecutionMode.CONCURRENT)
final class H7GroupOffsetsTest {

    private static final String INPUT = "words";
    private static final String LOG = "log";
    private static final int WORDS = 30;
    private static final int IN_REQUESTS_OF_THEIR_OWN = 1;
    private static final int WITH_THE_DECISION = 1_000_000;
    private static final AtomicInteger TRIALS = new AtomicInteger();

    private static final String OF_0 = "Create /consumers/*/offsets/words/0, Create /consumers/*/offset_meta/words/0";
    private static final String OF_1 = "Create /consumers/*/offsets/words/1, Create /consumers/*/offset_meta/words/1";
    private static final String RAISED = "Update /consumers/*/fence, Create /output/*";
    private static final String DECIDED = "Update /consumers/*/fence, " + OF_0 + ", " + OF_1 + ", Create /output/*";
    private static final String FIRST_OFFSET = "Check /consumers/*/fence, " + OF_0;
    private static final String NOTED = "Update /output/*";

    @TempDir
    static Path folder;

    private static OutputLab lab;

    @BeforeAll
    static void startLab() throws IOException {
        lab = OutputLab.start(folder, 1, Map.of());
        lab.createTopic(INPUT, 2, 1, Map.of());
        lab.createTopic(LOG, 2, 1, Map.of());
        lab.produceWords(INPUT, 2, WORDS);
    }

    @AfterAll
    static void stopLab() {
        lab.close();
    }

    @Test
    void h7OfTwoJobsPlannedFromTheSameOffsetsOneIsPublished() throws IOException {
        for (int most : new int[] {IN_REQUESTS_OF_THEIR_OWN, WITH_THE_DECISION
        }) { // in requests of their own, and with the decision
            String group = "twice" + most;
            StagedJob one = planned(group, most);
            StagedJob other = planned(group, most);
            one.task(0, StagedJob.records(group + "one", 2, 1, LOG));
            other.task(0, StagedJob.records(group + "other", 2, 1, LOG));

            one.commit();
            assertThatThrownBy(other::commit)
                    .isInstanceOf(OutputException.class)
                    .hasMessageContaining(group)
                    .hasMessageContaining("Nothing is published");

            assertThat(published(group + "one")).hasSize(1);
            assertThat(published(group + "other")).isEmpty();
            assertThat(other.state()).isNull();
            assertThat(lab.committed(group, INPUT, 0)).isEqualTo(WORDS / 2);
        }
    }

    @Test
    void h7WhoDiesAroundAnyWriteOfOffsetsLeavesThemAndTheRecordsOnce() throws IOException {
        for (int most : new int[] {IN_REQUESTS_OF_THEIR_OWN, WITH_THE_DECISION}) {
            String first = "calls" + most;
            Mortality immortal = Mortality.immortal();
            StagedJob undisturbed = planned(first, most);
            undisturbed.task(0, StagedJob.records("undisturbed", 1, 1, LOG));
            undisturbed.commit(immortal, lab.connect(), UnaryOperator.identity());
            List<String> writes = immortal.calls().stream()
                    .filter(call -> call.matches(".* /(consumers|output)/.*|send .*"))
                    .toList();
            assertThat(writes).hasSizeGreaterThanOrEqualTo(most == IN_REQUESTS_OF_THEIR_OWN ? 5 : 2);
            for (String call : writes) {
                dieAndGoOn(call, Moment.BEFORE, most);
            }
            dieAndGoOn(writes.get(writes.size() - 1), Moment.AFTER, most);
        }
    }

    private void dieAndGoOn(String call, Moment moment, int most) throws IOException {
        String name = "dies" + moment + most + "-" + TRIALS.incrementAndGet();
        StagedJob job = planned(name, most);
        job.task(0, StagedJob.records(name, 1, 1, LOG));
        var session = lab.connect();
        Mortality life = Mortality.dyingAt(call, moment, session::close);
        assertThatThrownBy(() -> job.commit(life, session, UnaryOperator.identity()), "%s %s", moment, call)
                .isInstanceOf(Mortality.Death.class);
        if (job.state() == null) {
            assertThat(lab.committed(name, INPUT, 0)).isEqualTo(-1);
        }

        job.commit();

        assertThat(lab.values(LOG, 0).stream().filter(each -> each.equals(StagedJob.value(name, 0))))
                .as("%s %s", moment, call)
                .hasSize(1);
        assertThat(lab.committed(name, INPUT, 0)).isEqualTo(WORDS / 2);
        assertThat(lab.committed(name, INPUT, 1)).isEqualTo(WORDS / 2);
    }

    /** A job that has planned to read all words as this group. */
    private StagedJob planned(String group, int commitMaxBytes) throws IOException {
        return planned(group, commitMaxBytes, INPUT);
    }

    private StagedJob planned(String group, int commitMaxBytes, String... topics) throws IOException {
        Configuration conf = new Configuration();
        TopicInputFormat.setBootstrap(conf, lab.bootstrap());
        TopicInputFormat.setTopics(conf, topics);
        TopicInputFormat.setGroup(conf, group, lab.zooKeeper());
        conf.setBoolean("millstream.input.commit", true);
        conf.set(
                "millstream.input.planned.offsets",
                folder.resolve("planned-" + TRIALS.incrementAndGet()).toUri().toString());
        conf.setInt("millstream.output.commit.max.bytes", commitMaxBytes);
        assertThat(TopicInputFormat.plan(conf)).isNotEmpty();
        return new StagedJob(lab, UnaryOperator.identity(), conf, LOG);
    }

    /** A job with one record that is planned, run, and not committed yet. */
    private StagedJob staged(String group, int commitMaxBytes) throws IOException {
        StagedJob job = planned(group, commitMaxBytes);
        job.task(0, StagedJob.records(group, 1, 1, LOG));
        return job;
    }

    private static List<String> published(String group) {
        return lab.values(LOG, 0).stream()
                .filter(each -> each.equals(StagedJob.value(group, 0)))
                .toList();
    }

    /** Commits it until the decision is taken, and dies at the first call afterwards that is like this. */
    private static void dieAfterTheDecisionAt(String call, StagedJob job) {
        var session = lab.connect();
        Mortality life = Mortality.dyingAt(call, Moment.BEFORE, session::close);
        assertThatThrownBy(() -> job.commit(life, session, UnaryOperator.identity()))
                .isInstanceOf(Mortality.Death.class);
        assertThat(job.state()).isEqualTo(PublicationState.OPEN);
    }

    private static Mortality pausedAt(String call, StagedJob job, Mortality other) {
        return Mortality.pausedAt(call, Moment.BEFORE, () -> {
            var session = lab.connect();
            try {
                job.commit(other, session, UnaryOperator.identity());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (Mortality.Death e) {
                session.close();
            }
        });
    }

    @Test
    void h7OfTwoCommitsOfOneJobTheLaterFindsWhatTheOtherDecided() throws IOException {
        for (String decision : List.of(RAISED, DECIDED)) {
            String group = "both" + decision.length();
            StagedJob job = staged(group, decision.equals(RAISED) ? IN_REQUESTS_OF_THEIR_OWN : WITH_THE_DECISION);
            Mortality life = pausedAt(decision, job, Mortality.immortal());

            job.commit(life, lab.connect(), UnaryOperator.identity());

            assertThat(life.metItsFate()).isTrue();
            assertThat(published(group)).hasSize(1);
            assertThat(job.state()).isEqualTo(PublicationState.PUBLISHED);
            assertThat(lab.committed(group, INPUT, 0)).isEqualTo(WORDS / 2);
        }
    }

    @Test
    void h7OfTwoCommitsThatDecideTheVerySameOnlyOneTakesItForItsOwn() throws IOException {
        StagedJob job = staged("very-same", WITH_THE_DECISION);
        Mortality other = Mortality.dyingAt("send log-0 0", Moment.BEFORE, () -> {});
        Mortality life = pausedAt(DECIDED, job, other);

        job.commit(life, lab.connect(), UnaryOperator.identity());

        assertThat(other.isDead()).isTrue();
        assertThat(new PublicationRegister(lab.coordination())
                        .read(job.publication())
                        .orElseThrow()
                        .value()
                        .others())
                .isEqualTo(1);
        assertThat(published("very-same")).hasSize(1);
    }

    @Test
    void h7WhoeverIsManyTimesSecondForAProducerIdGetsOneAndSaysNothingOfOffsets() throws IOException {
        StagedJob job = staged("crowd", WITH_THE_DECISION);
        AtomicInteger others = new AtomicInteger(25);

        job.commit(Mortality.immortal(), crowded(lab.connect(), others), UnaryOperator.identity());

        assertThat(others).hasValueLessThan(0);
        assertThat(published("crowd")).hasSize(1);
    }

    /** Somebody else takes the next producer id right before each of so many requests that would take it. */
    private static Coordination crowded(Coordination real, AtomicInteger others) {
        return (Coordination) Proxy.newProxyInstance(
                Coordination.class.getClassLoader(), new Class<?>[] {Coordination.class}, (proxy, method, args) -> {
                    boolean takes = args != null
                            && args[0] instanceof List<?> steps
                            && steps.stream()
                                    .anyMatch(step -> ((Write) step).path().equals(Paths.PRODUCER_ID_BLOCK));
                    if (takes && others.getAndDecrement() > 0) {
                        takeProducerId();
                    }
                    return method.invoke(real, args);
                });
    }

    private static void takeProducerId() {
        Coordination.await(lab.coordination().sync());
        Versioned<byte[]> latest = Coordination.await(lab.coordination().read(Paths.PRODUCER_ID_BLOCK))
                .orElseThrow();
        long next = Document.read(latest.value(), ProducerIdBlock.class, "").last() + 1;
        byte[] taken = Document.write(new ProducerIdBlock(1, next, next));
        Coordination.await(
                lab.coordination().commit(new Write.Update(Paths.PRODUCER_ID_BLOCK, taken, latest.version())));
    }

    @Test
    void h7NobodyPlansWhileAnIngestRunStillWritesItsOffsets() throws IOException {
        String path = Paths.ingestJob("hourly") + "/run";
        DocumentRef manifest = new DocumentRef("manifest.json", "0".repeat(64));
        RunRecord run = RunRecord.started("r1", 1).committed(manifest, RunRecord.OffsetsFollow.IN_CHUNKS);
        Coordination.await(lab.coordination().ensurePath(path));
        Coordination.await(lab.coordination().commit(new Write.Update(path, Document.write(run), 0)));
        Coordination.await(GroupOffsets.prepare(lab.coordination(), "hourly", List.of(new TopicName(INPUT))));
        GroupOffsets read = Coordination.await(GroupOffsets.read(lab.coordination(), "hourly", Set.of()));
        Coordination.await(lab.coordination().commit(read.raiseFence("ingest run r1", UUID.randomUUID())));

        assertThatThrownBy(() -> planned("hourly", WITH_THE_DECISION))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("Offsets of group hourly are being written by ingest run r1");

        Coordination.await(lab.coordination().commit(new Write.Update(path, Document.write(run.published()), 1)));
        StagedJob job = staged("hourly", WITH_THE_DECISION);
        job.commit();
        assertThat(published("hourly")).hasSize(1);
    }

    @Test
    void h7WhatIsDoneNeedsNoFenceThoughAPartitionWasEmpty() throws IOException {
        lab.createTopic("empty", 1, 1, Map.of());
        StagedJob job = planned("with-empty", IN_REQUESTS_OF_THEIR_OWN, INPUT, "empty");
        job.task(0, StagedJob.records("with-empty", 1, 1, LOG));
        dieAfterTheDecisionAt(NOTED, job);
        assertThat(lab.committed("with-empty", "empty", 0)).isZero();
        raiseFence("with-empty");

        job.resume(UnaryOperator.identity());

        assertThat(published("with-empty")).hasSize(1);
    }

    private static void raiseFence(String group) {
        GroupOffsets read = Coordination.await(GroupOffsets.read(lab.coordination(), group, Set.of()));
        Coordination.await(lab.coordination().commit(read.raiseFence("somebody else", UUID.randomUUID())));
    }

    @Test
    void h7WhoGivesUpIsNotKeptByAnOffsetThatIsNone() throws IOException {
        StagedJob job = staged("no-offset", IN_REQUESTS_OF_THEIR_OWN);
        dieAfterTheDecisionAt(FIRST_OFFSET, job);
        String path = Paths.offset("no-offset", new TopicPartition(INPUT, 1));
        Coordination.await(lab.coordination().commit(new Write.Create(path, new byte[] {'x'})));

        assertThat(job.abandon().warning())
                .hasValueSatisfying(said -> assertThat(said).contains("holds 'x', not an offset"));

        assertThat(job.state()).isEqualTo(PublicationState.ABANDONED);
    }

    @Test
    void h7WhoCommitsTheSameLeavesTheDocumentsThatAnotherMayHaveNamed() throws IOException {
        StagedJob job = staged("documents", WITH_THE_DECISION);
        Mortality other = Mortality.dyingAt("create manifest-*.json", Moment.BEFORE, () -> {});
        Mortality life = pausedAt(DECIDED, job, other);

        job.commit(life, lab.connect(), UnaryOperator.identity());

        assertThat(life.metItsFate()).isTrue();
        assertThat(published("documents")).hasSize(1);
        assertThat(job.state()).isEqualTo(PublicationState.PUBLISHED);
    }

    @Test
    void h7NobodyPlansOrCommitsWhileOffsetsAreStillToFollow() throws IOException {
        StagedJob job = staged("pending", IN_REQUESTS_OF_THEIR_OWN);
        dieAfterTheDecisionAt(FIRST_OFFSET, job);
        String said = "Offsets of group pending are being written by publication " + job.publication();

        assertThatThrownBy(() -> planned("pending", WITH_THE_DECISION))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(said);
        PlannedOffsets planned = PlannedOffsets.load(job.conf());
        PlannedOffsets.Fence next =
                new PlannedOffsets.Fence(planned.fence().path(), planned.fence().version() + 1);
        Path file = folder.resolve("planned-by-who-did-not-ask");
        Files.write(
                file,
                Document.write(new PlannedOffsets(planned.group(), next, UUID.randomUUID(), planned.partitions())));
        Configuration conf = new Configuration(job.conf());
        conf.set("millstream.input.planned.offsets", file.toUri().toString());
        assertThatThrownBy(() -> OffsetCommitter.commit(conf, "some framework"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(said);

        job.resume(UnaryOperator.identity());
        assertThat(published("pending")).hasSize(1);
        assertThat(lab.committed("pending", INPUT, 0)).isEqualTo(WORDS / 2);
    }

    @Test
    void h7WhoWentOnFromTheOffsetsIsNotSetBack() throws IOException {
        StagedJob job = staged("further", IN_REQUESTS_OF_THEIR_OWN);
        dieAfterTheDecisionAt(NOTED, job);
        lab.commit("further", INPUT, 0, WORDS);

        job.resume(UnaryOperator.identity());

        assertThat(published("further")).hasSize(1);
        assertThat(lab.committed("further", INPUT, 0)).isEqualTo(WORDS);
        assertThat(lab.committed("further", INPUT, 1)).isEqualTo(WORDS / 2);
    }

    @Test
    void h7AnOffsetThatSomebodyElseSetBeforeItCouldFollowIsNamed() throws IOException {
        StagedJob job = staged("between", IN_REQUESTS_OF_THEIR_OWN);
        dieAfterTheDecisionAt(FIRST_OFFSET, job);
        lab.commit("between", INPUT, 1, 3);

        assertThatThrownBy(() -> job.resume(UnaryOperator.identity()))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining("The offset of " + INPUT + "-1 in group between is 3")
                .hasMessageContaining("set it to " + WORDS / 2 + ", then resume");

        lab.commit("between", INPUT, 1, WORDS / 2);
        job.resume(UnaryOperator.identity());
        assertThat(published("between")).hasSize(1);
    }

    @Test
    void h7WhoGivesUpWritesAllOffsetsOrSaysThatSomeAreMissing() throws IOException {
        StagedJob job = staged("given-up", IN_REQUESTS_OF_THEIR_OWN);
        dieAfterTheDecisionAt(FIRST_OFFSET, job);
        StagedJob lost = staged("lost", IN_REQUESTS_OF_THEIR_OWN);
        dieAfterTheDecisionAt(FIRST_OFFSET, lost);
        try (var documents = Files.newDirectoryStream(lost.staging(), "offsets-*")) {
            for (Path each : documents) {
                Files.delete(each);
            }
        }

        assertThat(job.abandon().warning()).isEmpty();
        assertThat(lost.abandon().warning())
                .hasValueSatisfying(said ->
                        assertThat(said).contains("offsets of group lost").contains("not all"));

        assertThat(job.state()).isEqualTo(PublicationState.ABANDONED);
        assertThat(lab.committed("given-up", INPUT, 0)).isEqualTo(WORDS / 2);
        assertThat(lab.committed("given-up", INPUT, 1)).isEqualTo(WORDS / 2);
        assertThat(published("given-up")).isEmpty();
        assertThat(lost.state()).isEqualTo(PublicationState.ABANDONED);
    }
}
