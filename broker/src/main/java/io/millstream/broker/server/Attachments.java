package io.millstream.broker.server;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What handlers keep for one connection, one thing of each class. Belongs to the connection's event loop. */
public final class Attachments {

    private final Map<Class<?>, Attachment> attached = new HashMap<>(2);
    private boolean closed;

    /** Something kept for a connection. */
    @FunctionalInterface
    public interface Attachment {

        /** Called once, on the event loop, when it has been replaced or detached, or the connection has gone. */
        void detached();
    }

    /** What is attached of this class. */
    public <T extends Attachment> Optional<T> find(Class<T> type) {
        return Optional.ofNullable(type.cast(attached.get(type)));
    }

    /** Attaches {@code what} in the place of another one of its class. */
    public void attach(Attachment what) {
        detach(what.getClass());
        if (closed) {
            what.detached();
        } else {
            attached.put(what.getClass(), what);
        }
    }

    /** Detaches what is attached of this class, if there is one. */
    public void detach(Class<? extends Attachment> type) {
        Attachment old = attached.remove(type);
        if (old != null) {
            old.detached();
        }
    }

    /** The connection has gone. */
    void close() {
        closed = true;
        Map<Class<?>, Attachment> last = new HashMap<>(attached);
        attached.clear();
        last.values().forEach(Attachment::detached);
    }
}
