package io.millstream.broker.server;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connections of a listener. Safe for use by several threads. */
final class OpenConnections {

    private static final Logger log = LoggerFactory.getLogger(OpenConnections.class);

    private final Set<ConnectionHandler> open = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<Void> none = new CompletableFuture<>();
    private volatile boolean draining;

    void add(ConnectionHandler connection) {
        open.add(connection);
        if (draining) {
            connection.drain();
        }
    }

    void remove(ConnectionHandler connection) {
        open.remove(connection);
        checkDrained();
    }

    int count() {
        return open.size();
    }

    /** Lets each connection finish what is under way, and waits for them at most so long. Not from an event loop. */
    void drain(long patienceMillis) {
        draining = true;
        open.forEach(ConnectionHandler::drain);
        checkDrained();
        try {
            none.get(patienceMillis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            log.debug("{} connections are closed with requests under way", open.size(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void checkDrained() {
        if (draining && open.isEmpty()) {
            none.complete(null);
        }
    }
}
