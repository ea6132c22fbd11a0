package io.millstream.schemas.serde;

import io.millstream.core.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Ids that no schema had a moment ago, so that a topic full of poison does not ask the registry about each record. Safe for
 * use by several threads.
 */
final class UnknownIds {

    /** Short, because an id may be given at any time. */
    static final Duration REMEMBERED = Duration.ofSeconds(5);

    private static final int MOST = 10_000;

    private final Clock clock;
    private final Map<Integer, Long> since = new ConcurrentHashMap<>();

    UnknownIds(Clock clock) {
        this.clock = clock;
    }

    boolean contains(int id) {
        Long found = since.get(id);
        if (found == null) {
            return false;
        }
        if (clock.nanos() - found < REMEMBERED.toNanos()) {
            return true;
        }
        since.remove(id, found);
        return false;
    }

    void add(int id) {
        if (since.size() >= MOST) {
            since.clear();
        }
        since.put(id, clock.nanos());
    }
}
