package io.millstream.broker;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was started, to be closed in the reverse order, each whatever happens to the others. */
final class Parts implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Parts.class);

    private final Deque<Part> started = new ArrayDeque<>();

    private record Part(String name, AutoCloseable what) {}

    /** Remembers {@code what}, called {@code name} in logs, and returns it. */
    synchronized <T extends AutoCloseable> T add(String name, T what) {
        started.push(new Part(name, what));
        return what;
    }

    @Override
    public synchronized void close() {
        while (!started.isEmpty()) {
            Part part = started.pop();
            try {
                part.what.close();
            } catch (Exception e) { // whatever a part throws, the others must be closed
                log.error("Closing {} failed", part.name, e);
            }
        }
    }
}
