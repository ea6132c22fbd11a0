package io.millstream.broker.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A client's connection to one ZooKeeper server: first in, first out, both ways, and requests of one connection are served
 * one after the other. When it breaks, some of what is on its way to the server still gets there. Guarded by the
 * scheduler's monitor.
 */
final class SimLink {

    /** What a client asks for. */
    @FunctionalInterface
    interface Request {
        /** @param answered takes what is to be done at the client, and lets the server go on to the next request */
        void serve(SimServer server, SimZooKeeper.Session session, Consumer<Runnable> answered);
    }

    private final SimScheduler scheduler;
    private final SimZooKeeper zooKeeper;
    private final SimCoordination client;
    private final SimServer server;
    private final SimZooKeeper.Session session;
    private final Deque<Request> queue = new ArrayDeque<>();
    private final Set<String> watches = new HashSet<>();
    private boolean serving;
    private boolean broken;
    private boolean requestsLost;
    private boolean answersLost;
    private int onTheWay;
    private int stillArriving;
    private long lastThere;
    private long lastBack;

    SimLink(SimZooKeeper zooKeeper, SimCoordination client, SimServer server, SimZooKeeper.Session session) {
        this.scheduler = zooKeeper.scheduler();
        this.zooKeeper = zooKeeper;
        this.client = client;
        this.server = server;
        this.session = session;
        server.add(this);
        zooKeeper.attach(session, this);
    }

    SimServer server() {
        return server;
    }

    SimZooKeeper.Session session() {
        return session;
    }

    /** Sends a request. */
    void send(Request request) {
        requestsLost |= client.line().requestsLost();
        if (requestsLost) {
            return; // whatever follows on this connection is lost too
        }
        lastThere = Math.max(lastThere, scheduler.nanos() + zooKeeper.latency());
        onTheWay++;
        scheduler.after(lastThere - scheduler.nanos(), () -> arrive(request));
    }

    private void arrive(Request request) {
        onTheWay--;
        if (broken && stillArriving-- <= 0) {
            return;
        }
        queue.add(request);
        serveNext();
    }

    private void serveNext() {
        if (serving || queue.isEmpty()) {
            return;
        }
        serving = true;
        queue.remove().serve(server, session, there -> {
            sendBack(there);
            serving = false;
            serveNext();
        });
    }

    private void sendBack(Runnable there) {
        answersLost |= client.line().answersLost();
        if (answersLost) {
            return;
        }
        lastBack = Math.max(lastBack, scheduler.nanos() + zooKeeper.latency());
        client.loop()
                .later(
                        () -> {
                            if (!broken) {
                                client.heard();
                                there.run();
                            }
                        },
                        lastBack - scheduler.nanos());
    }

    void watch(String path) {
        watches.add(path);
    }

    void unwatch(String path) {
        watches.remove(path);
    }

    /** The server has applied a change of {@code path}. */
    void changed(String path) {
        if (watches.stream().anyMatch(each -> covers(each, path))) {
            sendBack(() -> client.changed(path));
        }
    }

    /** Whether a recursive watch of {@code watched} sees {@code path}. */
    static boolean covers(String watched, String path) {
        return watched.equals("/") || path.equals(watched) || path.startsWith(watched + "/");
    }

    /** The session is over: nothing that waits here is served, and the client finds the connection closed. */
    void closedByServer() {
        queue.clear();
        server.remove(this);
        sendBack(() -> client.disconnected(this));
    }

    /** The connection breaks, as seen by the client. */
    void breakOff() {
        end(scheduler.random().nextInt(onTheWay + 1));
    }

    /** The client is done: what it sent arrives, and nothing comes back. */
    void finish() {
        end(onTheWay);
    }

    private void end(int arriving) {
        if (!broken) {
            broken = true;
            stillArriving = arriving;
            scheduler.after(zooKeeper.latency(), () -> server.remove(this));
        }
    }
}
