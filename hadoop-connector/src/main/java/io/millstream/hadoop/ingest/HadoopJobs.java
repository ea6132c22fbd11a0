package io.millstream.hadoop.ingest;

import io.millstream.core.Loop;
import io.millstream.hadoop.ingest.document.IngestException;
import io.millstream.hadoop.ingest.document.IngestPlan;
import io.millstream.hadoop.ingest.document.RunRecord;
import io.millstream.hadoop.ingest.storage.FileEntry;
import io.millstream.hadoop.ingest.storage.TargetLayout;
import io.millstream.hadoop.ingest.storage.TargetStorage;
import io.millstream.hadoop.ingest.task.IngestMapper;
import io.millstream.hadoop.ingest.task.IngestOutputFormat;
import io.millstream.hadoop.ingest.task.IngestSetting;
import io.millstream.hadoop.input.OffsetRange;
import io.millstream.hadoop.input.TopicInputFormat;
import io.millstream.hadoop.input.TopicSplit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.mapreduce.Cluster;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.JobStatus;

/** The Hadoop jobs of ingest runs: runs one, and ends those that a dead driver left behind. */
final class HadoopJobs {

    private static final String JOB_NAME = "millstream-ingest ";
    private static final String JOB_JAR = "mapreduce.job.jar";
    private static final long PROGRESS_MILLIS = 500;
    private static final long STOP_POLL_MILLIS = 500;
    private static final int STOP_POLLS = 240;
    private static final int NAMED_FAILURES = 3;

    private final Configuration conf;
    private final Target target;
    private final Loop loop;

    /** @param loop on which progress is looked after */
    HadoopJobs(Configuration conf, Target target, Loop loop) {
        this.conf = conf;
        this.target = target;
        this.loop = loop;
    }

    /**
     * Runs the job of {@code plan} and waits for its end.
     *
     * @param submitted told the job's id as soon as it has one
     * @throws IngestException if the job failed, saying why its tasks did
     */
    void run(IngestPlan plan, Consumer<String> submitted, Progress progress) throws IOException {
        Job job = prepare(plan);
        // A job whose submission failed cannot be asked whether it is complete.
        boolean begun = false;
        try {
            job.submit();
            begun = true;
            submitted.accept(job.getJobID().toString());
            watch(job, progress);
            if (!job.waitForCompletion(false)) {
                throw new IngestException(failure(job, plan));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IngestException("Interrupted while the Hadoop job ran; it is being stopped", e);
        } catch (ClassNotFoundException e) {
            throw new IngestException("Hadoop cannot load " + e.getMessage() + ": the job's jar is not complete", e);
        } finally {
            if (begun) {
                stop(job);
            }
        }
    }

    /** What tasks a run of {@code plan} would have. */
    Report.PlanSummary describe(IngestPlan plan) throws IOException {
        List<TopicSplit> splits = TopicInputFormat.plan(prepare(plan).getConfiguration());
        long bytes = splits.stream().mapToLong(TopicSplit::getLength).sum();
        long largest = splits.stream().mapToLong(TopicSplit::getLength).max().orElse(0);
        return new Report.PlanSummary(
                plan.job(), plan.to(), plan.offsets(), splits.size(), bytes, largest, plan.partitions());
    }

    private Job prepare(IngestPlan plan) throws IOException {
        Job job = Job.getInstance(conf, JOB_NAME + plan.job() + " " + plan.run());
        if (conf.get(JOB_JAR) == null) { // what the user names has all classes; the jar of this one may not
            job.setJarByClass(IngestMapper.class);
        }
        job.setInputFormatClass(TopicInputFormat.class);
        job.setMapperClass(IngestMapper.class);
        job.setOutputFormatClass(IngestOutputFormat.class);
        job.setOutputKeyClass(NullWritable.class);
        job.setOutputValueClass(NullWritable.class);
        job.setNumReduceTasks(0);
        Configuration ofJob = job.getConfiguration();
        ofJob.set("mapreduce.job.tags", plan.run());
        ofJob.set(
                IngestSetting.PLAN.key(),
                target.layout().below(TargetLayout.plan(plan.run())).toString());
        ofJob.set(
                IngestSetting.STAGING.key(),
                target.layout().staging(plan.run(), plan.fence()).toString());
        TopicInputFormat.setRanges(ofJob, ranges(plan));
        return job;
    }

    private static List<OffsetRange> ranges(IngestPlan plan) {
        return plan.partitions().stream()
                .map(range -> new OffsetRange(range.topicPartition(), range.start(), range.end()))
                .filter(range -> !range.isEmpty())
                .toList();
    }

    private void watch(Job job, Progress progress) {
        loop.schedule(
                () -> {
                    try {
                        if (!job.isComplete()) {
                            progress.read(job.mapProgress());
                            watch(job, progress);
                        }
                    } catch (IOException e) {
                        progress.say("cannot learn how far the job is: " + e.getMessage());
                    }
                },
                PROGRESS_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    /** Leaves no job behind whatever happened. */
    private static void stop(Job job) throws IOException {
        if (!job.isComplete()) {
            job.killJob();
        }
    }

    private String failure(Job job, IngestPlan plan) throws IOException, InterruptedException {
        TargetStorage storage = target.storage();
        Path notes = TargetLayout.failures(target.layout().staging(plan.run(), plan.fence()));
        StringBuilder causes = new StringBuilder();
        List<FileEntry> entries = storage.list(notes);
        for (FileEntry entry : entries.subList(0, Math.min(NAMED_FAILURES, entries.size()))) {
            String text = new String(storage.read(entry.path()), StandardCharsets.UTF_8);
            causes.append(causes.isEmpty() ? "" : "; ")
                    .append(entry.name())
                    .append(": ")
                    .append(text.lines().findFirst().orElse(""));
        }
        if (causes.isEmpty()) {
            causes.append(Optional.ofNullable(job.getStatus().getFailureInfo()).orElse("no task said why"));
        }
        return "Hadoop job " + job.getJobID() + " failed (" + causes + "). Nothing was committed; run again";
    }

    /** Ends the job of an earlier run if it still lives, and waits until it is over. */
    void stopLeftOver(RunRecord run) throws IOException {
        try {
            Cluster cluster = new Cluster(conf);
            try {
                for (int polls = 0; polls < STOP_POLLS; polls++) {
                    Optional<JobStatus> living = living(cluster, run);
                    if (living.isEmpty()) {
                        return;
                    }
                    Job job = cluster.getJob(living.get().getJobID());
                    if (job != null) {
                        job.killJob();
                    }
                    pause();
                }
            } finally {
                cluster.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IngestException("Interrupted while the job of run " + run.run() + " was being stopped", e);
        }
        throw new IngestException("Hadoop job " + run.hadoopJob() + " of run " + run.run()
                + " does not end although it was killed. End it, then run again");
    }

    /** By name too: a driver may die after it submitted the job and before it noted the job's id. */
    private static Optional<JobStatus> living(Cluster cluster, RunRecord run) throws IOException, InterruptedException {
        JobStatus[] known = cluster.getAllJobStatuses();
        if (known == null) {
            return Optional.empty();
        }
        return Arrays.stream(known)
                .filter(status -> !status.isJobComplete())
                .filter(status -> status.getJobID().toString().equals(run.hadoopJob())
                        || (status.getJobName() != null && status.getJobName().endsWith(" " + run.run())))
                .findFirst();
    }

    private void pause() {
        CompletableFuture<Void> over = new CompletableFuture<>();
        loop.schedule(() -> over.complete(null), STOP_POLL_MILLIS, TimeUnit.MILLISECONDS);
        over.join();
    }
}
