package io.millstream.hadoop.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.coordination.CommittedOffset;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.GroupOffsets;
import io.millstream.coordination.OffsetMetadata;
import io.millstream.core.TopicPartition;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapreduce.InputSplit;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.JobContext;
import org.apache.hadoop.mapreduce.Mapper;
import org.apache.hadoop.mapreduce.OutputCommitter;
import org.apache.hadoop.mapreduce.RecordReader;
import org.apache.hadoop.mapreduce.RecordWriter;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.hadoop.mapreduce.TaskAttemptID;
import org.apache.hadoop.mapreduce.TaskID;
import org.apache.hadoop.mapreduce.TaskType;
import org.apache.hadoop.mapreduce.lib.output.TextOutputFormat;
import org.apache.hadoop.mapreduce.task.JobContextImpl;
import org.apache.hadoop.mapreduce.task.TaskAttemptContextImpl;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** H2: two runs at once, speculative attempts and retries of tasks, of jobs that commit what they have read. */
final class H2TwoRunsTest {

    @TempDir
    private static Path brokers;

    private static LiveBroker live;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() throws IOException {
        live = LiveBroker.start(brokers, 1);
    }

    @AfterAll
    static void stop() {
        live.close();
    }

    private static Configuration conf(String group, String... topics) {
        Configuration conf = new Configuration();
        TopicInputFormat.setBootstrap(conf, live.bootstrap());
        TopicInputFormat.setTopics(conf, topics);
        TopicInputFormat.setGroup(conf, group, live.zooKeeper());
        return conf;
    }

    private boolean run(Configuration conf, String out) throws Exception {
        Job job = Lines.job(conf, folder, out);
        TopicInputFormat.commitOnSuccess(job);
        return job.waitForCompletion(false);
    }

    @Test
    void each_run_reads_on_where_the_last_one_succeeded_and_new_partitions_from_their_start() throws Exception {
        live.create("runs", 2, 1);
        live.produce("runs", 2, 0, 500);

        assertThat(run(conf("hourly", "runs"), "first")).isTrue();
        assertThat(Lines.written(folder.resolve("first"))).isEqualTo(Lines.expected("runs", 2, 0, 500));
        live.produce("runs", 2, 500, 600);
        live.create("runs.late", 1, 1);
        live.produce("runs.late", 1, 0, 10);
        Configuration conf = conf("hourly");
        conf.set("millstream.input.topics.regex", "runs.*");
        assertThat(run(conf, "second")).isTrue();

        List<String> expected = Lines.expected("runs", 2, 500, 600);
        expected.addAll(Lines.expected("runs.late", 1, 0, 10));
        assertThat(Lines.written(folder.resolve("second"))).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(live.committed("hourly"))
                .isEqualTo(
                        Map.of(partition("runs", 0), 600L, partition("runs", 1), 600L, partition("runs.late", 0), 10L));
        assertThat(run(conf, "third")).isTrue(); // nothing to read, nothing to commit
    }

    @Test
    void a_group_that_begins_at_the_end_reads_what_comes_after_its_first_run() throws Exception {
        live.create("tail", 1, 1);
        live.produce("tail", 1, 0, 50);
        Configuration conf = conf("latest", "tail");
        conf.set("millstream.input.start", "latest");

        assertThat(run(conf, "first")).isTrue();
        live.produce("tail", 1, 50, 60);
        assertThat(run(conf, "second")).isTrue();

        assertThat(Lines.written(folder.resolve("second"))).isEqualTo(Lines.expected("tail", 1, 50, 60));
    }

    @Test
    void of_two_jobs_that_read_the_same_one_commits() throws Exception {
        live.create("shared", 2, 1);
        live.produce("shared", 2, 0, 100);
        Planned first = planned("one", conf("pair", "shared"));
        live.produce("shared", 2, 100, 150);
        Planned second = planned("two", conf("pair", "shared"));

        first.commit();

        assertThatThrownBy(second::commit)
                .isInstanceOf(InputException.class)
                .hasMessageContaining("group pair")
                .hasMessageContaining("another job has committed");
        assertThat(live.committed("pair"))
                .isEqualTo(Map.of(partition("shared", 0), 100L, partition("shared", 1), 100L));
        first.commit(); // as after the loss of an answer, or of the process that waited for it
        assertThat(live.committed("pair")).containsEntry(partition("shared", 0), 100L);
    }

