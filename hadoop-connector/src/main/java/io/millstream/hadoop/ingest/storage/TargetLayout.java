package io.millstream.hadoop.ingest.storage;

import io.millstream.core.TopicName;
import java.util.Locale;
import org.apache.hadoop.fs.Path;

/**
 * Where things lie below an ingest job's target.
 *
 * <pre>
 * &lt;to&gt;/&lt;topic&gt;/dt=2026-11-22/hour=07/&lt;topic&gt;-&lt;run&gt;-&lt;n&gt;.parquet    what readers read
 * &lt;to&gt;/_quarantine/&lt;topic&gt;/&lt;topic&gt;-&lt;run&gt;-&lt;n&gt;.parquet              what could not be decoded
 * &lt;to&gt;/_claims/&lt;topic&gt;.json                                   the job that may write this topic here
 * &lt;to&gt;/_runs/&lt;run&gt;/plan.json, manifest.json                   evidence, kept
 * &lt;to&gt;/_runs/&lt;run&gt;/&lt;fence&gt;/attempts/&lt;attempt&gt;/...                a task attempt at work
 * &lt;to&gt;/_runs/&lt;run&gt;/&lt;fence&gt;/tasks/&lt;task&gt;/...                      a task that is done, until it is published
 * &lt;to&gt;/_runs/&lt;run&gt;/&lt;fence&gt;/failures/&lt;attempt&gt;                    why an attempt failed
 * </pre>
 *
 * @param to fully qualified
 */
public record TargetLayout(Path to) {

    /** Name of the report that every finished task leaves beside its files. */
    public static final String REPORT = "report.json";

    /** Name of the folder of finished tasks in a staging folder. */
    public static final String TASKS = "tasks";

    private static final String RUNS = "_runs";
    private static final String QUARANTINE = "_quarantine";

    /** All that belongs to a run. */
    public Path run(String run) {
        return below(RUNS + "/" + run);
    }

    /** The plan of a run, relative to the target. */
    public static String plan(String run) {
        return RUNS + "/" + run + "/plan.json";
    }

    /** The manifest of a run, relative to the target. */
    public static String manifest(String run) {
        return RUNS + "/" + run + "/manifest.json";
    }

    /** All that is unpublished of a run whose driver had this fencing number, relative to the target. */
    public static String stagingFolder(String run, int fence) {
        return RUNS + "/" + run + "/" + fence;
    }

    /** The same, with the target. */
    public Path staging(String run, int fence) {
        return below(stagingFolder(run, fence));
    }

    /** Where a task attempt works. */
    public static Path attempt(Path staging, String attempt) {
        return new Path(new Path(staging, "attempts"), attempt);
    }

    /** Where finished tasks are. */
    public static Path tasks(Path staging) {
        return new Path(staging, TASKS);
    }

    /** What the folder of an attempt becomes when it is the one that counts. */
    public static Path task(Path staging, int task) {
        return new Path(tasks(staging), String.format(Locale.ROOT, "%06d", task));
    }

    /** Where an attempt that failed says why. */
    public static Path failures(Path staging) {
        return new Path(staging, "failures");
    }

    /** The claim on {@code topic}, and where it is written aside first. */
    public Path claim(TopicName topic) {
        return new Path(new Path(to, "_claims"), FolderNames.of(topic) + ".json");
    }

    public static Path claimAside(Path staging, TopicName topic) {
        return new Path(staging, "claim-" + FolderNames.of(topic) + ".json");
    }

    /** A path below the target, as manifests have it. */
    public Path below(String relative) {
        return new Path(to, relative);
    }

    /** Where published files of {@code topic} lie, relative to the target; {@code hour} as {@code dt=.../hour=...}. */
    public static String hourFolder(TopicName topic, String hour) {
        return FolderNames.of(topic) + "/" + hour;
    }

    /** Where records of {@code topic} that could not be decoded lie, relative to the target. */
    public static String quarantineFolder(TopicName topic) {
        return QUARANTINE + "/" + FolderNames.of(topic);
    }
}
