package io.millstream.hadoop.ingest.task;

import io.millstream.hadoop.ingest.storage.HadoopStorage;
import io.millstream.hadoop.ingest.storage.TargetLayout;
import io.millstream.hadoop.ingest.storage.TargetStorage;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.hadoop.mapreduce.TaskAttemptID;

/**
 * Where a task attempt works, and where its result belongs.
 *
 * @param storage the target's file system
 * @param attempt the attempt's own folder
 * @param task what that folder becomes when the attempt is the one that counts
 * @param failure where the attempt says why it failed
 */
record TaskPlace(TargetStorage storage, Path attempt, Path task, Path failure) {

    /** From the configuration that the driver gave its tasks. */
    static TaskPlace of(TaskAttemptContext context) throws IOException {
        Configuration conf = context.getConfiguration();
        Path staging = new Path(IngestSetting.STAGING.in(conf));
        TaskAttemptID attempt = context.getTaskAttemptID();
        return new TaskPlace(
                HadoopStorage.of(staging, conf, IngestSetting.ATOMIC_RENAME_SCHEMES.setIn(conf)),
                TargetLayout.attempt(staging, attempt.toString()),
                TargetLayout.task(staging, attempt.getTaskID().getId()),
                new Path(TargetLayout.failures(staging), attempt.toString()));
    }
}
