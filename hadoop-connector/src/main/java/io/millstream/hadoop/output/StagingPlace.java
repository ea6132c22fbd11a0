package io.millstream.hadoop.output;

import io.millstream.hadoop.ingest.storage.HadoopStorage;
import io.millstream.hadoop.ingest.storage.TargetLayout;
import io.millstream.hadoop.ingest.storage.TargetStorage;
import java.io.IOException;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.TaskAttemptID;
import org.apache.hadoop.mapreduce.TaskID;

/**
 * Where a job stages what it writes.
 *
 * <pre>
 * &lt;staging&gt;/attempts/&lt;attempt&gt;/records     a task attempt at work
 * &lt;staging&gt;/tasks/r_000003/records         a task that is done
 * &lt;staging&gt;/manifest-&lt;sha&gt;.json            what is published, once that is decided
 * </pre>
 *
 * @param root with its scheme
 */
record StagingPlace(TargetStorage storage, Path root) {

    private static final String RECORDS = "records";

    static StagingPlace of(Path root, Configuration conf) throws IOException {
        return new StagingPlace(HadoopStorage.of(root, conf), root);
    }

    /** Makes the folders that everything else expects. */
    void prepare() throws IOException {
        storage.makeDirectories(TargetLayout.tasks(root));
    }

    Path attempt(TaskAttemptID attempt) {
        return TargetLayout.attempt(root, attempt.toString());
    }

    /**
     * Begins an attempt's file.
     *
     * @throws OutputException if the job is over: who is late leaves nothing in what was cleared
     */
    FSDataOutputStream begin(TaskAttemptID attempt) throws IOException {
        storage.makeDirectories(attempt(attempt));
        // Looked at afterwards: what is cleared later takes this attempt's folder along.
        if (storage.stat(tasks()).isEmpty()) {
            // Not the root: an application master may begin the job anew there at this moment.
            storage.delete(attempt(attempt));
            storage.deleteIfEmpty(attempt(attempt).getParent());
            storage.deleteIfEmpty(root);
            throw new OutputException("Staging folder " + root + " has no " + TargetLayout.TASKS
                    + ": the job is over, or its setup was not run. Attempt " + attempt + " writes nothing");
        }
        return storage.create(new Path(attempt(attempt), RECORDS));
    }

    /** Maps and reducers of a job have the same numbers. */
    Path task(TaskID task) {
        char kind = TaskID.getRepresentingCharacter(task.getTaskType());
        return new Path(TargetLayout.tasks(root), String.format(Locale.ROOT, "%c_%06d", kind, task.getId()));
    }

    /** A task's file, relative to the root; {@code task} is a folder that {@link #tasks} lists. */
    static String taskFile(String task) {
        return TargetLayout.TASKS + "/" + task + "/" + RECORDS;
    }

    Path tasks() {
        return TargetLayout.tasks(root);
    }

    Path below(String relative) {
        return new Path(root, relative);
    }
}
