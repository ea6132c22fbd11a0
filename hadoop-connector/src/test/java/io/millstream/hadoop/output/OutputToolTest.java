package io.millstream.hadoop.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.Paths;
import io.millstream.coordination.Versioned;
import io.millstream.coordination.Write;
import io.millstream.core.Clock;
import io.millstream.core.Entropy;
import io.millstream.hadoop.ingest.storage.Mortality;
import io.millstream.hadoop.ingest.storage.Mortality.Moment;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code millstream output} as a person uses it. */
final class OutputToolTest {

    @TempDir
    static Path folder;

    private static OutputLab lab;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeAll
    static void startLab() throws IOException {
        lab = OutputLab.start(folder, 1, Map.of());
    }

    @AfterAll
    static void stopLab() {
        lab.close();
    }

    private int run(StagedJob of, String... args) {
        return run(OutputDoors.system(), of, args);
    }

    private int run(OutputDoors doors, StagedJob of, String... args) {
        out.reset();
        err.reset();
        OutputTool tool = new OutputTool(
                doors,
                Map.of("MILLSTREAM_ZOOKEEPER", lab.zooKeeper()),
                new PrintStream(out, true, UTF_8),
                new PrintStream(err, true, UTF_8));
        tool.setConf(of.conf());
        return tool.run(args);
    }

    private static StagedJob orphan(String topic) throws IOException {
        lab.createTopic(topic, 1, 1, Map.of());
        StagedJob job = new StagedJob(lab, UnaryOperator.identity(), topic);
        job.task(0, StagedJob.records("task", 1, 5, topic));
        var session = lab.connect();
        Mortality life = Mortality.dyingAt("send " + topic + "-0 0", Moment.AFTER, session::close);
        assertThatThrownBy(() -> job.commit(life, session, UnaryOperator.identity()))
                .isInstanceOf(Mortality.Death.class);
        return job;
    }

    @Test
    void anOrphanIsListedResumedAndListedAgain() throws IOException {
        StagedJob job = orphan("clicks");

        assertThat(run(job, "output", "list")).isZero();
        assertThat(out.toString(UTF_8)).contains(job.publication() + "  OPEN");
        assertThat(run(job, "output", "resume", "--all"))
                .as(err.toString(UTF_8))
                .isZero();
        assertThat(out.toString(UTF_8)).isEqualToIgnoringNewLines(job.publication() + " is PUBLISHED: 5 records\n");
        assertThat(run(job, "list", "--json")).isZero();
        assertThat(out.toString(UTF_8)).contains("\"state\":\"PUBLISHED\"");
        assertThat(lab.values("clicks", 0)).hasSize(5);
        assertThat(run(job, "resume", job.publication())).isZero();
        assertThat(lab.values("clicks", 0)).hasSize(5);
    }

    @Test
    void zooKeeperIsWaitedForAsLongAsTheJobSays() throws IOException {
        lab.createTopic("nowhere", 1, 1, Map.of());
        StagedJob job = new StagedJob(lab, UnaryOperator.identity(), "nowhere");
        String setting = "millstream.output.timeout.ms=321";

        assertThat(run(job, "list", "--zookeeper", "127.0.0.1:1", "-D", setting))
                .isEqualTo(1);
        assertThat(err.toString(UTF_8)).contains("127.0.0.1:1", "321 ms").hasLineCount(1);
    }

    /** What resume does may not be given up early; list changes nothing. */
    @Test
    void listWaitsForZooKeeperHalfAMinute() throws IOException {
        lab.createTopic("unseen", 1, 1, Map.of());
        StagedJob job = new StagedJob(lab, UnaryOperator.identity(), "unseen");
        List<Duration> waited = new ArrayList<>();
        OutputDoors unreachable = new OutputDoors(
                Clock.system(),
                Entropy.system(),
                (connect, patience) -> {
                    waited.add(patience);
                    throw new CoordinationException(CoordinationException.Reason.UNKNOWN_OUTCOME, "no answer", null);
                },
                UnaryOperator.identity());

        assertThat(run(unreachable, job, "list")).isEqualTo(1);
        assertThat(run(unreachable, job, "list", "-D", "millstream.output.timeout.ms=321"))
                .isEqualTo(1);
        assertThat(run(unreachable, job, "resume", "--all")).isEqualTo(1);
        assertThat(waited).containsExactly(Duration.ofSeconds(30), Duration.ofMillis(321), Duration.ofMinutes(2));
    }

