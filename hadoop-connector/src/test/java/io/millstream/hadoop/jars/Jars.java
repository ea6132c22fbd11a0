package io.millstream.hadoop.jars;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The jars that this module makes, and the class paths of Hadoop's distributions. */
public final class Jars {

    private static final String CONNECTOR = System.getProperty("jar.of.connector");
    private static final Path DISTRIBUTIONS = Path.of(System.getProperty("distributions"));

    private Jars() {}

    /** For jobs of users. */
    public static Path shaded() {
        return Path.of(CONNECTOR + "-shaded.jar");
    }

    /** With all that {@code ingest} needs. */
    public static Path job() {
        return Path.of(CONNECTOR + "-job.jar");
    }

    /** Names of the distributions there are. */
    public static List<String> distributions() throws IOException {
        try (Stream<Path> folders = Files.list(DISTRIBUTIONS)) {
            return folders.map(folder -> folder.getFileName().toString())
                    .filter(name -> name.startsWith("hadoop-"))
                    .sorted()
                    .toList();
        }
    }

    /** All jars of a distribution. */
    public static List<Path> distribution(String name) throws IOException {
        String path = Files.readString(DISTRIBUTIONS.resolve(name).resolve("target/class-path"));
        return Stream.of(path.strip().split(File.pathSeparator, -1))
                .map(Path::of)
                .toList();
    }
}
