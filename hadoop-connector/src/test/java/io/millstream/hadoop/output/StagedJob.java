package io.millstream.hadoop.output;

import io.millstream.coordination.Coordination;
import io.millstream.core.Clock;
import io.millstream.core.Entropy;
import io.millstream.hadoop.ingest.CountedCoordination;
import io.millstream.hadoop.ingest.storage.CountedFileSystem;
import io.millstream.hadoop.ingest.storage.Mortality;
import io.millstream.hadoop.ingest.storage.QuickLocalFileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.mapreduce.JobContext;
import org.apache.hadoop.mapreduce.JobID;
import org.apache.hadoop.mapreduce.JobStatus;
import org.apache.hadoop.mapreduce.OutputCommitter;
import org.apache.hadoop.mapreduce.RecordWriter;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.hadoop.mapreduce.TaskAttemptID;
import org.apache.hadoop.mapreduce.TaskID;
import org.apache.hadoop.mapreduce.TaskType;
import org.apache.hadoop.mapreduce.task.JobContextImpl;
import org.apache.hadoop.mapreduce.task.TaskAttemptContextImpl;

/** A job that writes records to topics, driven call by call as Hadoop would. */
final class StagedJob {

    private static final AtomicInteger JOBS = new AtomicInteger();

    private final OutputLab lab;
    private final Configuration conf;
    private final JobID id = new JobID("1700000000000", JOBS.incrementAndGet());
    private final AtomicLong late = new AtomicLong();
    private final TopicOutputFormat<TopicRecordWritable, NullWritable> format;

    /** @param outlet what is put around the cluster */
    StagedJob(OutputLab lab, UnaryOperator<Outlet> outlet, String... topics) throws IOException {
        this(lab, outlet, new Configuration(), topics);
    }

    StagedJob(OutputLab lab, UnaryOperator<Outlet> outlet, Configuration defaults, String... topics)
            throws IOException {
        this.lab = lab;
        this.conf = new Configuration(defaults);
        this.format = new TopicOutputFormat<>(doors(outlet, Mortality.immortal(), lab::connect));
        QuickLocalFileSystem.register(conf);
        live(conf, Mortality.immortal());
        TopicOutputFormat.setTopics(conf, topics);
        TopicOutputFormat.setZooKeeper(conf, lab.zooKeeper());
        conf.set("millstream.output.staging", CountedFileSystem.SCHEME + "://staging" + folder());
        if (conf.get("millstream.output.batch.bytes") == null) {
            conf.set("millstream.output.batch.bytes", "130"); // two records
        }
        JobContext context = new JobContextImpl(conf, id);
        format.checkOutputSpecs(context);
        conf.addResource(context.getConfiguration());
        format.getOutputCommitter(attempt(0, 0)).setupJob(context);
    }

    private static void live(Configuration conf, Mortality life) {
        CountedFileSystem.live(conf, life);
        conf.set("millstream.ingest.atomic.rename.schemes", CountedFileSystem.SCHEME);
    }

    private OutputDoors doors(
            UnaryOperator<Outlet> outlet, Mortality life, java.util.function.Supplier<Coordination> session) {
        return new OutputDoors(
                new LateClock(),
                Entropy.system(),
                (connect, patience) -> new CountedCoordination(session.get(), life),
                outlet);
    }

    /** The machine's, and what was let pass. */
    private final class LateClock implements Clock {

        @Override
        public long millis() {
            return Clock.system().millis() + late.get() / 1_000_000;
        }

        @Override
        public long nanos() {
            return Clock.system().nanos() + late.get();
        }
    }

    /** Lets time pass for whoever publishes. */
    void letPass(Duration time) {
        late.addAndGet(time.toNanos());
    }

    private Path folder() {
        return lab.folder().resolve("staging");
    }

    /** Where the job stages. */
    Path staging() {
        return folder().resolve(publication());
    }

    String publication() {
        return id + "-" + conf.get("millstream.output.plan.id");
    }

    Configuration conf() {
        return conf;
    }

    TaskAttemptContext attempt(int task, int number) {
        return new TaskAttemptContextImpl(conf, new TaskAttemptID(new TaskID(id, TaskType.REDUCE, task), number));
    }

