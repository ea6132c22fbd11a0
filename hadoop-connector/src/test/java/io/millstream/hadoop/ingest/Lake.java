package io.millstream.hadoop.ingest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.conf.HadoopParquetConfiguration;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.io.LocalInputFile;

/** What a run has left in its target, read by Parquet's own example reader, which knows nothing of Avro. */
final class Lake {

    /** Shared, because Hadoop reads its defaults anew for each. */
    private static final ParquetConfiguration CONF = new HadoopParquetConfiguration(new Configuration());

    private static final class Reading extends ParquetReader.Builder<Group> {

        private Reading(Path file) {
            super(new LocalInputFile(file), CONF);
        }

        @Override
        protected ReadSupport<Group> getReadSupport() {
            return new GroupReadSupport();
        }
    }

    private final Path folder;

    Lake(Path folder) {
        this.folder = folder;
    }

    Path folder() {
        return folder;
    }

    /** All files below the target that readers of the topic's folder would see, relative to the target. */
    List<String> visibleFiles() throws IOException {
        return files().stream().filter(file -> !file.startsWith("_")).toList();
    }

    /** All files below the target, relative to it. */
    List<String> files() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    /** All rows of all visible files, by file. */
    SortedMap<String, List<Group>> rows() throws IOException {
        TreeMap<String, List<Group>> rows = new TreeMap<>();
        for (String file : visibleFiles()) {
            rows.put(file, rows(file));
        }
        return rows;
    }

    /** All records set aside. */
    List<Group> quarantineRows() throws IOException {
        List<Group> rows = new ArrayList<>();
        for (String file : files()) {
            if (file.startsWith("_quarantine/")) {
                rows.addAll(rows(file));
            }
        }
        return rows;
    }

    /** The values of all records set aside, as text, sorted. */
    List<String> quarantine() throws IOException {
        List<String> values = new ArrayList<>();
        quarantineRows().forEach(row -> values.add(row.getBinary("value", 0).toStringUsingUTF8()));
        values.sort(null);
        return values;
    }

    List<Group> rows(String file) throws IOException {
        List<Group> rows = new ArrayList<>();
        try (ParquetReader<Group> reader = new Reading(folder.resolve(file)).build()) {
            for (Group row = reader.read(); row != null; row = reader.read()) {
                rows.add(row);
            }
        }
        return rows;
    }

    /** A column of all rows, each value as often as it is there, sorted. */
    List<String> values(String column) throws IOException {
        List<String> values = new ArrayList<>();
        for (List<Group> rows : rows().values()) {
            rows.forEach(row -> values.add(row.getString(column, 0)));
        }
        values.sort(null);
        return values;
    }
}
