package io.millstream.hadoop.input;

import java.util.ArrayList;
import java.util.List;

/**
 * Divides what a job has to read among its tasks. A pure function: the same chunks give the same splits.
 *
 * <p>The chunks are laid end to end, in the order given, and the line is divided into pieces of equal length; a chunk
 * belongs to the piece that its middle lies in. So a large partition is cut into many splits, small ones share one, every
 * offset is in exactly one split, offsets stay in order, and no split differs from the mean by more than the largest
 * chunk. Chunks that lie side by side in a split become one range again.
 */
public final class SplitPlanner {

    private SplitPlanner() {}

    /**
     * What one task reads.
     *
     * @param ranges not empty, in the order of the chunks
     */
    public record PlannedSplit(List<SizedRange> ranges) {

        /** Defensive copy. */
        public PlannedSplit {
            ranges = List.copyOf(ranges);
        }

        /** All ranges together. */
        public long bytes() {
            return ranges.stream().mapToLong(SizedRange::bytes).sum();
        }

        /** All ranges together. */
        public long offsets() {
            return ranges.stream().mapToLong(each -> each.range().offsets()).sum();
        }
    }

    /**
     * Plans the splits.
     *
     * @param chunks what may not be cut further, in an order that puts together what should share a task; empty ones are
     *     left out
     * @param targetBytes size wanted for each split, at least 1
     * @param maxSplits most splits, at least 1; they get larger instead
     * @return no empty split; none at all if there is nothing to read
     * @throws IllegalArgumentException if target or limit is below 1
     */
    public static List<PlannedSplit> plan(List<SizedRange> chunks, long targetBytes, int maxSplits) {
        if (targetBytes < 1 || maxSplits < 1) {
            throw new IllegalArgumentException("A target of " + targetBytes + " bytes and at most " + maxSplits
                    + " splits; both must be at least 1");
        }
        long total = chunks.stream().mapToLong(SizedRange::bytes).sum();
        int count = (int) Math.min(maxSplits, Math.max(1, (total - 1) / targetBytes + 1));
        List<PlannedSplit> splits = new ArrayList<>();
        List<SizedRange> current = new ArrayList<>();
        int piece = 0;
        long before = 0;
        for (SizedRange chunk : chunks) {
            if (chunk.range().isEmpty()) {
                continue;
            }
            int middleIn = pieceOf(before + chunk.bytes() / 2.0, total, count);
            if (middleIn > piece && !current.isEmpty()) {
                splits.add(new PlannedSplit(current));
                current.clear();
            }
            piece = middleIn;
            append(current, chunk);
            before += chunk.bytes();
        }
        if (!current.isEmpty()) {
            splits.add(new PlannedSplit(current));
        }
        return splits;
    }

    private static int pieceOf(double position, long total, int count) {
        return total == 0 ? 0 : Math.min(count - 1, (int) (position / total * count));
    }

    private static void append(List<SizedRange> ranges, SizedRange chunk) {
        int last = ranges.size() - 1;
        if (last >= 0 && ranges.get(last).touches(chunk)) {
            ranges.set(last, ranges.get(last).joined(chunk));
        } else {
            ranges.add(chunk);
        }
    }
}