    TaskAttemptContext mapAttempt(int task, int number) {
        return new TaskAttemptContextImpl(conf, new TaskAttemptID(new TaskID(id, TaskType.MAP, task), number));
    }

    OutputCommitter committer(int task, int number) {
        return format.getOutputCommitter(attempt(task, number));
    }

    /** What a task attempt does before it is committed. */
    void write(int task, int number, List<TopicRecordWritable> records) throws IOException {
        write(attempt(task, number), records);
    }

    /** The same, of an attempt with another life. */
    void write(int task, int number, List<TopicRecordWritable> records, Mortality life) throws IOException {
        Configuration living = new Configuration(conf);
        live(living, life);
        write(new TaskAttemptContextImpl(living, attempt(task, number).getTaskAttemptID()), records);
    }

    private void write(TaskAttemptContext context, List<TopicRecordWritable> records) throws IOException {
        RecordWriter<TopicRecordWritable, NullWritable> writer = format.getRecordWriter(context);
        try {
            for (TopicRecordWritable each : records) {
                writer.write(each, NullWritable.get());
            }
            writer.close(context);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /** A whole task. */
    void task(int task, List<TopicRecordWritable> records) throws IOException {
        write(task, 0, records);
        committer(task, 0).commitTask(attempt(task, 0));
    }

    /** Commits with another life, whose session is this one. */
    void commit(Mortality life, Coordination session, UnaryOperator<Outlet> outlet) throws IOException {
        Configuration living = new Configuration(conf);
        live(living, life);
        UnaryOperator<Outlet> counted = real -> new CountedOutlet(outlet.apply(real), life);
        new TopicOutputCommitter(doors(counted, life, () -> session)).commitJob(new JobContextImpl(living, id));
    }

    void commit() throws IOException {
        commit(Mortality.immortal(), lab.connect(), UnaryOperator.identity());
    }

    void abort() throws IOException {
        new TopicOutputCommitter(doors(UnaryOperator.identity(), Mortality.immortal(), lab::connect))
                .abortJob(new JobContextImpl(conf, id), JobStatus.State.FAILED);
    }

    /** What an application master does first if it cannot go on where the one before it stopped. */
    void beginAnew(int applicationAttempt) throws IOException {
        as(applicationAttempt);
        abort();
        setup();
    }

    void setup() throws IOException {
        JobContext context = new JobContextImpl(conf, id);
        format.getOutputCommitter(attempt(0, 0)).setupJob(context);
    }

    /** From now on this application master speaks. */
    void as(int applicationAttempt) {
        conf.setInt("mapreduce.job.application.attempt.id", applicationAttempt);
    }

    /** Finishes it as {@code millstream output resume} does. */
    void resume(UnaryOperator<Outlet> outlet) throws IOException {
        try (OutputSession session = OutputSession.open(conf, doors(outlet, Mortality.immortal(), lab::connect))) {
            PublicationRecord standing =
                    session.register().read(publication()).orElseThrow().value();
            new Publications(session, conf, () -> {}).finish(publication(), standing, Publisher.Before.ANYBODY);
        }
    }

    /** Gives it up as {@code millstream output abandon} does. */
    Publications.Abandoned abandon() throws IOException {
        OutputDoors doors = doors(UnaryOperator.identity(), Mortality.immortal(), lab::connect);
        try (OutputSession session = OutputSession.open(conf, doors)) {
            return new Publications(session, conf, () -> {}).abandon(publication());
        }
    }

    /** What ZooKeeper says of it; null if nothing. */
    PublicationState state() {
        return new PublicationRegister(lab.coordination())
                .read(publication())
                .map(each -> each.value().state())
                .orElse(null);
    }

    /** Records for every partition of topics, {@code each} per partition, told apart by their values. */
    static List<TopicRecordWritable> records(String task, int partitions, int each, String... topics) {
        List<TopicRecordWritable> records = new ArrayList<>();
        for (int i = 0; i < each; i++) {
            for (String topic : topics) {
                for (int partition = 0; partition < partitions; partition++) {
                    byte[] value = value(task, i).getBytes(java.nio.charset.StandardCharsets.UTF_8);
                    records.add(new TopicRecordWritable(topic, null, value).to(partition));
                }
            }
        }
        return records;
    }

    static String value(String task, int number) {
        return task + " record " + number;
    }
}
