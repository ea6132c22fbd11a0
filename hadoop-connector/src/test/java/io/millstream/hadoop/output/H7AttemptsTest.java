package io.millstream.hadoop.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.CoordinationException.Reason;
import io.millstream.coordination.Write;
import io.millstream.core.Clock;
import io.millstream.core.Entropy;
import io.millstream.core.TopicName;
import io.millstream.hadoop.ingest.storage.Mortality;
import io.millstream.hadoop.ingest.storage.Mortality.Moment;
import io.millstream.record.Header;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.apache.hadoop.mapreduce.OutputCommitter;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** H7: attempts of tasks that are killed, retried and run twice, jobs that are aborted, and staged files that are not as they were. */
final class H7AttemptsTest {

    private static final AtomicInteger TOPICS = new AtomicInteger();

    @TempDir
    static Path folder;

    private static OutputLab lab;

    private String topic;
    private StagedJob job;

    @BeforeAll
    static void startLab() throws IOException {
        lab = OutputLab.start(folder, 1, Map.of());
    }

    @AfterAll
    static void stopLab() {
        lab.close();
    }

    @BeforeEach
    void startJob() throws IOException {
        topic = "clicks" + TOPICS.incrementAndGet();
        lab.createTopic(topic, 1, 1, Map.of());
        job = new StagedJob(lab, UnaryOperator.identity(), topic);
    }

    private List<TopicRecordWritable> records(String task) {
        return StagedJob.records(task, 1, 3, topic);
    }

    private static List<String> values(String... tasks) {
        return List.of(tasks).stream()
                .flatMap(task -> List.of(0, 1, 2).stream().map(i -> StagedJob.value(task, i)))
                .toList();
    }

    @Test
    void h7OfTwoAttemptsTheFirstToCommitCounts() throws IOException {
        job.write(0, 0, records("slow"));
        job.write(0, 1, records("quick"));
        job.committer(0, 1).commitTask(job.attempt(0, 1));
        assertThat(job.committer(0, 0).needsTaskCommit(job.attempt(0, 0))).isTrue();
        job.committer(0, 0).commitTask(job.attempt(0, 0));
        job.commit();

        assertThat(lab.values(topic, 0)).isEqualTo(values("quick"));
    }

    @Test
    void h7AttemptsThatWereKilledOrAbortedShowNothing() throws IOException {
        job.write(0, 0, records("killed"));
        job.write(0, 1, records("aborted"));
        job.committer(0, 1).abortTask(job.attempt(0, 1));
        job.task(1, records("other"));
        job.write(0, 2, records("good"));
        job.committer(0, 2).commitTask(job.attempt(0, 2));
        job.committer(0, 2).commitTask(job.attempt(0, 2)); // its answer was lost
        job.commit();

        assertThat(lab.values(topic, 0)).isEqualTo(values("good", "other"));
    }

    @Test
    void h7AnAttemptThatCouldNotWriteARecordCannotBeCommitted() {
        List<TopicRecordWritable> withOneForAnotherTopic =
                List.of(new TopicRecordWritable("elsewhere", null, new byte[1]));

        assertThatThrownBy(() -> job.write(0, 0, withOneForAnotherTopic))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining("not among the job's topics")
                .hasMessageContaining("millstream.output.topics");
    }

    @Test
    void h7AnAbortedJobShowsNothingAndCannotBeCommittedAnyMore() throws IOException {
        job.task(0, records("first"));
        job.abort();

        assertThat(job.state()).isEqualTo(PublicationState.ABORTED);
        assertThat(job.staging()).doesNotExist();
        assertThatThrownBy(job::commit).hasMessageContaining("was ABORTED");
        assertThat(lab.values(topic, 0)).isEmpty();
    }

    @Test
    void h7AnApplicationMasterThatBeginsAnewPublishesAndThoseBeforeItDoNot() throws IOException {
        job.as(1);
        job.task(0, records("first"));
        job.beginAnew(2);
        assertThat(job.state()).isEqualTo(PublicationState.ABORTED);
        job.task(0, records("second"));
        job.beginAnew(3);
        job.task(0, records("third"));

        for (int late : List.of(1, 2)) {
            job.as(late);
            assertThatThrownBy(job::commit).hasMessageContaining("was ABORTED");
            job.abort();
        }
        job.as(3);
        job.commit();
        job.commit();

        assertThat(job.state()).isEqualTo(PublicationState.PUBLISHED);
        assertThat(lab.values(topic, 0)).isEqualTo(values("third"));
    }

