package io.millstream.hadoop.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.coordination.Coordination;
import io.millstream.hadoop.ingest.storage.Mortality;
import io.millstream.hadoop.ingest.storage.Mortality.Moment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
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
 * H7: the process that commits a job dies before and after every send, every ZooKeeper write and every call that changes the
 * staging folder. Whatever it had done, the next try of the commit, or whoever resumes it, leaves each record there exactly once.
 */
@Execution(ExecutionMode.CONCURRENT)
final class H7PublicationTest {

    private static final int PARTITIONS = 2;
    private static final int EACH = 3;
    private static final AtomicInteger TRIALS = new AtomicInteger();

    @TempDir
    static Path folder;

    private static OutputLab lab;

    @BeforeAll
    static void start() throws IOException {
        lab = OutputLab.start(folder, 1, Map.of());
        trial().job.commit(); // so that the first producer id is out of the way
    }

    @AfterAll
    static void stop() {
        lab.close();
    }

    private record Trial(StagedJob job, String topic) {}

    /** Two tasks, a topic of two partitions, two batches of each task for each partition. */
    private static Trial trial() throws IOException {
        String topic = "t" + TRIALS.incrementAndGet() + ".clicks";
        lab.createTopic(topic, PARTITIONS, 1, Map.of());
        StagedJob job = new StagedJob(lab, UnaryOperator.identity(), topic);
        job.task(0, StagedJob.records("first", PARTITIONS, EACH, topic));
        job.task(1, StagedJob.records("second", PARTITIONS, EACH, topic));
        return new Trial(job, topic);
    }

    private static List<String> all() {
        List<String> all = new ArrayList<>();
        for (String task : List.of("first", "second")) {
            for (int i = 0; i < EACH; i++) {
                all.add(StagedJob.value(task, i));
            }
        }
        return all;
    }

    private static void assertEachRecordIsThereOnce(Trial trial) {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            assertThat(lab.values(trial.topic, partition)).isEqualTo(all());
        }
        assertThat(trial.job.state()).isEqualTo(PublicationState.PUBLISHED);
        assertThat(trial.job.staging()).doesNotExist();
    }

    /** Every call of an undisturbed commit once to die before it and once to die after it. */
    static Stream<Arguments> everyDeath() throws IOException {
        Trial trial = trial();
        Mortality life = Mortality.immortal();
        trial.job.commit(life, lab.connect(), UnaryOperator.identity());
        assertEachRecordIsThereOnce(trial);
        List<String> calls = life.calls();
        assertThat(calls.stream().filter(each -> each.startsWith("send "))).hasSize(2 * 2 * PARTITIONS);
        int decision = calls.indexOf(calls.stream()
                .filter(call -> call.contains("Create /output/"))
                .findFirst()
                .orElseThrow());
        // Before it, to die after a call is to die before the next one; later, others go on in another way.
        return calls.stream()
                .flatMap(call -> calls.indexOf(call) < decision
                        ? Stream.of(Arguments.of(Moment.BEFORE, call))
                        : Stream.of(Arguments.of(Moment.BEFORE, call), Arguments.of(Moment.AFTER, call)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("everyDeath")
    void h7WhoeverGoesOnLeavesEachRecordOnce(Moment moment, String call) throws IOException {
        Trial trial = trial();
        Coordination session = lab.connect();
        Mortality life = Mortality.dyingAt(call, moment, session::close);

        assertThatThrownBy(() -> trial.job.commit(life, session, UnaryOperator.identity()))
                .isInstanceOf(Mortality.Death.class);
        boolean decided = trial.job.state() != null;
        if (decided && moment == Moment.AFTER) {
            trial.job.resume(UnaryOperator.identity());
        } else {
            trial.job.commit();
        }

        assertEachRecordIsThereOnce(trial);
    }
}
