package io.millstream.hadoop.output;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.mapreduce.JobContext;
import org.apache.hadoop.mapreduce.MRJobConfig;

/**
 * What a job's committer speaks of.
 *
 * @param publication its name in ZooKeeper
 * @param job Hadoop's id of the job
 * @param applicationAttempt number of the application master that speaks, from 1; 0 where there is none
 * @param place where tasks stage
 */
record JobOutput(String publication, String job, int applicationAttempt, StagingPlace place) {

    static JobOutput of(JobContext context) throws IOException {
        Configuration conf = context.getConfiguration();
        OutputPlan plan = OutputPlan.in(conf);
        return new JobOutput(
                plan.publication(context.getJobID()),
                context.getJobID().toString(),
                conf.getInt(MRJobConfig.APPLICATION_ATTEMPT_ID, 0),
                StagingPlace.of(plan.staging(context.getJobID()), conf));
    }

    /** Whether an application master before this one may have had the output aborted. */
    boolean maybeAborted() {
        return applicationAttempt > 1;
    }
}
