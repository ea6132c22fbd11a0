package io.millstream.client;

import io.millstream.core.TopicPartition;

/** Records that were asked for are not, or no longer, in the partition. */
public final class OffsetOutOfRangeException extends ClientException {

    private static final long serialVersionUID = 1L;

    private final long wanted;
    private final long start;
    private final long end;
    private final long lost;

    private OffsetOutOfRangeException(String message, long wanted, long start, long end, long lost) {
        super(message);
        this.wanted = wanted;
        this.start = start;
        this.end = end;
        this.lost = lost;
    }

    /** Retention, or a deletion, was faster than the reader of {@code [wanted, to)}. */
    static OffsetOutOfRangeException belowStart(TopicPartition partition, long wanted, long to, long start, long end) {
        long lost = Math.min(start, to) - wanted;
        String message = "Partition " + partition + " no longer has offset " + wanted + ": it starts at " + start
                + ", so " + lost + " offsets (" + wanted + " to " + (wanted + lost - 1) + ") are lost to this reader";
        return new OffsetOutOfRangeException(message, wanted, start, end, lost);
    }

    /** The partition ends below what was asked for, although it once did not. */
    static OffsetOutOfRangeException aboveEnd(TopicPartition partition, long wanted, long to, long start, long end) {
        String message = "Partition " + partition + " ends at " + end + ", below offset " + wanted
                + ": its log was cut, or the topic was made anew; " + (to - wanted) + " offsets up to " + to
                + " are missing";
        return new OffsetOutOfRangeException(message, wanted, start, end, to - wanted);
    }

    /** The offset asked for. */
    public long wanted() {
        return wanted;
    }

    /** The first offset that the partition has; -1 if the broker did not say. */
    public long start() {
        return start;
    }

    /** The offset after the last that may be read; -1 if the broker did not say. */
    public long end() {
        return end;
    }

    /** How many of the offsets asked for cannot be had. */
    public long lost() {
        return lost;
    }
}
