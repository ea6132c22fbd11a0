package io.millstream.hadoop.ingest.task;

/** What ingest tasks count, for the job's history. Never one per topic or partition: jobs may have only 120. */
enum IngestCounter {
    /** Rows in data files. */
    ROWS,
    /** Records that could not be decoded. */
    QUARANTINED,
    /** Records without a value. */
    TOMBSTONES,
    /** Files written. */
    FILES,
    /** Their bytes. */
    FILE_BYTES
}
