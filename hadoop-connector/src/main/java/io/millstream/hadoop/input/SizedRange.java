package io.millstream.hadoop.input;

import java.util.ArrayList;
import java.util.List;

/**
 * A range and how much there is to read in it.
 *
 * @param range what to read
 * @param bytes size of its batches, or an estimate; not negative, and 0 where compaction left nothing
 */
public record SizedRange(OffsetRange range, long bytes) {

    /** @throws IllegalArgumentException if the size is negative */
    public SizedRange {
        if (bytes < 0) {
            throw new IllegalArgumentException("A size of " + bytes + " bytes for " + range);
        }
    }

    /** Whether {@code next} goes on where this ends. */
    boolean touches(SizedRange next) {
        return range.partition().equals(next.range.partition()) && range.to() == next.range.from();
    }

    /** This and {@code next}, which it touches, as one. */
    SizedRange joined(SizedRange next) {
        OffsetRange whole = new OffsetRange(range.partition(), range.from(), next.range.to());
        return new SizedRange(whole, bytes + next.bytes);
    }

    /**
     * Cuts a range of which only the offsets are known into chunks of about {@code targetBytes}.
     *
     * @param bytesPerOffset a guess, at least 1
     * @param mostChunks no more chunks than this; they get larger instead
     */
    static List<SizedRange> cutByOffsets(OffsetRange range, long bytesPerOffset, long targetBytes, int mostChunks) {
        long perChunk = Math.max(1, targetBytes / bytesPerOffset);
        perChunk = Math.max(perChunk, (range.offsets() - 1) / mostChunks + 1);
        List<SizedRange> chunks = new ArrayList<>();
        for (long from = range.from(); from < range.to(); ) {
            long to = range.to() - from > perChunk ? from + perChunk : range.to();
            OffsetRange chunk = new OffsetRange(range.partition(), from, to);
            chunks.add(new SizedRange(chunk, saturated(chunk.offsets(), bytesPerOffset)));
            from = to;
        }
        return chunks;
    }

    private static long saturated(long offsets, long bytesPerOffset) {
        long most = Long.MAX_VALUE >>> 16; // sums of many still fit
        return offsets > most / bytesPerOffset ? most : offsets * bytesPerOffset;
    }
}
