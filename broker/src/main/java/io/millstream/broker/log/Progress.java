package io.millstream.broker.log;

import io.millstream.core.Clock;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Tells whoever waits for a start how far it is: all directories together, and what is left in each. Safe for use by
 * several threads.
 */
final class Progress {

    private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Clock clock;
    private final Consumer<String> lines;
    private final long begun;
    private final Map<Path, Integer> left = new LinkedHashMap<>(); // guarded by this

    private int total; // guarded by this
    private int opened; // guarded by this
    private long lastLine; // guarded by this

    /** @param lines told of each line */
    Progress(Clock clock, Consumer<String> lines) {
        this.clock = clock;
        this.lines = lines;
        this.begun = clock.nanos();
        this.lastLine = begun;
    }

    /** So many logs are in a directory. */
    synchronized void expect(Path directory, int logs) {
        total += logs;
        left.put(directory, logs);
    }

    /**
     * One more log of a directory is open, or cannot be opened.
     *
     * @return whether it was the directory's last
     */
    synchronized boolean one(Path directory) {
        opened++;
        int rest = left.merge(directory, -1, Integer::sum);
        long now = clock.nanos();
        if (now - lastLine >= EVERY_NANOS && opened < total) {
            lastLine = now;
            lines.accept("Recovering logs: " + opened + " of " + total + " done; left: "
                    + left.entrySet().stream()
                            .filter(each -> each.getValue() > 0)
                            .map(each -> each.getValue() + " in " + each.getKey())
                            .collect(Collectors.joining(", ")));
        }
        return rest == 0;
    }

    /** How long it has been going on. */
    long millis() {
        return TimeUnit.NANOSECONDS.toMillis(clock.nanos() - begun);
    }
}
