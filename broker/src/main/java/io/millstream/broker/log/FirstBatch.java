package io.millstream.broker.log;

/** What a read does if the first batch is larger than the limit. */
public enum FirstBatch {
    /** Returns it all the same, so that the reader makes progress. */
    ALWAYS,

    /** Returns nothing. */
    IF_IT_FITS
}
