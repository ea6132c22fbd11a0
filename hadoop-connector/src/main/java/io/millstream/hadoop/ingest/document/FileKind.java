package io.millstream.hadoop.ingest.document;

/** What a file of a run holds. */
public enum FileKind {
    /** Decoded records of one topic and hour. */
    DATA,
    /** Records of one topic that could not be decoded, as they came. */
    QUARANTINE
}
