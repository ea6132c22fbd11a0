package io.millstream.examples.demo;

import java.time.Instant;
import java.util.Locale;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Three independent counts per hour, side by side.
 *
 * @param produced acknowledged by the broker, as the producer was told
 * @param parquet rows read back from the published files by another engine
 * @param offsets acknowledged records below the offsets that ZooKeeper holds
 * @param unknownOffsets offsets below those that ZooKeeper holds at which nothing was acknowledged
 */
record Evidence(
        SortedMap<Instant, Long> produced,
        SortedMap<Instant, ParquetEvidence.Hour> parquet,
        SortedMap<Instant, Long> offsets,
        long unknownOffsets) {

    private static final String ROW = "  %-20s %12s %12s %12s   %s%n";
    private static final ParquetEvidence.Hour NO_ROWS = new ParquetEvidence.Hour(0, 0);

    /** Whether every hour has the same number three times, no event is there twice, and no offset is committed that never was. */
    boolean agrees() {
        return !produced.isEmpty() && unknownOffsets == 0 && hours().stream().allMatch(this::agrees);
    }

    private boolean agrees(Instant hour) {
        long count = produced.getOrDefault(hour, 0L);
        ParquetEvidence.Hour rows = parquet.getOrDefault(hour, NO_ROWS);
        return rows.rows() == count && rows.distinctEvents() == count && offsets.getOrDefault(hour, 0L) == count;
    }

    private SortedSet<Instant> hours() {
        SortedSet<Instant> hours = new TreeSet<>(produced.keySet());
        hours.addAll(parquet.keySet());
        hours.addAll(offsets.keySet());
        return hours;
    }

    /** The table, ready to print. */
    String table() {
        StringBuilder table = new StringBuilder();
        table.append(String.format(Locale.ROOT, ROW, "HOUR (UTC)", "PRODUCED", "PARQUET ROWS", "OFFSETS", ""));
        long[] sums = new long[3];
        for (Instant hour : hours()) {
            long count = produced.getOrDefault(hour, 0L);
            long rows = parquet.getOrDefault(hour, NO_ROWS).rows();
            long committed = offsets.getOrDefault(hour, 0L);
            table.append(row(hour.toString().substring(0, 16) + "Z", count, rows, committed, agrees(hour)));
            sums[0] += count;
            sums[1] += rows;
            sums[2] += committed;
        }
        if (unknownOffsets != 0) {
            table.append(row("no hour known", 0, 0, unknownOffsets, false));
            sums[2] += unknownOffsets;
        }
        return table.append(row("all", sums[0], sums[1], sums[2], agrees())).toString();
    }

    private static String row(String name, long produced, long rows, long offsets, boolean agree) {
        return String.format(
                Locale.ROOT, ROW, name, number(produced), number(rows), number(offsets), agree ? "ok" : "MISMATCH");
    }

    private static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }
}