    @Test
    void anOrphanIsGivenUp() throws IOException {
        StagedJob job = orphan("views");

        assertThat(run(job, "abandon", job.publication())).isZero();
        assertThat(out.toString(UTF_8)).contains("is ABANDONED");
        assertThat(job.staging()).doesNotExist();
        assertThat(run(job, "resume", job.publication())).isEqualTo(1);
        assertThat(err.toString(UTF_8))
                .contains("was ABANDONED. Part of it may be in the topics")
                .hasLineCount(1);
    }

    @Test
    void oneThatCannotBeReadDoesNotKeepAnybodyFromTheOthers() throws IOException {
        Coordination zooKeeper = lab.coordination();
        Coordination.await(zooKeeper.ensurePath("/output"));
        Coordination.await(zooKeeper.commit(new Write.Create("/output/a-damaged-one", new byte[] {'x'})));
        StagedJob job = orphan("orders");
        StagedJob other = orphan("sales");

        assertThat(run(job, "list")).isEqualTo(1);
        assertThat(out.toString(UTF_8)).contains(job.publication() + "  OPEN");
        assertThat(err.toString(UTF_8))
                .contains("/output/a-damaged-one cannot be read")
                .hasLineCount(1);
        assertThat(run(job, "resume", "a-damaged-one", job.publication())).isEqualTo(1);
        assertThat(out.toString(UTF_8)).contains(job.publication() + " is PUBLISHED");
        assertThat(run(job, "abandon", "a-damaged-one", other.publication())).isEqualTo(1);
        assertThat(out.toString(UTF_8)).contains(other.publication() + " is ABANDONED");
        assertThat(err.toString(UTF_8))
                .contains("/output/a-damaged-one cannot be read")
                .hasLineCount(1);
        assertThat(run(job, "resume", "--all")).isEqualTo(1);
        StagedJob next = orphan("returns");
        next.commit(); // whoever publishes forgets old records, and this one is none
        Coordination.await(zooKeeper.commit(new Write.Delete("/output/a-damaged-one", 0)));
    }

    @Test
    void stagingFoldersOfWhatIsOverAreClearedAway() throws IOException {
        StagedJob job = orphan("visits");
        assertThat(run(job, "resume", "--all")).isZero();
        Files.createDirectories(job.staging().resolve("attempts")); // as by a death before they were

        assertThat(run(job, "resume", "--all")).isZero();

        assertThat(out.toString(UTF_8))
                .contains(job.publication() + " is PUBLISHED; its staging folder was still there");
        assertThat(job.staging()).doesNotExist();
    }

    @Test
    void whatIsBegunAnewWhileOthersAreFinishedKeepsItsStagingFolder() throws IOException {
        StagedJob open = orphan("bids");
        lab.createTopic("asks", 1, 1, Map.of());
        StagedJob job = new StagedJob(lab, UnaryOperator.identity(), "asks");
        job.as(1);
        job.abort();
        OutputDoors doors = new OutputDoors(
                Clock.system(),
                Entropy.system(),
                (connect, patience) -> afterTheListing(lab.connect(), () -> beginAnew(job)),
                UnaryOperator.identity());

        assertThat(run(doors, open, "resume", "--all")).as(err.toString(UTF_8)).isZero();
        job.commit();

        assertThat(out.toString(UTF_8)).contains(open.publication() + " is PUBLISHED");
        assertThat(lab.values("asks", 0)).hasSize(5);
    }