    @Test
    void an_offset_that_a_consumer_moved_meanwhile_is_not_overwritten() throws Exception {
        live.create("moved", 2, 1);
        live.produce("moved", 2, 0, 100);
        Planned job = planned("moved", conf("consumers", "moved"));
        commit("consumers", partition("moved", 1), 30);

        assertThatThrownBy(job::commit)
                .isInstanceOf(InputException.class)
                .hasMessageContaining("somebody else moved")
                .hasMessageContaining("/consumers/consumers/offsets/moved/1");
        assertThat(live.committed("consumers")).isEqualTo(Map.of(partition("moved", 1), 30L));
    }

    @Test
    void a_plan_too_large_for_one_request_is_committed_in_several_and_finished_by_whoever_tries_again()
            throws Exception {
        live.create("wide", 30, 1);
        live.produce("wide", 30, 0, 3);
        Planned job = planned("wide", conf("wide", "wide"));
        PlannedOffsets planned = PlannedOffsets.load(job.conf);
        try (Coordination zooKeeper = live.connect()) {
            List<PlannedOffsets.Move> some = planned.partitions().subList(0, 7);
            PlannedOffsets part = new PlannedOffsets(planned.group(), planned.fence(), planned.token(), some);
            new OffsetCommitter(zooKeeper, 1000).commit(part, "job"); // one that died after some of them
            assertThat(live.committed("wide")).hasSize(7);

            new OffsetCommitter(zooKeeper, 1000).commit(planned, "job");
        }

        assertThat(live.committed("wide")).hasSize(30).allSatisfy((partition, offset) -> assertThat(offset)
                .isEqualTo(3));
    }

