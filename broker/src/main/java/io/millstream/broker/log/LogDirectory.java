package io.millstream.broker.log;

import java.nio.file.Path;
import java.util.Optional;

/** One data directory: claimed by one broker, healthy or offline, with the logs in it. Safe for use by several threads. */
public final class LogDirectory {

    private final Path path;

    LogDirectory(Path path) {
        this.path = path;
    }

    public Path path() {
        return path;
    }

    /** Why the directory is offline; empty while it is healthy. */
    public Optional<StorageException> failure() {
        return Optional.empty();
    }
}