    private static void beginAnew(StagedJob job) {
        try {
            job.as(2);
            job.setup();
            job.task(0, StagedJob.records("task", 1, 5, "asks"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Something happens once, when all publications were listed and something else is asked. */
    private static Coordination afterTheListing(Coordination real, Runnable event) {
        AtomicInteger listings = new AtomicInteger();
        return (Coordination) Proxy.newProxyInstance(
                Coordination.class.getClassLoader(), new Class<?>[] {Coordination.class}, (proxy, method, args) -> {
                    if (method.getName().equals("children") && args[0].equals(Paths.OUTPUT)) {
                        listings.incrementAndGet();
                    } else if (method.getName().equals("sync") && listings.compareAndSet(1, 2)) {
                        event.run();
                    }
                    return method.invoke(real, args);
                });
    }

    @Test
    void aStagedFileThatIsGoneIsNamedInOneLineThatSaysWhatToDo() throws IOException {
        StagedJob job = orphan("taps");
        Path file = job.staging().resolve("tasks/r_000000/records");
        byte[] content = Files.readAllBytes(file);
        Files.delete(file);

        assertThat(run(job, "resume", job.publication())).isEqualTo(1);
        assertThat(err.toString(UTF_8))
                .hasLineCount(1)
                .contains("Publication " + job.publication())
                .contains("tasks/r_000000/records")
                .contains("from a backup")
                .contains("millstream output abandon " + job.publication());

        Files.write(file, content);
        assertThat(run(job, "resume", job.publication())).isZero();
        assertThat(lab.values("taps", 0)).hasSize(5);
    }

    @Test
    void whatIsBegunAnewIsListedSoAndGivenUp() throws IOException {
        lab.createTopic("anew", 1, 1, Map.of());
        StagedJob job = new StagedJob(lab, UnaryOperator.identity(), "anew");
        job.beginAnew(2);

        assertThat(run(job, "list")).isZero();
        assertThat(out.toString(UTF_8)).contains(job.publication() + "  BEGUN_ANEW");
        assertThat(run(job, "resume", "--all")).isZero();
        assertThat(job.staging()).exists();
        assertThat(run(job, "abandon", job.publication())).isZero();
        assertThat(out.toString(UTF_8)).contains(job.publication() + " is ABANDONED");
    }

    @Test
    void whatWasNotHeardOfForAWeekBeforeTheLatestIsOld() {
        long week = TimeUnit.DAYS.toMillis(7);
        Versioned<PublicationRecord> early = modifiedAt(1000);
        Versioned<PublicationRecord> late = modifiedAt(1000 + week);
        Versioned<PublicationRecord> later = modifiedAt(1001 + week);

        assertThat(listing(early, late).isOld(early)).isFalse();
        assertThat(listing(early, late, later).isOld(early)).isTrue();
        assertThat(listing(early, late, later).isOld(late)).isFalse();
    }

    private static Versioned<PublicationRecord> modifiedAt(long modifiedMillis) {
        return new Versioned<>(PublicationRecord.aborted("job", "staging"), 0, 0, modifiedMillis, 0);
    }

    @SafeVarargs
    private static PublicationRegister.Listing listing(Versioned<PublicationRecord>... records) {
        TreeMap<String, Versioned<PublicationRecord>> all = new TreeMap<>();
        for (Versioned<PublicationRecord> each : records) {
            all.put("p" + all.size(), each);
        }
        return new PublicationRegister.Listing(all, new TreeMap<>());
    }

    @Test
    void whatMakesNoSenseIsBadUsage() throws IOException {
        lab.createTopic("other", 1, 1, Map.of());
        StagedJob job = new StagedJob(lab, UnaryOperator.identity(), "other");

        assertThat(run(job, "resume")).isEqualTo(2);
        assertThat(err.toString(UTF_8)).contains("resume takes names, or --all");
        assertThat(run(job, "abandon", "--all")).isEqualTo(2);
        assertThat(run(job, "list", "--all")).isEqualTo(2);
        assertThat(err.toString(UTF_8)).contains("list takes neither names nor --all");
        assertThat(run(job, "undo")).isEqualTo(2);
        assertThat(run(job, "resume", "nobody")).isEqualTo(1);
        assertThat(err.toString(UTF_8)).contains("There is no publication nobody");
        assertThat(run(job, "--help")).isZero();
        assertThat(run(job, "--version")).isZero();
        assertThat(out.toString(UTF_8)).startsWith("Millstream ");
    }
}
