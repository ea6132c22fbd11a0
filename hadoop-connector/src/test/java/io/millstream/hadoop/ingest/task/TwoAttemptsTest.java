package io.millstream.hadoop.ingest.task;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.hadoop.ingest.storage.TargetLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.mapreduce.OutputCommitter;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.hadoop.mapreduce.TaskAttemptID;
import org.apache.hadoop.mapreduce.task.TaskAttemptContextImpl;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** H2: two attempts of one task, retried or speculative, which Hadoop's local runner never has. */
final class TwoAttemptsTest {

    @TempDir
    Path staging;

    private Attempt first;
    private Attempt second;

    @BeforeEach
    void start() throws IOException, InterruptedException {
        Files.createDirectories(staging.resolve(TargetLayout.TASKS));
        first = new Attempt(0);
        second = new Attempt(1);
    }

    @Test
    void h2TheAttemptThatCommitsFirstCounts() throws IOException {
        first.write();
        second.write();

        first.committer.commitTask(first.context);
        second.committer.commitTask(second.context);

        assertOnlyCounts("attempt 0");
    }

    @Test
    void h2WhicheverItIs() throws IOException {
        first.write();
        second.write();

        second.committer.commitTask(second.context);
        first.committer.commitTask(first.context);

        assertOnlyCounts("attempt 1");
    }

    @Test
    void h2AnAttemptThatIsAbortedLeavesNothingAndIsRetried() throws IOException {
        first.write();
        first.committer.abortTask(first.context);
        second.write();
        second.committer.commitTask(second.context);

        assertOnlyCounts("attempt 1");
    }

    @Test
    void h2AnAttemptThatIsAbortedAfterAnotherCommittedTakesNothingAway() throws IOException {
        first.write();
        second.write();
        first.committer.commitTask(first.context);
        second.committer.abortTask(second.context);

        assertOnlyCounts("attempt 0");
    }

    @Test
    void h2ACommitWhoseAnswerWasLostMayBeRepeated() throws IOException {
        first.write();
        first.committer.commitTask(first.context);
        first.committer.commitTask(first.context);

        assertOnlyCounts("attempt 0");
    }

    @Test
    void h2AnAttemptOfARunThatWasClearedCannotCommit() throws IOException {
        first.write();
        first.committer.abortTask(first.context);

        assertThatThrownBy(() -> first.committer.commitTask(first.context))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("another driver may have cleared this run");
    }

    private void assertOnlyCounts(String attempt) throws IOException {
        try (var files = Files.walk(staging)) {
            List<Path> all = files.filter(Files::isRegularFile).toList();
            assertThat(all).containsExactly(staging.resolve("tasks/000003/report.json"));
            assertThat(all.get(0)).hasContent(attempt);
        }
    }

    private final class Attempt {

        private final int number;
        private final TaskAttemptContext context;
        private final OutputCommitter committer;

        private Attempt(int number) throws IOException, InterruptedException {
            this.number = number;
            Configuration conf = new Configuration();
            conf.set(IngestSetting.STAGING.key(), staging.toUri().toString());
            context = new TaskAttemptContextImpl(
                    conf, TaskAttemptID.forName("attempt_1700000000000_0001_m_000003_" + number));
            committer = new IngestOutputFormat().getOutputCommitter(context);
        }

        /** What the mapper does between set-up and commit. */
        private void write() throws IOException {
            committer.setupTask(context);
            Path folder = staging.resolve("attempts/" + context.getTaskAttemptID());
            Files.writeString(folder.resolve(TargetLayout.REPORT), "attempt " + number, UTF_8);
            assertThat(committer.needsTaskCommit(context)).isTrue();
        }
    }
}
