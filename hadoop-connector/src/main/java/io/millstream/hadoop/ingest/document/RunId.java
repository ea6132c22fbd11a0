package io.millstream.hadoop.ingest.document;

import io.millstream.core.Clock;
import io.millstream.core.Entropy;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Names of runs: the UTC time, so that they sort, and chance, so that two drivers never share one. */
public final class RunId {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private RunId() {}

    /** A new one, {@code 20261122T080213Z-7f3a9c1b}. */
    public static String next(Clock clock, Entropy entropy) {
        return String.format("%s-%08x", TIME.format(Instant.ofEpochMilli(clock.millis())), (int) entropy.nextLong());
    }
}
