package io.millstream.broker.http;

import io.vertx.core.http.HttpConnection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;

/**
 * The connections that are open: not too many, and none that sits there for ever, however slowly it sends or reads. For use
 * on the endpoint's event loop only.
 */
final class Clients {

    /** For what is left of a request after its answer. */
    private static final long LINGER_MILLIS = 5_000;

    private static final long MIB = 1 << 20;

    private final HttpLimits limits;
    private final long tickMillis;
    private final Map<HttpConnection, Client> open = new HashMap<>();
    private long ticks;
    private boolean stopped;

    /** @param tickMillis how often {@link #tick} is called */
    Clients(HttpLimits limits, long tickMillis) {
        this.limits = limits;
        this.tickMillis = tickMillis;
    }

    void opened(HttpConnection connection) {
        if (stopped || open.size() >= limits.connections()) {
            var unused = connection.close();
            return;
        }
        Client client = new Client(connection, ticks, limits.idleMillis());
        open.put(connection, client);
        connection.closeHandler(closed -> {
            open.remove(connection);
            client.left();
        });
    }

    /** The client of a connection; null if it is being closed. */
    Client of(HttpConnection connection) {
        return open.get(connection);
    }

    void is(Client client, Client.Doing now) {
        client.is(now, ticks, patience(now));
    }

    /** An answer goes out; what is long may take longer. */
    void sends(Client client, long bytes) {
        client.is(Client.Doing.SENDING, ticks, limits.sendMillis() + limits.sendMillis() * bytes / MIB);
    }

    /** Closes those that have taken too long. */
    void tick() {
        ticks++;
        for (Client client : new ArrayList<>(open.values())) {
            if ((ticks - client.sinceTick()) * tickMillis > client.patienceMillis()) {
                client.cutOff();
            }
        }
    }

    /** Lets all go, and nobody in: a broker that stops does not wait for those who do not read. */
    void stop() {
        stopped = true;
        new ArrayList<>(open.values()).forEach(Client::cutOff);
    }

    private long patience(Client.Doing doing) {
        return switch (doing) {
            case IDLE -> limits.idleMillis();
            case RECEIVING -> limits.receiveMillis();
            case WAITING -> Long.MAX_VALUE;
            case SENDING -> limits.sendMillis();
            case LINGERING -> LINGER_MILLIS;
        };
    }
}
