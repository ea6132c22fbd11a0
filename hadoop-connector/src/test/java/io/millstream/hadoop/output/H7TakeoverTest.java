package io.millstream.hadoop.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.CoordinationException.Reason;
import io.millstream.coordination.Paths;
import io.millstream.core.TopicPartition;
import io.millstream.hadoop.ingest.storage.Mortality;
import io.millstream.hadoop.ingest.storage.Mortality.Moment;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * H7: publishers that come one after the other, or at once, while brokers restart, leaders move, and logs forget the producer:
 * each record is there exactly once, or it is said by name why nobody can tell.
 */
@Timeout(180)
final class H7TakeoverTest {

    private static final int RECORDS = 24;
    private static final AtomicInteger TOPICS = new AtomicInteger();

    @TempDir
    static Path folder;

    private static OutputLab lab;

    private String topic;
    private TopicPartition partition;
    private StagedJob job;

    @BeforeAll
    static void startLab() throws IOException {
        // What has sent nothing for a moment is forgotten.
        lab = OutputLab.start(
                folder,
                2,
                Map.of(
                        "producer.id.expiration.ms", "1500",
                        "log.retention.check.interval.ms", "200",
                        "log.cleaner.backoff.ms", "50"));
    }

    @AfterAll
    static void stopLab() {
        lab.close();
    }

    @BeforeEach
    void startJob() throws IOException {
        topic = "clicks" + TOPICS.incrementAndGet();
        partition = new TopicPartition(topic, 0);
        lab.createTopic(topic, 1, 2, Map.of());
        job = new StagedJob(lab, UnaryOperator.identity(), topic);
        job.task(0, StagedJob.records("task", 1, RECORDS, topic));
    }

