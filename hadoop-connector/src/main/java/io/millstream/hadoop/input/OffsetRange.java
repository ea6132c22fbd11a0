package io.millstream.hadoop.input;

import io.millstream.core.TopicPartition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * Offsets of one partition that a job reads.
 *
 * @param partition whose offsets; never null
 * @param from first offset, inclusive; not negative
 * @param to last offset, exclusive; not below {@code from}
 */
public record OffsetRange(TopicPartition partition, long from, long to) implements Comparable<OffsetRange> {

    private static final Comparator<OffsetRange> ORDER = Comparator.comparing(OffsetRange::partition)
            .thenComparingLong(OffsetRange::from)
            .thenComparingLong(OffsetRange::to);

    private static final int FIELDS = 4;

    /** @throws IllegalArgumentException if the range begins below 0 or ends before it begins */
    public OffsetRange {
        Objects.requireNonNull(partition, "partition");
        if (from < 0 || to < from) {
            throw new IllegalArgumentException("Offsets " + from + " to " + to + " of " + partition
                    + " are not a range that rises from 0 or more");
        }
    }

    /** How many offsets; some may have no record. */
    public long offsets() {
        return to - from;
    }

    /** Whether there is nothing to read. */
    public boolean isEmpty() {
        return from == to;
    }

    /** The form that {@link #parse} reads: {@code topic:partition:from:to}. */
    public String encoded() {
        return partition.topic() + ":" + partition.partition() + ":" + from + ":" + to;
    }

    /**
     * Reads {@code topic:partition:from:to}, {@code to} exclusive.
     *
     * @throws IllegalArgumentException if it is something else; the message quotes it
     */
    public static OffsetRange parse(String text) {
        String[] fields = text.strip().split(":", -1);
        if (fields.length != FIELDS) {
            throw new IllegalArgumentException("'" + text + "' is not TOPIC:PARTITION:FROM:TO");
        }
        try {
            TopicPartition partition = new TopicPartition(fields[0], Integer.parseInt(fields[1]));
            return new OffsetRange(partition, Long.parseLong(fields[2]), Long.parseLong(fields[3]));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + text + "' is not TOPIC:PARTITION:FROM:TO: " + e.getMessage(), e);
        }
    }

    /** Reads ranges separated by commas or white space; none if there is only that. */
    static List<OffsetRange> parseAll(String text) {
        List<OffsetRange> ranges = new ArrayList<>();
        for (String each : InputKey.list(text)) {
            ranges.add(parse(each));
        }
        return ranges;
    }

    @Override
    public int compareTo(OffsetRange other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return partition + " [" + from + ", " + to + ")";
    }
}
