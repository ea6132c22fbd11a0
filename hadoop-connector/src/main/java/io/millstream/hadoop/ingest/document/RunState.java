package io.millstream.hadoop.ingest.document;

/** How far a run is. Nothing of it counts before {@link #COMMITTED}, all of it does from then on. */
public enum RunState {
    /** Under way, or its driver died: what it left is cleared by the next driver. */
    STARTED,
    /** Offsets and manifest are decided; files may have to be moved still, by whoever drives next. */
    COMMITTED,
    /** All files are in their places. */
    PUBLISHED,
    /** It was never committed and what it left is cleared. */
    ABANDONED
}
