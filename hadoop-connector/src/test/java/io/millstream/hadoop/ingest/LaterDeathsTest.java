package io.millstream.hadoop.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.hadoop.ingest.storage.Mortality.Moment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * H1 of a job that has run before, which updates what a first run creates, and of drivers that die while they settle what a
 * dead one left: one job all along, a few more records for each of its runs.
 */
final class LaterDeathsTest {

    @TempDir
    Path folder;

    private Trials trials;
    private Trial trial;

    @BeforeEach
    void start() throws IOException {
        trials = Trials.start(folder);
        trials.topic("clicks");
        trials.topic("views");
        trial = trials.trial(Commit.AT_ONCE);
        trials.produce("clicks", Trials.SIX);
        trial.runUndisturbed();
    }

    @AfterEach
    void stop() {
        trials.close();
    }

    @Test
    void h1EveryWriteAndRenameOfALaterRunIsSurvived() throws IOException {
        trials.produce("clicks", Trials.SIX);
        List<String> calls = trial.runUndisturbed().stream()
                .filter(call -> !call.matches("(create|hsync|close|mkdirs) .*"))
                .toList();
        assertThat(Commit.AT_ONCE.among(calls)).contains("Update /consumers/*/offsets/clicks/1");

        for (String call : calls) {
            for (Moment moment : Moment.values()) {
                trials.produce("clicks", Trials.SIX);
                trial.runAndDieAt(call, moment);
                trial.runUndisturbed();
                trial.ensureEachRecordIsThereOnce();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void h1ADeathWhileADeadDriversRunIsSettledIsSurvived(Moment firstDeath) throws IOException {
        trials.produce("clicks", Trials.SIX);
        String commit = Commit.AT_ONCE.among(trial.runUndisturbed());
        trials.produce("clicks", Trials.SIX);
        trial.runAndDieAt(commit, firstDeath);
        List<String> settling = settling(trial.runUndisturbed());
        assertThat(settling.get(settling.size() - 1)).startsWith("delete ");

        for (String call : settling) {
            for (Moment moment : Moment.values()) {
                trials.produce("clicks", Trials.SIX);
                trial.runAndDieAt(commit, firstDeath);
                trial.runAndDieAt(call, moment);
                trial.runUndisturbed();
                trial.ensureEachRecordIsThereOnce();
            }
        }
    }

    /** What comes before a driver plans a run of its own. */
    private static List<String> settling(List<String> calls) {
        return calls.stream()
                .takeWhile(call -> !call.startsWith("ensure /consumers/"))
                .toList();
    }
}
