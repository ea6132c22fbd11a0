package io.millstream.hadoop.ingest.storage;

/** What became of a rename that does not overwrite. */
public enum Renamed {
    /** The source is now the target. */
    DONE,
    /** The target was there already. Neither was touched. */
    TARGET_EXISTS,
    /** There is nothing at the source. */
    SOURCE_MISSING
}
