package io.millstream.broker.log;

import java.util.Comparator;

/**
 * Whether a log should be compacted now, and how much that would do.
 *
 * @param due whether it should
 * @param overdue whether records wait longer than {@code max.compaction.lag.ms}
 * @param dirtyRatio part of what can be compacted that is new since the last time, in bytes: 0 to 1
 * @param segments how many of the log's segments, from the oldest on, may be compacted
 * @param firstDirtyOffset where what is new begins
 */
public record CompactionNeed(boolean due, boolean overdue, double dirtyRatio, int segments, long firstDirtyOffset) {

    /** There is nothing to do. */
    public static final CompactionNeed NONE = new CompactionNeed(false, false, 0, 0, 0);

    /** The most urgent last: those that wait too long, then the dirtiest. */
    public static final Comparator<CompactionNeed> BY_URGENCY =
            Comparator.comparing(CompactionNeed::overdue).thenComparing(CompactionNeed::dirtyRatio);
}