    @Test
    void a_topic_made_anew_while_it_was_read_is_not_committed_and_not_read_as_the_one_planned() throws Exception {
        live.create("anew", 1, 1);
        live.produce("anew", 1, 0, 20);
        Planned job = planned("anew", conf("anew", "anew"));
        live.delete("anew");
        live.create("anew", 1, 1);
        live.produce("anew", 1, 0, 20);

        assertThatThrownBy(() -> job.read(attempt(0, 0)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("deleted and made again");
        assertThatThrownBy(job::commit)
                .isInstanceOf(InputException.class)
                .hasMessageContaining("deleted and created again");
    }

    @Test
    void speculative_and_repeated_attempts_leave_each_record_once() throws Exception {
        live.create("attempts", 1, 1);
        live.produce("attempts", 1, 0, 300);
        Configuration conf = conf("attempts", "attempts");
        Planned job = planned("out", conf);

        TaskAttemptID failed = attempt(0, 0);
        assertThatThrownBy(() -> job.begin(failed, 100)).hasMessageContaining("after 100 of the 300 offsets");
        TaskAttemptID slow = attempt(0, 1);
        assertThatThrownBy(() -> job.begin(slow, 250)).hasMessageContaining("after 250 of the 300 offsets");
        TaskAttemptID fast = attempt(0, 2);
        job.begin(fast, Integer.MAX_VALUE);
        job.committer(fast).commitTask(job.context(fast));
        job.committer(slow).abortTask(job.context(slow));
        job.committer(failed).abortTask(job.context(failed));
        job.commit();

        assertThat(Lines.written(folder.resolve("out"))).isEqualTo(Lines.expected("attempts", 1, 0, 300));
        assertThat(live.committed("attempts")).containsEntry(partition("attempts", 0), 300L);
    }

    @Test
    void a_framework_that_has_its_own_committer_commits_what_was_resolved() throws Exception {
        live.create("own", 1, 1);
        live.produce("own", 1, 0, 30);
        Configuration conf = conf("own", "own");
        conf.set(
                "millstream.input.planned.offsets",
                folder.resolve("offsets.json").toString());
        conf.set("fs.defaultFS", "file:///");
        conf.set("mapreduce.job.dir", folder.resolve("job").toString()); // of a job that asks for it beforehand

        Configuration resolved = TopicInputFormat.resolved(conf);
        live.produce("own", 1, 30, 40);

        assertThat(TopicInputFormat.plan(resolved).stream()
                        .mapToLong(TopicSplit::offsets)
                        .sum())
                .isEqualTo(30);
        OffsetCommitter.commit(resolved, "some framework");
        assertThat(live.committed("own")).containsEntry(partition("own", 0), 30L);
    }

    /** Fails at its first record. */
    public static final class Failing extends Mapper<TopicRecord, Text, NullWritable, Text> {
        @Override
        protected void map(TopicRecord key, Text value, Context context) throws IOException {
            throw new IOException("on purpose");
        }
    }

    @Test
    void a_job_that_fails_commits_nothing() throws Exception {
        live.create("failing", 1, 1);
        live.produce("failing", 1, 0, 20);
        Job job = Lines.job(conf("failing", "failing"), folder, "failing");
        job.setMapperClass(Failing.class);
        TopicInputFormat.commitOnSuccess(job);

        assertThat(job.waitForCompletion(false)).isFalse();
        assertThat(live.committed("failing")).isEmpty();
    }

    @Test
    void what_would_not_commit_is_refused_at_submission() throws Exception {
        live.create("refused", 1, 1);
        Job late = Lines.job(conf("refused", "refused"), folder, "refused");
        TopicInputFormat.commitOnSuccess(late);
        late.setOutputFormatClass(TextOutputFormat.class);
        assertThatThrownBy(() -> new TextTopicInputFormat().getSplits(late))
                .hasMessageContaining("commitOnSuccess last");

        for (String setting : List.of("mapreduce.map.failures.maxpercent", "mapreduce.reduce.failures.maxpercent")) {
            Configuration lax = conf("refused", "refused");
            lax.setInt(setting, 5);
            Job some = Lines.job(lax, folder, "refused");
            new TextTopicInputFormat().getSplits(some); // reads only
            TopicInputFormat.commitOnSuccess(some);
            assertThatThrownBy(() -> new TextTopicInputFormat().getSplits(some))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining(setting + "=5");
        }

        Configuration all = conf("refused", "refused");
        all.unset("millstream.input.group");
        Job without = Lines.job(all, folder, "refused");
        TopicInputFormat.commitOnSuccess(without);
        assertThatThrownBy(() -> new TextTopicInputFormat().getSplits(without))
                .hasMessageContaining("millstream.input.group");
    }

    private Planned planned(String out, Configuration conf) throws Exception {
        return new Planned(out, conf);
    }

    /** A job that is planned, and then driven by hand. */
    private final class Planned {
        private final Configuration conf;
        private final List<InputSplit> splits;

        Planned(String out, Configuration given) throws Exception {
            given.set("mapreduce.job.dir", folder.resolve("staging-" + out).toString());
            Job job = Lines.job(given, folder, out);
            TopicInputFormat.commitOnSuccess(job);
            splits = new TextTopicInputFormat().getSplits(job);
            conf = job.getConfiguration();
            committer(attempt(0, 0)).setupJob(jobContext());
        }

        JobContext jobContext() {
            return new JobContextImpl(conf, attempt(0, 0).getJobID());
        }

        TaskAttemptContext context(TaskAttemptID id) {
            return new TaskAttemptContextImpl(conf, id);
        }

        OutputCommitter committer(TaskAttemptID id) throws Exception {
            return new CommittingOutputFormat<NullWritable, Text>().getOutputCommitter(context(id));
        }

        int read(TaskAttemptID id) throws Exception {
            return begin(id, Integer.MAX_VALUE);
        }

        /** What a task does before it commits, up to some number of records. */
        int begin(TaskAttemptID id, int most) throws Exception {
            TaskAttemptContext context = context(id);
            committer(id).setupTask(context);
            RecordWriter<NullWritable, Text> writer =
                    new CommittingOutputFormat<NullWritable, Text>().getRecordWriter(context);
            int done = 0;
            try (RecordReader<TopicRecord, Text> reader =
                    new TextTopicInputFormat().createRecordReader(splits.get(0), context)) {
                reader.initialize(splits.get(0), context);
                while (done < most && reader.nextKeyValue()) {
                    writer.write(NullWritable.get(), reader.getCurrentValue());
                    done++;
                }
            } finally {
                writer.close(context);
            }
            return done;
        }

        void commit() throws Exception {
            committer(attempt(0, 0)).commitJob(jobContext());
        }
    }

    private static TaskAttemptID attempt(int task, int number) {
        return new TaskAttemptID(new TaskID("h2", 1, TaskType.MAP, task), number);
    }

    private static void commit(String group, TopicPartition partition, long offset) {
        try (Coordination zooKeeper = live.connect()) {
            GroupOffsets read = Coordination.await(GroupOffsets.read(zooKeeper, group, List.of(partition)));
            CommittedOffset next = new CommittedOffset(offset, new OffsetMetadata(new UUID(0, 0), -1, ""));
            Coordination.await(zooKeeper.commit(read.set(Map.of(partition, next))));
        }
    }

    private static TopicPartition partition(String topic, int number) {
        return new TopicPartition(topic, number);
    }
}
