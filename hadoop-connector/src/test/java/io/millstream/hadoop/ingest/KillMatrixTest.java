package io.millstream.hadoop.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.hadoop.ingest.storage.Mortality.Moment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * H1: driver and tasks die before and after every ZooKeeper write and every call that changes the target, one after the other,
 * with two topics, two hours and a record that cannot be decoded. Whatever was done then, nothing shows that is not committed,
 * nothing committed contradicts itself, and one more run leaves each record there exactly once.
 */
@Execution(ExecutionMode.CONCURRENT)
final class KillMatrixTest {

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
        trials.produce("clicks", Trials.SEVEN);
        trials.produce("views", Trials.SEVEN);
    }

    @AfterAll
    static void stop() {
        trials.close();
    }

    /** Every call of an undisturbed run to die before it, and after it, where that is not to die before the next one. */
    static Stream<Arguments> everyDeath() throws IOException {
        List<Arguments> deaths = new ArrayList<>();
        List<String> calls = undisturbed(Commit.AT_ONCE);
        List<String> again = undisturbed(Commit.AT_ONCE); // driver and tasks may come in another order
        for (String call : calls) {
            deaths.add(Arguments.of(Commit.AT_ONCE, Moment.BEFORE, call));
            if (next(call, calls).isEmpty() || !next(call, calls).equals(next(call, again))) {
                deaths.add(Arguments.of(Commit.AT_ONCE, Moment.AFTER, call));
            }
        }
        List<String> chunks = offsetsInChunks(undisturbed(Commit.IN_CHUNKS));
        chunks.forEach(call -> deaths.add(Arguments.of(Commit.IN_CHUNKS, Moment.BEFORE, call)));
        deaths.add(Arguments.of(Commit.IN_CHUNKS, Moment.AFTER, chunks.get(chunks.size() - 1)));
        return deaths.stream();
    }

    private static List<String> undisturbed(Commit commit) throws IOException {
        Trial trial = trials.trial(commit);
        List<String> calls = trial.runUndisturbed();
        trial.ensureEachRecordIsThereOnce();
        return calls;
    }

    private static Optional<String> next(String call, List<String> calls) {
        return calls.stream().skip(calls.indexOf(call) + 1L).findFirst();
    }

    /** What comes before the commit and after the last offset is the same in both ways. */
    private static List<String> offsetsInChunks(List<String> calls) {
        List<String> chunks = calls.stream()
                .dropWhile(call -> !call.equals(Commit.IN_CHUNKS.among(calls)))
                .takeWhile(call -> call.startsWith("Check "))
                .toList();
        assertThat(chunks)
                .as("the commit, and a request for each partition")
                .hasSize(1 + trials.ends().size());
        return chunks;
    }

    @ParameterizedTest(name = "{1} {2} ({0})")
    @MethodSource("everyDeath")
    void h1OneMoreRunLeavesEachRecordOnce(Commit commit, Moment moment, String call) throws IOException {
        Trial trial = trials.trial(commit);

        trial.runAndDieAt(call, moment);
        trial.ensureNothingShowsThatIsNotCommitted();
        trial.runUndisturbed();

        trial.ensureEachRecordIsThereOnce();
    }
}
