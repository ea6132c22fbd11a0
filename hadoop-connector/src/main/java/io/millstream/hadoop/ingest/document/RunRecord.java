package io.millstream.hadoop.ingest.document;

/**
 * {@code /ingest/<job>/run}: the job's current or last run.
 *
 * @param run its id
 * @param fence its driver's fencing number, which also names its staging folder
 * @param state how far it is
 * @param hadoopJob id of its Hadoop job; null before there is one
 * @param plan the plan; null before there is one
 * @param manifest the manifest; null before the commit
 * @param offsetsPending whether committed offsets may have to be written still, because they were too many for one request
 */
public record RunRecord(
        String run,
        int fence,
        RunState state,
        String hadoopJob,
        DocumentRef plan,
        DocumentRef manifest,
        boolean offsetsPending) {

    public static RunRecord started(String run, int fence) {
        return new RunRecord(run, fence, RunState.STARTED, null, null, null, false);
    }

    /** The same run with its Hadoop job. */
    public RunRecord running(String job, DocumentRef storedPlan) {
        return new RunRecord(run, fence, RunState.STARTED, job, storedPlan, null, false);
    }

    /** The same run, decided. */
    public RunRecord committed(DocumentRef decided, OffsetsFollow follow) {
        return new RunRecord(
                run, fence, RunState.COMMITTED, hadoopJob, plan, decided, follow == OffsetsFollow.IN_CHUNKS);
    }

    public RunRecord published() {
        return new RunRecord(run, fence, RunState.PUBLISHED, hadoopJob, plan, manifest, false);
    }

    public RunRecord abandoned() {
        return new RunRecord(run, fence, RunState.ABANDONED, hadoopJob, null, null, false);
    }

    /** When the offsets of a commit are written. */
    public enum OffsetsFollow {
        /** In the same request. */
        AT_ONCE,
        /** In further requests that the run record guards. */
        IN_CHUNKS
    }
}
