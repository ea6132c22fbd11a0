package io.millstream.benchmarks;

import io.millstream.broker.log.LogConfig;
import io.millstream.broker.log.LogDirectories;
import io.millstream.broker.log.LogEnvironment;
import io.millstream.broker.log.PartitionLog;
import io.millstream.core.TopicPartition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** A data directory below {@code java.io.tmpdir} that goes when it is closed. */
final class ScratchLogs implements AutoCloseable {

    private static final UUID TOPIC_ID = new UUID(1, 2);

    /** What a clean stop leaves: without it, a start does what it does after a kill. */
    private static final String CLEAN_STOP = "clean-shutdown";

    private final Path directory;
    private final LogConfig config;
    private LogDirectories logs;

    ScratchLogs(LogConfig config) throws IOException {
        this.directory = Files.createTempDirectory("millstream-log");
        this.config = config;
        open();
    }

    /** Opens what {@link #stop} or {@link #crash} has closed. */
    void open() {
        logs = open(directory, config);
    }

    static LogDirectories open(Path directory, LogConfig config) {
        return LogDirectories.open(List.of(directory), LogEnvironment.system(), topic -> config);
    }

    /** The log, made if it is not there. */
    PartitionLog log(String topic) {
        TopicPartition partition = new TopicPartition(topic, 0);
        return logs.log(partition).orElseGet(() -> logs.create(partition, TOPIC_ID, config));
    }

    /** Stops cleanly. */
    void stop() {
        logs.close();
    }

    /** Stops, and leaves everything as after a kill. */
    void crash() throws IOException {
        logs.close();
        Files.delete(directory.resolve(CLEAN_STOP));
    }

    @Override
    public void close() throws IOException {
        logs.close();
        delete(directory);
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
