package io.millstream.coordination;

import io.millstream.core.Loop;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes of connections that come and go what {@link Coordination.SessionListener}s are told. A new session shows as a
 * connection with another session id; it is told when the watches stand in it, so that who then reads misses nothing.
 */
final class SessionEvents implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(SessionEvents.class);
    private static final long RESTORE_PAUSE_MILLIS = 1000;

    private final LongSupplier currentSession;
    private final Supplier<CompletableFuture<Void>> restoreWatches;
    private final Loop loop;
    private final List<Coordination.SessionListener> listeners = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> firstConnection = new CompletableFuture<>();
    private volatile boolean closed;

    // What the listeners were told; guarded by this.
    private long announcedSession;
    private boolean connected;
    private boolean suspended;

    /** @param restoreWatches sets all watches in the session that is current when it is called */
    SessionEvents(LongSupplier currentSession, Supplier<CompletableFuture<Void>> restoreWatches, Loop loop) {
        this.currentSession = currentSession;
        this.restoreWatches = restoreWatches;
        this.loop = loop;
    }

    Coordination.Registration add(Coordination.SessionListener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** Completes with the first connection, of which nobody is told. */
    CompletableFuture<Void> firstConnection() {
        return firstConnection;
    }

    /** The connection is gone. On ZooKeeper's event thread. */
    void disconnected() {
        synchronized (this) {
            connected = false;
        }
        suspend();
    }

    private void suspend() {
        synchronized (this) {
            if (suspended) {
                return;
            }
            suspended = true;
        }
        tell(Coordination.SessionListener::suspended);
    }

    /** There is a connection, in this session. On ZooKeeper's event thread. */
    void connected(long sessionId) {
        boolean sameSession;
        synchronized (this) {
            connected = true;
            announcedSession = announcedSession == 0 ? sessionId : announcedSession;
            sameSession = announcedSession == sessionId;
            if (sameSession && !suspended) {
                firstConnection.complete(null);
                return;
            }
            suspended = suspended && !sameSession;
        }
        if (sameSession) {
            tell(Coordination.SessionListener::resumed);
            return;
        }
        suspend();
        restore(sessionId);
    }

    private void restore(long sessionId) {
        CompletableFuture<Void> unused = restoreWatches.get().whenComplete((done, failure) -> {
            if (failure == null) {
                announce(sessionId);
            } else if (isUnannounced(sessionId)) {
                log.error("Watches could not be set in a new ZooKeeper session; trying again", failure);
                loop.schedule(() -> restore(sessionId), RESTORE_PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            }
        });
    }

    /** Whether listeners wait to hear of this session; if it is not connected, the next connection sees to it. */
    private synchronized boolean isUnannounced(long sessionId) {
        return !closed && connected && announcedSession != sessionId && currentSession.getAsLong() == sessionId;
    }

    private void announce(long sessionId) {
        synchronized (this) {
            if (!isUnannounced(sessionId)) {
                return;
            }
            announcedSession = sessionId;
            suspended = false;
        }
        tell(Coordination.SessionListener::expired);
    }

    private void tell(Consumer<Coordination.SessionListener> what) {
        if (closed) {
            return;
        }
        for (Coordination.SessionListener listener : listeners) {
            try {
                what.accept(listener);
            } catch (RuntimeException e) {
                log.error("A session listener failed", e);
            }
        }
    }

    /** Nobody is told anything any more. */
    @Override
    public void close() {
        closed = true;
    }
}
