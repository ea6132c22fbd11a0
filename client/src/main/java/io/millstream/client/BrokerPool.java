package io.millstream.client;

import io.millstream.core.BrokerEndpoint;
import io.millstream.net.Connection;
import io.millstream.net.Connections;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** One connection per broker, opened when first asked for and again after it ended. Safe for use by several threads. */
final class BrokerPool {

    private final Connections connections;
    private final ConcurrentMap<BrokerEndpoint, CompletableFuture<Connection>> open = new ConcurrentHashMap<>();

    BrokerPool(Connections connections) {
        this.connections = connections;
    }

    /** The connection to a broker; fails if it cannot be opened, and then the next call tries again. */
    CompletableFuture<Connection> to(BrokerEndpoint endpoint) {
        CompletableFuture<Connection> mine = new CompletableFuture<>();
        CompletableFuture<Connection> theirs = open.putIfAbsent(endpoint, mine);
        if (theirs != null) {
            return theirs;
        }
        Async.then(connections.open(endpoint), (connection, failure) -> {
            if (failure != null) {
                open.remove(endpoint, mine);
                mine.completeExceptionally(failure);
            } else {
                Async.then(connection.closed(), (ended, none) -> open.remove(endpoint, mine));
                mine.complete(connection);
            }
        });
        return mine;
    }
}
