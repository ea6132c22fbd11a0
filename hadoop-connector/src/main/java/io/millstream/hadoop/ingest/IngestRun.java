package io.millstream.hadoop.ingest;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.Document;
import io.millstream.core.Entropy;
import io.millstream.hadoop.ingest.document.DocumentRef;
import io.millstream.hadoop.ingest.document.IngestException;
import io.millstream.hadoop.ingest.document.IngestPlan;
import io.millstream.hadoop.ingest.document.JobConfig;
import io.millstream.hadoop.ingest.document.Manifest;
import io.millstream.hadoop.ingest.document.ManifestBuilder;
import io.millstream.hadoop.ingest.document.RunRecord;
import io.millstream.hadoop.ingest.document.RunState;
import io.millstream.hadoop.ingest.document.TaskReport;
import io.millstream.hadoop.ingest.state.CommitPoint;
import io.millstream.hadoop.ingest.state.JobFence;
import io.millstream.hadoop.ingest.state.JobSettings;
import io.millstream.hadoop.ingest.state.Owner;
import io.millstream.hadoop.ingest.state.RunRegister;
import io.millstream.hadoop.ingest.storage.TargetLayout;
import io.millstream.hadoop.ingest.storage.TargetStorage;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;

/**
 * One run of the ingest job, in the order of the protocol. The driver may die before, during and after each step: what stands
 * before the commit point is cleared by the next driver, what stands after it is finished by the next driver, and a driver that
 * was replaced meanwhile can do neither.
 */
final class IngestRun {

    private final IngestOptions options;
    private final Target target;
    private final Coordination coordination;
    private final Planner planner;
    private final HadoopJobs hadoop;
    private final TopicClaims claims;
    private final Entropy entropy;
    private final Progress progress;

    /** What the driver works with. */
    record Parts(Coordination coordination, Planner planner, HadoopJobs hadoop, TopicClaims claims, Entropy entropy) {}

    IngestRun(IngestOptions options, Target target, Parts parts, Progress progress) {
        this.options = options;
        this.target = target;
        this.coordination = parts.coordination();
        this.planner = parts.planner();
        this.hadoop = parts.hadoop();
        this.claims = parts.claims();
        this.entropy = parts.entropy();
        this.progress = progress;
    }

    /**
     * Runs.
     *
     * @param owner this driver; its run id is new
     * @throws IngestException if the run failed; the message says why and what to do
     */
    Outcome run(Owner owner) throws IOException {
        JobSettings settings = new JobSettings(coordination, options.job());
        JobConfig asked =
                new JobConfig(target.layout().to().toString(), options.topics().topics(), options.time());
        settings.ensureUnchanged(asked);
        JobFence fence = JobFence.take(coordination, options.job(), owner);

        RunRegister register = RunRegister.open(coordination, options.job(), fence);
        CommitPoint commitPoint = new CommitPoint(coordination, register, commitMaxBytes());
        Completion completion = new Completion(register, target, commitPoint, hadoop);
        Optional<Manifest> finished = completion.settle(progress);

        Planned planned = planner.plan(owner.run(), fence.number(), Planner.Purpose.RUN);
        planned.sayWhatIsLeftOut(progress);
        // Only what could be planned is fixed: a mistyped topic or target in the first command can be corrected.
        claims.ensureFree(planned.topics());
        settings.fix(asked, fence);
        if (planned.plan().offsets() == 0) {
            commitPoint.commitStarts(planned.offsets(), planned.starts(), fence);
            return new Outcome(finished, Optional.empty());
        }
        register.put(RunRecord.started(owner.run(), fence.number()));
        Path ours = target.layout().run(owner.run());
        try {
            Manifest manifest = ingest(planned, register);
            DocumentRef stored = store(TargetLayout.manifest(owner.run()), manifest);
            // From here on the run may be committed without our knowing; its plan and manifest are evidence then.
            ours = target.layout().staging(owner.run(), fence.number());
            commitPoint.commit(manifest, stored, planned.offsets(), entropy);
        } catch (IOException | RuntimeException e) {
            giveUp(owner.run(), ours, register, completion, e);
            ensureHeld(fence, e);
            throw e;
        }
        return new Outcome(finished, completion.settle(progress));
    }

    /** Where another driver has cleared our run, files that are gone are what fails first, and not what is to be said. */
    private static void ensureHeld(JobFence fence, Exception failure) {
        try {
            fence.ensureHeld();
        } catch (IngestException lost) {
            lost.addSuppressed(failure);
            throw lost;
        } catch (CoordinationException unknown) {
            failure.addSuppressed(unknown);
        }
    }

    private long commitMaxBytes() {
        return options.commitMaxBytes() > 0 ? options.commitMaxBytes() : coordination.maxCommitBytes() / 2;
    }

    /** Everything before the commit point: plan stored, records read, each offset accounted for. */
    private Manifest ingest(Planned planned, RunRegister register) throws IOException {
        IngestPlan plan = planned.plan();
        TargetStorage storage = target.storage();
        Path staging = target.layout().staging(plan.run(), plan.fence());
        storage.makeDirectories(TargetLayout.tasks(staging));
        storage.makeDirectories(TargetLayout.failures(staging));
        claims.claim(planned.topics(), staging);
        DocumentRef stored = store(TargetLayout.plan(plan.run()), plan);
        RunRecord started = register.record().orElseThrow();
        hadoop.run(plan, job -> register.put(started.running(job, stored)), progress);

        Map<String, TaskReport> reports = new RunReports(storage).read(staging);
        RunReports.ensureWithinBudget(reports.values(), options.quarantineMax());
        planner.ensureSameTopics(plan);
        Map<String, TaskReport> byFolder = new TreeMap<>();
        String tasks = TargetLayout.stagingFolder(plan.run(), plan.fence()) + "/" + TargetLayout.TASKS + "/";
        reports.forEach((task, report) -> byFolder.put(tasks + task, report));
        return ManifestBuilder.build(plan, byFolder);
    }

    private DocumentRef store(String path, Object document) throws IOException {
        byte[] content = Document.write(document);
        if (content.length > TargetStorage.MAX_DOCUMENT_BYTES) {
            throw new IngestException(path + " would have " + content.length + " bytes, more than the "
                    + TargetStorage.MAX_DOCUMENT_BYTES
                    + " that are read back. The run has too many files: do the records' times spread over many hours?");
        }
        target.storage().write(target.layout().below(path), content);
        return DocumentRef.of(path, content);
    }

    /**
     * Clears a run that failed. Where the record says that it is committed after all, or nothing can be read, all is left to the
     * next driver. Where another driver has gone on already, what we wrote after it had cleared our run is known to us alone.
     */
    private void giveUp(String run, Path ours, RunRegister register, Completion completion, Exception failure) {
        try {
            register.reload();
            RunRecord now = register.record().orElseThrow();
            if (!now.run().equals(run)) {
                target.storage().delete(ours);
            } else if (now.state() == RunState.ABANDONED) {
                target.storage().delete(target.layout().run(run));
            } else if (now.state() == RunState.STARTED) {
                completion.settle(progress);
            }
        } catch (IOException | RuntimeException e) {
            failure.addSuppressed(e);
        }
    }
}
