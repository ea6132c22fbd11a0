package io.millstream.hadoop.output;

/** How far a publication is. */
public enum PublicationState {
    /** Decided: all of it will be in the topics, and some of it may be already. */
    OPEN,
    /** All of it is in the topics. */
    PUBLISHED,
    /** The job failed or was killed before anything was decided; nothing is, and never will be, in the topics. */
    ABORTED,
    /** Given up by a person; what had been sent stays in the topics. */
    ABANDONED
}
