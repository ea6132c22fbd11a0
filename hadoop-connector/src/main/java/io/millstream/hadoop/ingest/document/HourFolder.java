package io.millstream.hadoop.ingest.document;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Locale;

/**
 * The folder of an hour, {@code dt=2026-11-22/hour=07}, in UTC. Pure.
 *
 * <p>A record whose time is missing, or outside the years 1 to 9999 (microseconds taken for milliseconds, most often), has no
 * hour. It goes to the folder that Hive and Spark read as null, so that it is neither lost nor given a folder of its own.
 */
public final class HourFolder {

    /** A timestamp that is none. */
    public static final long NO_TIME = Long.MIN_VALUE;

    /** The hour of records without one. */
    public static final long NO_HOUR = Long.MIN_VALUE;

    private static final long HOUR_MILLIS = 3_600_000;
    private static final int HOURS_PER_DAY = 24;
    private static final String NULL_VALUE = "__HIVE_DEFAULT_PARTITION__";
    private static final long FIRST_HOUR = hourAt("0001-01-01T00:00:00Z");
    private static final long LAST_HOUR = hourAt("9999-12-31T23:00:00Z");

    private HourFolder() {}

    private static long hourAt(String time) {
        return Instant.parse(time).toEpochMilli() / HOUR_MILLIS;
    }

    /**
     * Hours since the epoch.
     *
     * @param millis since the epoch, may be negative; or {@link #NO_TIME}
     * @return {@link #NO_HOUR} if there is none, or none in the years that a folder can have
     */
    public static long hour(long millis) {
        long hour = Math.floorDiv(millis, HOUR_MILLIS);
        return hour < FIRST_HOUR || hour > LAST_HOUR ? NO_HOUR : hour;
    }

    /** The folder of an {@link #hour}. */
    public static String of(long hour) {
        if (hour == NO_HOUR) {
            return "dt=" + NULL_VALUE + "/hour=" + NULL_VALUE;
        }
        LocalDate day = LocalDate.ofEpochDay(Math.floorDiv(hour, HOURS_PER_DAY));
        return String.format(Locale.ROOT, "dt=%s/hour=%02d", day, Math.floorMod(hour, HOURS_PER_DAY));
    }
}
