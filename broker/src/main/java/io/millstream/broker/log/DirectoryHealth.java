package io.millstream.broker.log;

import io.millstream.broker.log.StorageException.Kind;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a data directory can be trusted. The first failure of its disk is final: nothing is read, written or
 * acknowledged afterwards, until a restart. Safe for use by several threads.
 */
final class DirectoryHealth {

    private static final Logger log = LoggerFactory.getLogger(DirectoryHealth.class);

    private final Path directory;
    private final AtomicReference<StorageException> failure = new AtomicReference<>();
    private final List<Consumer<StorageException>> listeners = new CopyOnWriteArrayList<>();

    DirectoryHealth(Path directory) {
        this.directory = directory;
    }

    /** What took the directory offline; empty while it is healthy. */
    Optional<StorageException> failure() {
        return Optional.ofNullable(failure.get());
    }

    /** Calls the listener once, when the directory goes offline, on the thread that met the failure. */
    void onFailure(Consumer<StorageException> listener) {
        listeners.add(listener);
    }

    /** Takes the directory offline. */
    void fail(StorageException cause) {
        if (failure.compareAndSet(null, cause)) {
            log.error("Data directory {} is offline: {}", directory, cause.getMessage(), cause);
            listeners.forEach(listener -> listener.accept(cause));
        }
    }

    /** @throws StorageException of kind {@link Kind#OFFLINE} if the directory is offline */
    void ensureOnline() {
        StorageException cause = failure.get();
        if (cause != null) {
            throw new StorageException(
                    Kind.OFFLINE, directory, "offline since an earlier failure: " + cause.getMessage(), cause);
        }
    }
}
