package io.millstream.broker.log;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a log holds at one moment. Immutable: readers use one view throughout, whatever happens to the log meanwhile.
 */
public final class LogView {

    private final Segment[] segments; // by base offset; never empty, never changed; shared by views
    private final long startOffset;
    private final long endOffset;
    private final int lastSegmentBytes;

    LogView(Segment[] segments, long startOffset, long endOffset) {
        this.segments = segments;
        this.startOffset = startOffset;
        this.endOffset = endOffset;
        this.lastSegmentBytes = segments[segments.length - 1].size();
    }

    /** The first offset that can be read. */
    public long startOffset() {
        return startOffset;
    }

    /** The offset that the next record gets. */
    public long endOffset() {
        return endOffset;
    }

    /** Size of all segments in bytes, what lies below the log's start included. Takes a while if there are many. */
    public long sizeInBytes() {
        return sizeInBytes(0, segments.length);
    }

    /** Size of the segments from one to before another. */
    long sizeInBytes(int from, int to) {
        long bytes = 0;
        for (int i = from; i < to; i++) {
            bytes += bytes(i);
        }
        return bytes;
    }

    /** How many segments there are. */
    public int segmentCount() {
        return segments.length;
    }

    /** Whether {@code other} has the same segments, though perhaps more in the last one. */
    boolean sameSegments(LogView other) {
        return segments == other.segments;
    }

    /** Whether these are neighbours here. */
    boolean holds(List<Segment> neighbours) {
        int first = neighbours.isEmpty() ? 0 : indexOf(neighbours.get(0).baseOffset());
        return first + neighbours.size() <= segments.length
                && Arrays.asList(segments)
                        .subList(first, first + neighbours.size())
                        .equals(neighbours);
    }

    /** The same content, with another segment in the place of neighbours that are here. */
    LogView with(Segment other, List<Segment> neighbours) {
        List<Segment> all = new ArrayList<>(Arrays.asList(segments));
        int first = all.indexOf(neighbours.get(0));
        all.subList(first, first + neighbours.size()).clear();
        all.add(first, other);
        return new LogView(all.toArray(new Segment[0]), startOffset, endOffset);
    }

    /** Closes all files, as soon as nobody uses them. */
    void closeSegments() {
        for (Segment segment : segments) {
            segment.close();
        }
    }

    Segment[] segments() {
        return segments;
    }

    Segment segment(int i) {
        return segments[i];
    }

    Segment last() {
        return segments[segments.length - 1];
    }

    /** Bytes of a segment that belong to this view. */
    int bytes(int i) {
        return i == segments.length - 1 ? lastSegmentBytes : segments[i].size();
    }

    /** The offset at which a segment ends in this view. */
    long end(int i) {
        return i == segments.length - 1 ? endOffset : segments[i + 1].baseOffset();
    }

    /** The segment that would hold {@code offset}; the first one for what is below. */
    int indexOf(long offset) {
        int low = 0;
        int high = segments.length - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (segments[middle].baseOffset() <= offset) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }
}
