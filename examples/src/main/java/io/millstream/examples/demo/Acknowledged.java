package io.millstream.examples.demo;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.LongStream;

/**
 * What the broker acknowledged, noted record by record from the producer's callbacks: how many records of each hour, and for
 * each partition the hour that lies at each offset. The two differ where an offset was given twice, and that is for {@link
 * Evidence} to show: what a callback throws, the producer swallows. The producers' side of the evidence; nothing here has seen the log, ZooKeeper or Parquet.
 *
 * <p>Safe for use by several threads.
 */
final class Acknowledged {

    private static final long NOTHING = Long.MIN_VALUE;

    private final List<List<Long>> hourAtOffset = new ArrayList<>();
    private final SortedMap<Instant, Long> perHour = new TreeMap<>();
    private long records;

    Acknowledged(int partitions) {
        for (int i = 0; i < partitions; i++) {
            hourAtOffset.add(new ArrayList<>());
        }
    }

    /** Notes one acknowledgement. */
    synchronized void note(int partition, long offset, long timestampMillis) {
        List<Long> hours = hourAtOffset.get(partition);
        while (hours.size() <= offset) {
            hours.add(NOTHING);
        }
        long hour = hourOf(timestampMillis);
        hours.set((int) offset, hour);
        perHour.merge(Instant.ofEpochMilli(hour), 1L, Long::sum);
        records++;
    }

    /** Records acknowledged so far. */
    synchronized long records() {
        return records;
    }

    /** Records acknowledged per hour (start of the hour). */
    synchronized SortedMap<Instant, Long> perHour() {
        return new TreeMap<>(perHour);
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

    /** How many of the offsets below the given ones were never acknowledged, so that nobody can have taken a record there. */
    synchronized long unknownBelow(long[] committed) {
        long known = perHourBelow(committed).values().stream()
                .mapToLong(Long::longValue)
                .sum();
        return LongStream.of(committed).sum() - known;
    }

    private static long hourOf(long timestampMillis) {
        return Instant.ofEpochMilli(timestampMillis)
                .truncatedTo(ChronoUnit.HOURS)
                .toEpochMilli();
    }
}
