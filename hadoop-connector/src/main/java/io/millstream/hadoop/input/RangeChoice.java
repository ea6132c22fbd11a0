package io.millstream.hadoop.input;

import java.util.List;

/** Which part of the chosen topics a job reads. Resolved to offsets once, at planning. */
sealed interface RangeChoice {

    /** All that brokers still have. */
    record AllRetained() implements RangeChoice {}

    /** Exactly these offsets; topics are not chosen otherwise then. */
    record Explicit(List<OffsetRange> ranges) implements RangeChoice {}

    /**
     * From the first record at or after {@code from} up to the first at or after {@code to}, by the offsets' order.
     *
     * @param from in ms since the epoch, inclusive
     * @param to in ms since the epoch, exclusive; {@link #OPEN} for the end
     */
    record Window(long from, long to) implements RangeChoice {
        static final long OPEN = Long.MAX_VALUE;
    }

    /** Where a group begins in a topic that is new to it. */
    enum Start {
        EARLIEST,
        LATEST
    }

    /**
     * What a group has not committed.
     *
     * @param start where it begins in a topic of which it has committed nothing; in new partitions of other topics it
     *     begins at their first offset
     */
    record SinceCommitted(String group, String zooKeeper, Start start) implements RangeChoice {}
}
