package io.millstream.broker.simulation;

import io.millstream.core.BrokerEndpoint;
import io.millstream.net.Connection;
import io.millstream.net.ConnectionException;
import io.millstream.net.ConnectionException.Reason;
import io.millstream.net.ConnectionSettings;
import io.millstream.net.Connections;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Connections over a {@link SimNet}, of one process. Guarded by the scheduler's monitor. */
final class SimConnections implements Connections {

    private final SimNet net;
    private final String machine;
    private final SimProcess process;
    private final SimLoop loop;
    private final ConnectionSettings settings;
    private final List<SimConnection> open = new ArrayList<>();
    private boolean closed;

    SimConnections(SimNet net, String machine, SimProcess process, ConnectionSettings settings) {
        this.net = net;
        this.machine = machine;
        this.process = process;
        this.settings = settings;
        this.loop = process.loop("net");
    }

    @Override
    public CompletableFuture<Connection> open(BrokerEndpoint endpoint) {
        CompletableFuture<Connection> opened = new CompletableFuture<>();
        if (closed) {
            opened.completeExceptionally(unreachable(endpoint, "this client is closed"));
            return opened;
        }
        loop.schedule(
                () -> opened.completeExceptionally(unreachable(endpoint, "no answer in time")),
                settings.connectTimeout().toMillis(),
                TimeUnit.MILLISECONDS);
        knock(endpoint, opened);
        return opened;
    }

    /** The first message of a connection: not answered while the way is cut, in whichever direction. */
    private void knock(BrokerEndpoint endpoint, CompletableFuture<Connection> opened) {
        String there = endpoint.host();
        net.scheduler().after(net.latency(machine, there), () -> {
            if (!net.passes(machine, there) || !net.passes(there, machine)) {
                return;
            }
            Optional<SimNet.Listener> listener = net.listener(endpoint);
            loop.later(
                    () -> listener.ifPresentOrElse(
                            found -> connected(endpoint, found, opened),
                            () -> opened.completeExceptionally(unreachable(endpoint, "connection refused"))),
                    net.latency(there, machine));
        });
    }

    private void connected(BrokerEndpoint endpoint, SimNet.Listener listener, CompletableFuture<Connection> opened) {
        if (opened.isDone() || closed || listener.process().isDead()) {
            opened.completeExceptionally(unreachable(endpoint, "connection refused"));
            return;
        }
        SimConnection connection = new SimConnection(endpoint, settings, loop, opened);
        open.add(connection);
        SimWire.lay(net, machine, process, loop, listener, connection);
        connection.negotiate();
    }

    private static ConnectionException unreachable(BrokerEndpoint endpoint, String why) {
        return new ConnectionException(Reason.UNREACHABLE, "Cannot connect to broker " + endpoint + ": " + why);
    }

    @Override
    public void close() {
        closed = true;
        open.forEach(SimConnection::close);
        open.clear();
    }
}
