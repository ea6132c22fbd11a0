package io.millstream.hadoop.ingest.state;

import io.millstream.coordination.Paths;

/** The znodes of one ingest job, whose name is also its consumer group's. */
final class JobPaths {

    private final String job;

    JobPaths(String job) {
        this.job = Paths.ingestJob(job);
    }

    /** Persistent; each driver raises its version and has that number. */
    String fence() {
        return job + "/fence";
    }

    /** Ephemeral: the driver at work. */
    String owner() {
        return job + "/owner";
    }

    /** What the first run fixed. */
    String config() {
        return job + "/config";
    }

    /** The current or last run. */
    String run() {
        return job + "/run";
    }
}
