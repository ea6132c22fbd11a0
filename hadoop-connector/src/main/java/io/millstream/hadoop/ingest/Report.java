package io.millstream.hadoop.ingest;

import io.millstream.coordination.Document;
import io.millstream.hadoop.ingest.document.Manifest;
import io.millstream.hadoop.ingest.document.PartitionPlan;
import io.millstream.hadoop.ingest.storage.TargetLayout;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** What the command prints on stdout: text for people, or one JSON document. */
final class Report {

    private final PrintStream out;
    private final Form form;

    /** How to print. */
    enum Form {
        TEXT,
        JSON
    }

    Report(PrintStream out, Form form) {
        this.out = out;
        this.form = form;
    }

    /**
     * A plan, as JSON has it.
     *
     * @param to the target, a qualified URI
     * @param records offsets to read; some may hold no record
     * @param bytes size of their batches, perhaps an estimate
     * @param largestTaskBytes the same of the largest task
     */
    record PlanSummary(
            String job,
            String to,
            long records,
            int tasks,
            long bytes,
            long largestTaskBytes,
            List<PartitionPlan> partitions) {}

    /**
     * A published run, as JSON has it.
     *
     * @param run its id; null if there was nothing to do
     * @param manifest relative to the target; null if there was nothing to do
     */
    record RunSummary(
            String job, String run, long files, long records, long quarantined, long tombstones, String manifest) {}

    void plan(PlanSummary plan) {
        if (form == Form.JSON) {
            json(plan);
            return;
        }
        out.printf(Locale.ROOT, "%-40s %9s %14s %14s %14s%n", "TOPIC", "PARTITION", "START", "END", "RECORDS");
        for (PartitionPlan partition : plan.partitions()) {
            out.printf(
                    Locale.ROOT,
                    "%-40s %9d %14d %14d %14d%n",
                    partition.topic(),
                    partition.partition(),
                    partition.start(),
                    partition.end(),
                    partition.offsets());
        }
        out.printf(
                Locale.ROOT,
                "job %s would read %,d records, %,d bytes, in %d tasks (largest %,d bytes) into %s%n",
                plan.job(),
                plan.records(),
                plan.bytes(),
                plan.tasks(),
                plan.largestTaskBytes(),
                plan.to());
    }

    void run(String job, Outcome outcome) {
        if (form == Form.JSON) {
            json(outcome.published().map(Report::summary).orElseGet(() -> new RunSummary(job, null, 0, 0, 0, 0, null)));
            return;
        }
        outcome.finished().ifPresent(manifest -> published("finished the publication of", manifest));
        if (outcome.published().isPresent()) {
            published("published", outcome.published().get());
        } else {
            out.println("nothing to do: no new records for job " + job);
        }
    }

    private void published(String what, Manifest manifest) {
        RunSummary summary = summary(manifest);
        out.printf(
                Locale.ROOT,
                "%s run %s: %,d records in %,d files, %,d quarantined%s%n",
                what,
                summary.run(),
                summary.records(),
                summary.files(),
                summary.quarantined(),
                summary.tombstones() == 0 ? "" : String.format(Locale.ROOT, ", %,d tombstones", summary.tombstones()));
    }

    private static RunSummary summary(Manifest manifest) {
        return new RunSummary(
                manifest.job(),
                manifest.run(),
                manifest.dataFiles(),
                manifest.delivered(),
                manifest.quarantined(),
                manifest.tombstones(),
                TargetLayout.manifest(manifest.run()));
    }

    private void json(Object document) {
        out.println(new String(Document.write(document), StandardCharsets.UTF_8));
    }
}
