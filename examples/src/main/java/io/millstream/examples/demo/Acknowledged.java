package io.millstream.examples.demo;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the broker acknowledged, noted record by record from the producer's callbacks: for each partition, the hour that
 * lies at each offset. The producers' side of the evidence; nothing here has seen the log, ZooKeeper or Parquet.
 *
 * <p>Safe for use by several threads.
 */
final class Acknowledged {

    private static final long NOTHING = Long.MIN_VALUE;

    private final List<List<Long>> hourAtOffset = new ArrayList<>();
    private long records;

    Acknowledged(int partitions) {
        for (int i = 0; i < partitions; i++) {
            hourAtOffset.add(new ArrayList<>());
        }
    }

    /** Notes one acknowledgement. An offset that is acknowledged twice is a broken promise. */
    synchronized void note(int partition, long offset, long timestampMillis) {
        List<Long> hours = hourAtOffset.get(partition);
        while (hours.size() <= offset) {
            hours.add(NOTHING);
        }
        if (hours.get((int) offset) != NOTHING) {
            throw new IllegalStateException("Partition " + partition + " offset " + offset + " was acknowledged twice");
        }
        hours.set((int) offset, hourOf(timestampMillis));
        records++;
    }

    /** Records acknowledged so far. */
    synchronized long records() {
        return records;
    }

    /** Records acknowledged per hour (start of the hour). */
    synchronized SortedMap<Instant, Long> perHour() {
        return perHourBelow(hourAtOffset.stream().mapToLong(List::size).toArray());
    }

    /**
     * Records acknowledged per hour that lie below the given offsets: what a reader that has committed these offsets has
     * taken.
     *
     * @param committed the offset to read next, per partition
     */
    synchronized SortedMap<Instant, Long> perHourBelow(long[] committed) {
        SortedMap<Instant, Long> counts = new TreeMap<>();
        for (int partition = 0; partition < hourAtOffset.size(); partition++) {
            List<Long> hours = hourAtOffset.get(partition);
            long end = Math.min(committed[partition], hours.size());
            for (Long hour : hours.subList(0, (int) end)) {
                if (hour != NOTHING) {
                    counts.merge(Instant.ofEpochMilli(hour), 1L, Long::sum);
                }
            }
        }
        return counts;
    }

    private static long hourOf(long timestampMillis) {
        return Instant.ofEpochMilli(timestampMillis)
                .truncatedTo(ChronoUnit.HOURS)
                .toEpochMilli();
    }
}
