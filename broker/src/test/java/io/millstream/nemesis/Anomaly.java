package io.millstream.nemesis;

/**
 * What a correct log never shows, after the classes that Jepsen's Kafka workload tells apart. Those within one transaction,
 * and reads of what was aborted or not committed yet, need transactions. A poll that skips or goes back within what one call
 * returned counts as {@link #POLL_SKIP} or {@link #NONMONOTONIC_POLL}.
 */
enum Anomaly {
    /** An acknowledged record is not in the log. */
    LOST_WRITE,
    /** Two records at one offset, or one that is not where its acknowledgement or a consumer saw it. */
    INCONSISTENT_OFFSETS,
    /** One record at two offsets. */
    DUPLICATE,
    /** A producer's records are in another order than it sent them. */
    REORDERED,
    /** A producer's acknowledgements name offsets in another order than it sent. */
    NONMONOTONIC_SEND,
    /** A consumer passed over a record that is there. */
    POLL_SKIP,
    /** A consumer went back without being told to. */
    NONMONOTONIC_POLL,
    /** A consumer saw a record that is gone. */
    TAKEN_BACK,
    /** An acknowledged record that a group, or who reads alone, did not see, although it went on to the end. */
    UNSEEN,
    /** A record that nobody sent to this partition. */
    INVENTED,
    /** A group went on before where it had committed. */
    COMMIT_WENT_BACK
}
