package io.millstream.hadoop.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.hadoop.ingest.storage.Mortality;
import io.millstream.hadoop.ingest.storage.Mortality.Moment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** H2: two drivers of one job at the same time. */
@Execution(ExecutionMode.CONCURRENT)
final class TwoDriversTest {

    @TempDir
    static Path folder;

    private static Trials trials;

    @BeforeAll
    static void start() throws IOException {
        trials = Trials.start(folder);
        trials.topic("clicks");
        trials.topic("views");
        trials.produce("clicks", Trials.SIX);
        trials.produceNotAvro("clicks");
    }

    @AfterAll
    static void stop() {
        trials.close();
    }

    /** Every call of a run up to the one that decides, and those that bring the offsets after it. */
    static Stream<Arguments> everyCallBeforeTheEndOfTheCommit() {
        List<Arguments> calls = new ArrayList<>();
        for (Commit commit : Commit.values()) {
            List<String> all = trials.trial(commit).runUndisturbed();
            int decision = all.indexOf(commit.among(all));
            int from = commit == Commit.AT_ONCE ? 0 : decision;
            int to = commit == Commit.AT_ONCE
                    ? decision + 1
                    : decision + 1 + trials.ends().size();
            all.subList(from, to).forEach(call -> calls.add(Arguments.of(commit, Moment.BEFORE, call)));
            calls.add(Arguments.of(commit, Moment.AFTER, all.get(to - 1)));
        }
        return calls.stream();
    }

    /** Its session ends while it stands still; it goes on with a new one, as its connection does by itself. */
    @ParameterizedTest(name = "{1} {2} ({0})")
    @MethodSource("everyCallBeforeTheEndOfTheCommit")
    void h2ADriverThatStoodStillWhileAnotherRanCommitsAndDamagesNothing(Commit commit, Moment moment, String call)
            throws IOException {
        Trial trial = trials.trial(commit);
        SuccessiveSessions sessions = new SuccessiveSessions(trials.lab()::connect);
        Mortality paused = Mortality.pausedAt(call, moment, () -> {
            sessions.expire();
            trial.runUndisturbed();
        });

        JobRun old = trial.run(paused, sessions);

        assertThat(paused.metItsFate()).isTrue();
        trial.ensureEachRecordIsThereOnce();
        if (old.exit() == 0) {
            assertThat(old.out()).as("it had decided, or not begun").containsAnyOf("published run", "nothing to do");
        } else {
            assertThat(old.err()).contains("was taken over by process");
        }
    }

    static Stream<String> everyWrite() {
        return trials.trial(Commit.AT_ONCE).runUndisturbed().stream()
                .filter(call -> call.startsWith("Check ") || call.startsWith("Update ") || call.startsWith("ensure "));
    }

    @ParameterizedTest
    @MethodSource("everyWrite")
    void h2OfTwoLivingDriversOneIsRefusedByName(String write) throws IOException {
        Trial trial = trials.trial(Commit.AT_ONCE);
        List<JobRun> second = new ArrayList<>();
        Mortality met = Mortality.pausedAt(
                write,
                Moment.BEFORE,
                () -> second.add(trial.run(Mortality.immortal(), trials.lab().connect())));

        JobRun first = trial.run(met, trials.lab().connect());

        trial.ensureEachRecordIsThereOnce();
        assertThat(first.exit()).as(first.err()).isZero();
        if (second.get(0).exit() == 0) {
            assertThat(first.out()).as("it had not begun").contains("nothing to do");
        } else {
            assertThat(second.get(0).err()).contains("is being run by process");
            assertThat(first.out()).contains("published run");
        }
    }
}
