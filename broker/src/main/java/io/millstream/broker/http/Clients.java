package io.millstream.broker.http;

import io.vertx.core.http.HttpConnection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

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
    private final Set<Client> idle = new LinkedHashSet<>(); // who has been idle for longest comes first
    private long ticks;
    private boolean stopped;

    /** @param tickMillis how often {@link #tick} is called */
    Clients(HttpLimits limits, long tickMillis) {
        this.limits = limits;
        this.tickMillis = tickMillis;
    }

    /** One more; if that is one too many, whoever has been idle for longest must go, lest those who ask nothing keep others out. */
    void opened(HttpConnection connection) {
        if (open.size() >= limits.connections() && !idle.isEmpty()) {
            Client longest = idle.iterator().next();
            longest.cutOff();
            gone(longest);
        }
        if (stopped || open.size() >= limits.connections()) {
            var unused = connection.close();
            return;
        }
        Client client = new Client(connection, ticks, limits.idleMillis());
        open.put(connection, client);
        idle.add(client);
        connection.closeHandler(closed -> gone(client));
    }

    private void gone(Client client) {
        open.remove(client.connection());
        idle.remove(client);
        client.left();
    }

    /** The client of a connection; null if it is being closed. */
    Client of(HttpConnection connection) {
        return open.get(connection);
    }

    void is(Client client, Client.Doing now) {
        is(client, now, patience(now));
    }

    /** An answer goes out; what is long may take longer. */
    void sends(Client client, long bytes) {
        is(client, Client.Doing.SENDING, limits.sendMillis() + limits.sendMillis() * bytes / MIB);
    }

    private void is(Client client, Client.Doing now, long patienceMillis) {
        client.is(now, ticks, patienceMillis);
        idle.remove(client);
        if (now == Client.Doing.IDLE && !client.isGone()) {
            idle.add(client);
        }
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