    @Test
    void h7AnAttemptThatComesBetweenLeavesToTheNextApplicationMasterWhatIsItsOwn() throws IOException {
        job.as(2);
        job.abort();
        Mortality life = Mortality.pausedAt("delete " + job.attempt(5, 0).getTaskAttemptID(), Moment.BEFORE, () -> {
            try {
                job.setup();
                job.task(0, records("second"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });

        assertThatThrownBy(() -> job.write(5, 0, records("orphan"), life)).hasMessageContaining("the job is over");
        job.commit();

        assertThat(life.metItsFate()).isTrue();
        assertThat(lab.values(topic, 0)).isEqualTo(values("second"));
    }

    @Test
    void h7ATaskWhoseOutputIsGoneIsRunAgainAndNotRecovered() throws IOException {
        job.as(1);
        job.task(0, records("first"));
        job.committer(0, 0).recoverTask(job.attempt(0, 0));
        job.beginAnew(2);

        assertThatThrownBy(() -> job.committer(0, 0).recoverTask(job.attempt(0, 0)))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining("is gone");
        TaskAttemptContext map = job.mapAttempt(0, 0);
        job.committer(0, 0).recoverTask(map); // has written nothing here
        assertThat(job.committer(0, 0).needsTaskCommit(map)).isFalse();
        job.conf().setInt("mapreduce.job.reduces", 0);
        assertThatThrownBy(() -> job.committer(0, 0).recoverTask(job.mapAttempt(0, 0)))
                .isInstanceOf(OutputException.class);
    }

    @Test
    void h7ATaskOfWhatIsDecidedIsRecoveredThoughItsOutputWasCleared() throws IOException {
        job.as(1);
        job.task(0, records("first"));
        job.commit();
        assertThat(job.staging()).doesNotExist();
        job.as(2);

        job.committer(0, 0).recoverTask(job.attempt(0, 0));
        job.commit();

        assertThat(lab.values(topic, 0)).isEqualTo(values("first"));
    }

    @Test
    void h7WhetherItIsDecidedIsAskedOnceAndTasksAreRunAgainWhereNobodyKnows() throws IOException {
        job.as(1);
        job.task(0, records("first"));
        job.task(1, records("second"));
        job.beginAnew(2);
        AtomicInteger asked = new AtomicInteger();
        OutputCommitter committer = new TopicOutputCommitter(new OutputDoors(
                Clock.system(),
                Entropy.system(),
                (connect, patience) -> {
                    asked.incrementAndGet();
                    throw new CoordinationException(Reason.UNKNOWN_OUTCOME, "no answer", null);
                },
                UnaryOperator.identity()));

        for (int task = 0; task < 2; task++) {
            TaskAttemptContext attempt = job.attempt(task, 0);
            assertThatThrownBy(() -> committer.recoverTask(attempt))
                    .isInstanceOf(OutputException.class)
                    .hasMessage("Publication " + job.publication() + " could not be looked up: no answer");
        }
        assertThat(asked).hasValue(1);
    }

    @Test
    void h7AnAttemptWhoseFolderIsGoneIsNotTakenForOneThatWroteNothing() throws IOException {
        job.write(0, 0, records("first"));
        job.abort();
        job.setup();

        assertThat(job.committer(0, 0).needsTaskCommit(job.attempt(0, 0))).isTrue();
        assertThatThrownBy(() -> job.committer(0, 0).commitTask(job.attempt(0, 0)))
                .hasMessageContaining("is gone");
    }

    @Test
    void h7AnApplicationMasterThatZooKeeperDoesNotAnswerHearsThatAndNothingOfAnotherOne() throws IOException {
        job.beginAnew(2);
        job.task(0, records("second"));

        assertThatThrownBy(
                        () -> job.commit(Mortality.immortal(), withoutAnswerTo("/output/"), UnaryOperator.identity()))
                .hasMessageContaining("ZooKeeper is away");

        job.commit();
        assertThat(lab.values(topic, 0)).isEqualTo(values("second"));
    }

    /** A session whose requests that change such a znode come to nothing. */
    private static Coordination withoutAnswerTo(String path) {
        Coordination real = lab.connect();
        return (Coordination) Proxy.newProxyInstance(
                Coordination.class.getClassLoader(), new Class<?>[] {Coordination.class}, (proxy, method, args) -> {
                    boolean lost = args != null
                            && args[0] instanceof List<?> steps
                            && steps.stream()
                                    .anyMatch(step -> ((Write) step).path().startsWith(path));
                    return lost
                            ? CompletableFuture.failedFuture(
                                    new CoordinationException(Reason.UNKNOWN_OUTCOME, "ZooKeeper is away", null))
                            : method.invoke(real, args);
                });
    }

    @Test
    void h7TasksFollowEachOtherByTheirNumbersHoweverLongTheseAre() throws IOException {
        job.task(1_000_000, records("last"));
        job.task(999_999, records("before"));
        job.commit();

        assertThat(lab.values(topic, 0)).isEqualTo(values("before", "last"));
    }

    @Test
    void h7WhatIsBegunAnewIsGivenUpForGood() throws IOException {
        job.beginAnew(2);
        job.task(0, records("second"));
        assertThatThrownBy(() -> job.resume(UnaryOperator.identity()))
                .hasMessageContaining("application attempt 2 of its job has begun it anew")
                .hasMessageContaining("millstream output abandon " + job.publication());

        job.abandon();

        assertThat(job.state()).isEqualTo(PublicationState.ABANDONED);
        assertThat(job.staging()).doesNotExist();
        assertThatThrownBy(job::commit).hasMessageContaining("was ABANDONED");
        job.beginAnew(3);
        job.task(0, records("third"));
        assertThatThrownBy(job::commit).hasMessageContaining("was ABANDONED");
        assertThat(lab.values(topic, 0)).isEmpty();
    }

    @Test
    void h7WhatWasBegunAnewAndAbortedIsOver() throws IOException {
        job.beginAnew(2);
        job.task(0, records("second"));
        job.abort();

        assertThat(job.staging()).doesNotExist();
        assertThatThrownBy(job::commit).hasMessageContaining("was ABORTED");
        assertThat(lab.values(topic, 0)).isEmpty();
    }

    @Test
    void h7AbortDoesNotUndoWhatIsDecided() throws IOException {
        job.task(0, records("first"));
        dieAt("send " + topic + "-0 0", Moment.BEFORE);
        job.abort();

        assertThat(job.state()).isEqualTo(PublicationState.OPEN);
        assertThat(lab.values(topic, 0)).isEmpty();
        job.resume(UnaryOperator.identity());
        assertThat(lab.values(topic, 0)).isEqualTo(values("first"));
    }

    @Test
    void h7ACommitThatIsRepeatedAfterTheEndChangesNothing() throws IOException {
        job.task(0, records("first"));
        job.commit();
        job.commit();
        job.resume(UnaryOperator.identity());
        job.abort();

        assertThat(lab.values(topic, 0)).isEqualTo(values("first"));
        assertThat(job.state()).isEqualTo(PublicationState.PUBLISHED);
    }

    @Test
    void h7WhereATasksOutputIsMissingNothingIsPublished() throws IOException {
        job.conf().set("mapreduce.job.dir", "where MapReduce has it");
        job.conf().set("mapreduce.job.reduces", "2");
        job.task(0, records("first"));

        assertThatThrownBy(job::commit).hasMessageContaining("has the output of 1 tasks of 2");
        assertThat(job.state()).isNull();
        job.conf().set("mapreduce.reduce.failures.maxpercent", "49"); // of two none may fail then
        assertThatThrownBy(job::commit).hasMessageContaining("has the output of 1 tasks of 2");
        job.task(1, records("second"));
        job.commit();
        assertThat(lab.values(topic, 0)).isEqualTo(values("first", "second"));
    }

    @Test
    void h7AnAttemptThatComesAfterTheEndLeavesNothing() throws IOException {
        job.task(0, records("first"));
        job.commit();

        assertThatThrownBy(() -> job.write(1, 0, records("late")))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining("the job is over");
        assertThat(job.staging()).doesNotExist();
    }

    @Test
    void aHeadersKeyCountsAsManyBytesAsItTakes() {
        job.conf().set("millstream.output.max.record.bytes", "1000");
        Header large = new Header("\u20ac".repeat(300), new byte[0]); // three bytes each
        TopicRecordWritable envelope = new TopicRecordWritable(topic, null, new byte[1]).with(List.of(large));

        assertThatThrownBy(() -> job.write(0, 0, List.of(envelope)))
                .hasMessageContaining("millstream.output.max.record.bytes is 1000");
    }

    @Test
    void h7ATopicThatWasMadeAnewSinceTheJobWasSubmittedGetsNothing() throws IOException {
        job.task(0, records("first"));
        lab.admin().deleteTopic(new TopicName(topic));
        lab.createTopic(topic, 1, 1, Map.of());

        assertThatThrownBy(job::commit)
                .hasMessageContaining("was made anew")
                .hasMessageContaining("Nothing is published");
        assertThat(job.state()).isNull();
        assertThat(lab.values(topic, 0)).isEmpty();
    }

    @Test
    void h7AJobThatWroteNothingIsPublishedAtOnce() throws IOException {
        job.task(0, List.of());
        job.commit();

        assertThat(job.state()).isEqualTo(PublicationState.PUBLISHED);
        assertThat(lab.values(topic, 0)).isEmpty();
    }

    @Test
    void h7AStagedFileThatIsDamagedBeforeTheDecisionPreventsIt() throws IOException {
        job.task(0, records("first"));
        job.task(1, records("second"));
        flip(1);

        assertThatThrownBy(job::commit).hasMessageContaining("tasks/r_000001/records is damaged");
        assertThat(job.state()).isNull();
        assertThat(lab.values(topic, 0)).isEmpty();
    }

    @Test
    void h7AStagedFileThatIsDamagedAfterTheDecisionIsRefusedAndNothingIsSent() throws IOException {
        job.task(0, records("first"));
        job.task(1, records("second"));
        dieAt("send " + topic + "-0 0", Moment.BEFORE);
        byte[] whole = Files.readAllBytes(file(1));
        flip(1);
        assertThatThrownBy(() -> job.resume(UnaryOperator.identity()))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining("tasks/r_000001/records is damaged");
        Files.write(file(1), Arrays.copyOf(whole, whole.length - 9));
        assertThatThrownBy(() -> job.resume(UnaryOperator.identity())).hasMessageContaining("is damaged before byte");
        Files.write(file(1), Files.readAllBytes(file(0)));
        assertThatThrownBy(() -> job.resume(UnaryOperator.identity())).hasMessageContaining("is another one");
        assertThat(lab.values(topic, 0)).isEmpty();

        Files.write(file(1), whole);
        job.resume(UnaryOperator.identity());
        assertThat(lab.values(topic, 0)).isEqualTo(values("first", "second"));
    }

    @Test
    void h7AManifestThatWasChangedIsRefused() throws IOException {
        job.task(0, records("first"));
        dieAt("send " + topic + "-0 0", Moment.BEFORE);
        try (var files = Files.list(job.staging())) {
            Path manifest = files.filter(each -> each.getFileName().toString().startsWith("manifest-"))
                    .findFirst()
                    .orElseThrow();
            Files.writeString(manifest, Files.readString(manifest).replace("\"records\":3", "\"records\":2"));
        }

        assertThatThrownBy(() -> job.resume(UnaryOperator.identity())).hasMessageContaining("was changed after");
        assertThat(lab.values(topic, 0)).isEmpty();
    }

    private void dieAt(String send, Moment moment) {
        var session = lab.connect();
        Mortality life = Mortality.dyingAt(send, moment, session::close);
        assertThatThrownBy(() -> job.commit(life, session, UnaryOperator.identity()))
                .isInstanceOf(Mortality.Death.class);
    }

    private Path file(int task) {
        return job.staging().resolve("tasks/r_00000" + task + "/records");
    }

    private void flip(int task) throws IOException {
        byte[] bytes = Files.readAllBytes(file(task));
        bytes[bytes.length / 2] ^= 1;
        Files.write(file(task), bytes);
    }

    @Test
    void keysDecideAsInKafkasClientsAndAttemptsDecideAlike() throws OutputException {
        OutputTopic seven = new OutputTopic(new TopicName("t"), new UUID(1, 2), 7, false);
        RecordPartitioner one = new RecordPartitioner(5, 100);
        RecordPartitioner other = new RecordPartitioner(5, 100);
        int moves = 0;
        int before = one.choose(seven, -1, null, 10);
        assertThat(other.choose(seven, -1, null, 10)).isEqualTo(before).isEqualTo(5);
        for (int i = 0; i < 200; i++) {
            byte[] key = ("key " + i).getBytes(StandardCharsets.UTF_8);
            assertThat(one.choose(seven, -1, key, 10)).isEqualTo(BuiltInPartitioner.partitionForKey(key, 7));
            int next = one.choose(seven, -1, null, 10);
            assertThat(other.choose(seven, -1, null, 10)).isEqualTo(next);
            moves += next == before ? 0 : 1;
            before = next;
        }
        assertThat(moves).isEqualTo(20);
        assertThat(one.choose(seven, 6, new byte[0], 10)).isEqualTo(6);
        assertThatThrownBy(() -> one.choose(seven, 7, null, 10)).hasMessageContaining("partition 7 of topic t");
    }
}
