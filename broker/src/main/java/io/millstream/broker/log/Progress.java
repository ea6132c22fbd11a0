package io.millstream.broker.log;

import io.millstream.core.Clock;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells whoever waits for a start how far it is. Safe for use by several threads. */
final class Progress {

    private static final Logger log = LoggerFactory.getLogger(Progress.class);
    private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Path directory;
    private final int total;
    private final Clock clock;
    private final long begun;

    private int opened; // guarded by this
    private long lastLine; // guarded by this

    Progress(Path directory, int total, Clock clock) {
        this.directory = directory;
        this.total = total;
        this.clock = clock;
        this.begun = clock.nanos();
        this.lastLine = begun;
    }

    /** One more log is open. */
    synchronized void one() {
        opened++;
        long now = clock.nanos();
        if (now - lastLine >= EVERY_NANOS) {
            lastLine = now;
            log.info("{}: {} of {} logs opened", directory, opened, total);
        }
    }

    synchronized void done(PreviousStop previous, int failed) {
        log.info(
                "{}: {} logs opened in {} ms after stop {}, {} failed",
                directory,
                opened - failed,
                TimeUnit.NANOSECONDS.toMillis(clock.nanos() - begun),
                previous,
                failed);
    }
}
