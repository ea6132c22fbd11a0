package io.millstream.examples.demo;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads the published Parquet files with DuckDB, an engine that shares no code with what wrote them: rows per hour folder,
 * and how many different events they hold.
 */
final class ParquetEvidence {

    /** Rows and different event ids under one hour folder. */
    record Hour(long rows, long distinctEvents) {}

    private final Path topicFolder;

    /** @param topicFolder {@code <to>/<topic>}, with {@code dt=.../hour=...} folders below */
    ParquetEvidence(Path topicFolder) {
        this.topicFolder = topicFolder;
    }

    /** Rows per hour, by the folder they lie in. Empty where nothing was published. */
    SortedMap<Instant, Hour> perHour() throws SQLException {
        SortedMap<Instant, Hour> hours = new TreeMap<>();
        if (!Files.isDirectory(topicFolder)) {
            return hours;
        }
        String files = topicFolder.resolve("*/*/*.parquet").toString().replace("'", "''");
        String query = "SELECT dt, hour, count(*), count(DISTINCT event_id) FROM read_parquet('" + files
                + "', hive_partitioning=true, hive_types={'dt': VARCHAR, 'hour': VARCHAR}) GROUP BY dt, hour";
        try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duckdb.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                Instant hour = LocalDate.parse(rows.getString(1))
                        .atTime(Integer.parseInt(rows.getString(2)), 0)
                        .toInstant(ZoneOffset.UTC);
                hours.put(hour, new Hour(rows.getLong(3), rows.getLong(4)));
            }
        }
        return hours;
    }
}
