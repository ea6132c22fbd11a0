package io.millstream.hadoop.input;

/** What tasks count; shown as group "Millstream". A fixed few, never one per topic or partition: jobs may have only 120. */
public enum InputCounter {
    /** Records delivered to the mapper. */
    RECORDS,
    /** Bytes of their keys and values. */
    RECORD_BYTES,
    /** Offsets that were proven to have no record. */
    GAP_OFFSETS,
    /** Offsets accounted for: records and gaps. */
    OFFSETS
}