    private static List<String> all() {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            all.add(StagedJob.value("task", i));
        }
        return all;
    }

    /** Stands still once the batch that begins with this record is stored, while others are at work and the log forgets them. */
    private Mortality pausedWhileOthers(int record, Runnable others) {
        return Mortality.pausedAt("send " + topic + "-0 " + record, Moment.AFTER, () -> {
            others.run();
            await().atMost(Duration.ofSeconds(60)).until(this::isForgotten);
            job.letPass(Duration.ofMinutes(2));
        });
    }

    /** Goes on where another one is, and dies in turn. */
    private void resumeUntil(int record) {
        Mortality life = Mortality.dyingAt("send " + topic + "-0 " + record, Moment.AFTER, () -> {});
        assertThatThrownBy(() -> job.resume(real -> new CountedOutlet(real, life)))
                .isInstanceOf(Mortality.Death.class);
    }

    /** Dies when the batch that begins with this record was sent, or before it is. */
    private void dieAt(int record, Moment moment) {
        var session = lab.connect();
        Mortality life = Mortality.dyingAt("send " + topic + "-0 " + record, moment, session::close);
        assertThatThrownBy(() -> job.commit(life, session, UnaryOperator.identity()))
                .isInstanceOf(Mortality.Death.class);
    }

    private int borderNear(int record) {
        return record - record % 2; // two records a batch
    }

    private boolean isForgotten() {
        long producer = new PublicationRegister(lab.coordination())
                .read(job.publication())
                .orElseThrow()
                .value()
                .producerId();
        return new ClusterOutlet(lab.cluster(), lab.coordination())
                .lastSequence(partition, producer)
                .isEmpty();
    }

    @Test
    void h7TwoWhoResumeAtOnceAreAsGoodAsOne() throws IOException {
        dieAt(borderNear(4), Moment.AFTER);

        List<CompletableFuture<Void>> both = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            both.add(CompletableFuture.runAsync(() -> {
                try {
                    job.resume(UnaryOperator.identity());
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }));
        }
        both.forEach(CompletableFuture::join);

        assertThat(lab.values(topic, 0)).isEqualTo(all());
        assertThat(job.state()).isEqualTo(PublicationState.PUBLISHED);
    }

    @Test
    void h7WhoWasPausedGoesOnWithoutHarmWhenAnotherHasFinished() throws IOException {
        Mortality life = Mortality.pausedAt("send " + topic + "-0 " + borderNear(6), Moment.BEFORE, () -> {
            try {
                job.resume(UnaryOperator.identity());
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        job.commit(life, lab.connect(), UnaryOperator.identity());

        assertThat(life.metItsFate()).isTrue();
        assertThat(lab.values(topic, 0)).isEqualTo(all());
    }

    @Test
    void h7WhoWasPausedFindsWhatAnotherOneHasSentInTheMeantimeAlsoWhereItIsForgotten() throws IOException {
        Mortality life = pausedWhileOthers(borderNear(4), () -> resumeUntil(borderNear(10)));
        job.commit(life, lab.connect(), UnaryOperator.identity());

        assertThat(life.metItsFate()).isTrue();
        assertThat(lab.values(topic, 0)).isEqualTo(all());
        assertThat(job.state()).isEqualTo(PublicationState.PUBLISHED);
    }

    @Test
    void h7WhoGoesOnAndIsPausedFindsWhatAThirdOneHasSent() throws IOException {
        dieAt(borderNear(2), Moment.AFTER);
        Mortality life = pausedWhileOthers(borderNear(8), () -> resumeUntil(borderNear(14)));
        job.resume(real -> new CountedOutlet(real, life));

        assertThat(life.metItsFate()).isTrue();
        assertThat(lab.values(topic, 0)).isEqualTo(all());
    }

    @Test
    void h7WhoWasPausedGoesOnWhereItWasIfNobodyElseHasSent() throws IOException {
        Mortality life = pausedWhileOthers(borderNear(4), () -> {});
        job.commit(life, lab.connect(), UnaryOperator.identity());

        assertThat(life.metItsFate()).isTrue();
        assertThat(lab.values(topic, 0)).isEqualTo(all());
    }

    @Test
    void h7AZooKeeperThatIsAwayForAWhileIsWaitedFor() throws IOException {
        AtomicReference<CompletableFuture<Void>> back = new AtomicReference<>();
        Mortality life = Mortality.pausedAt("send " + topic + "-0 " + borderNear(6), Moment.AFTER, () -> {
            job.letPass(Duration.ofSeconds(6)); // so that it looks again
            lab.stopZooKeeper();
            back.set(CompletableFuture.runAsync(
                    lab::restartZooKeeper, CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS)));
        });
        job.commit(life, lab.connect(Duration.ofSeconds(20)), UnaryOperator.identity());

        assertThat(life.metItsFate()).isTrue();
        back.get().join();
        assertThat(lab.values(topic, 0)).isEqualTo(all());
        assertThat(job.state()).isEqualTo(PublicationState.PUBLISHED); // as it cannot say while ZooKeeper is away
    }

    @Test
    void h7ARecordThatIsNotSeenForAMomentIsNotTakenForOneThatIsPublished() throws IOException {
        AtomicInteger unseen = new AtomicInteger();
        Mortality life = Mortality.pausedAt("send " + topic + "-0 " + borderNear(6), Moment.AFTER, () -> {
            job.letPass(Duration.ofSeconds(6)); // so that it looks again
            unseen.set(2);
        });
        Coordination session = answering(
                lab.connect(Duration.ofSeconds(20)), unseen, CompletableFuture.completedFuture(Optional.empty()));

        assertThatThrownBy(() -> job.commit(life, session, UnaryOperator.identity()))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining("Publication " + job.publication());

        assertThat(job.state()).isEqualTo(PublicationState.OPEN);
        job.resume(UnaryOperator.identity());
        assertThat(lab.values(topic, 0)).isEqualTo(all());
    }

    /** Who asks for a publication hears this so many times. */
    private static Coordination answering(Coordination real, AtomicInteger times, CompletableFuture<?> answer) {
        return (Coordination) Proxy.newProxyInstance(
                Coordination.class.getClassLoader(), new Class<?>[] {Coordination.class}, (proxy, method, args) -> {
                    boolean asks = method.getName().equals("read") && ((String) args[0]).startsWith(Paths.OUTPUT + "/");
                    return asks && times.getAndDecrement() > 0 ? answer : method.invoke(real, args);
                });
    }

    @Test
    void h7WhoWasPausedSendsNothingAfterAnotherHasGivenUp() {
        Mortality life = Mortality.pausedAt("send " + topic + "-0 " + borderNear(4), Moment.AFTER, () -> {
            new PublicationRegister(lab.coordination()).end(job.publication(), PublicationState.ABANDONED);
            job.letPass(Duration.ofSeconds(8)); // less than its session lasts
        });
        assertThatThrownBy(() -> job.commit(life, lab.connect(Duration.ofSeconds(20)), UnaryOperator.identity()))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining("was ABANDONED while it was published");

        assertThat(lab.values(topic, 0)).isEqualTo(all().subList(0, borderNear(4) + 2));
    }

    @Test
    void h7AProducerThatLeadersHaveForgottenIsFoundInThePartition() throws IOException {
        dieAt(borderNear(8), Moment.AFTER);
        await().atMost(Duration.ofSeconds(60)).until(this::isForgotten);

        job.resume(UnaryOperator.identity());

        assertThat(lab.values(topic, 0)).isEqualTo(all());
    }

    @Test
    void h7WhereTheRecordsAreGoneTooNothingIsSent() throws IOException {
        dieAt(borderNear(8), Moment.AFTER);
        await().atMost(Duration.ofSeconds(60)).until(this::isForgotten);
        lab.admin().deleteRecords(Map.of(partition, 4L));

        assertThatThrownBy(() -> job.resume(UnaryOperator.identity()))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining("nobody can tell how much of it is in partition " + partition)
                .hasMessageContaining("millstream output abandon");

        assertThat(lab.values(topic, 0)).isEqualTo(all().subList(4, borderNear(8) + 2));
        assertThat(job.state()).isEqualTo(PublicationState.OPEN);
    }

    @Test
    void h7WhereCompactionHasTakenTheRecordsNothingIsSentEither() throws IOException {
        topic = topic + "compacted";
        partition = new TopicPartition(topic, 0);
        lab.createTopic(
                topic,
                1,
                2,
                Map.of("cleanup.policy", "compact", "segment.bytes", "1024", "min.cleanable.dirty.ratio", "0.01"));
        job = new StagedJob(lab, UnaryOperator.identity(), topic);
        List<TopicRecordWritable> sameKey = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            sameKey.add(new TopicRecordWritable(topic, new byte[] {1}, new byte[200]).to(0));
        }
        job.task(0, sameKey);
        dieAt(borderNear(16), Moment.AFTER);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> lab.records(topic, 0).size() < borderNear(16) && isForgotten());

        assertThatThrownBy(() -> job.resume(UnaryOperator.identity()))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining("nobody can tell how much of it is in partition " + partition)
                .hasMessageContaining("compaction has removed the batch at offset ")
                .hasMessageContaining("millstream output abandon");
    }

    @Test
    void h7ATopicThatWasMadeAnewGetsNothing() {
        dieAt(borderNear(8), Moment.AFTER);
        lab.admin().deleteTopic(partition.topic());
        lab.createTopic(topic, 1, 2, Map.of());

        assertThatThrownBy(() -> job.resume(UnaryOperator.identity()))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining("was made anew");

        assertThat(lab.values(topic, 0)).isEmpty();
    }

    @Test
    void h7TheLeaderStopsAndAnotherGoesOn() throws IOException {
        dieAt(borderNear(8), Moment.AFTER);
        int leader = lab.leader(partition);
        lab.stopBroker(leader);
        try {
            job.resume(UnaryOperator.identity());
        } finally {
            lab.startBroker(leader);
        }

        assertThat(lab.values(topic, 0)).isEqualTo(all());
    }

    @Test
    void h7TheLeaderRestartsWhileItIsSentTo() throws IOException {
        int leader = lab.leader(partition);
        Mortality life = Mortality.pausedAt("send " + topic + "-0 " + borderNear(10), Moment.BEFORE, () -> {
            lab.stopBroker(leader);
            lab.startBroker(leader);
        });
        job.commit(life, lab.connect(), UnaryOperator.identity());

        assertThat(life.metItsFate()).isTrue();
        assertThat(lab.values(topic, 0)).isEqualTo(all());
    }

    @Test
    void h7ABatchThatIsTooLargeIsNamedAndSentOnceItIsAllowed() throws IOException {
        AtomicInteger outages = new AtomicInteger();
        Mortality life = Mortality.pausedAt("send " + topic + "-0 " + borderNear(6), Moment.BEFORE, () -> {
            lab.set(partition.topic(), "max.message.bytes", "100");
            outages.set(1); // what stopped it is said all the same
        });
        CompletableFuture<?> nothing = CompletableFuture.failedFuture(
                new CoordinationException(Reason.UNKNOWN_OUTCOME, "ZooKeeper is away", null));
        Coordination session = answering(lab.connect(Duration.ofSeconds(20)), outages, nothing);

        assertThatThrownBy(() -> job.commit(life, session, UnaryOperator.identity()))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining(partition + " refused a batch")
                .hasMessageContaining("max.message.bytes is 100")
                .hasMessageContaining("do not run the job again")
                .hasMessageContaining("millstream output resume " + job.publication());
        assertThat(job.state()).isEqualTo(PublicationState.OPEN);

        lab.set(partition.topic(), "max.message.bytes", "1000");
        await().atMost(Duration.ofMinutes(1))
                .ignoreExceptionsInstanceOf(OutputException.class) // until the leader has heard of it, too
                .untilAsserted(() -> job.resume(UnaryOperator.identity()));
        assertThat(lab.values(topic, 0)).isEqualTo(all());
    }
}
