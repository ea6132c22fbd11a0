package io.millstream.schemas.serde;

/** Which part of a record is meant. */
public enum RecordPart {
    KEY,
    VALUE;

    /** As it is said in messages and in subjects: {@code key}, {@code value}. */
    public String label() {
        return this == KEY ? "key" : "value";
    }
}
