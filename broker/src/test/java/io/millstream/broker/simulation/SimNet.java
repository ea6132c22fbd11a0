package io.millstream.broker.simulation;

import io.millstream.broker.server.SimulatedServer;
import io.millstream.core.BrokerEndpoint;
import io.millstream.net.ConnectionSettings;
import io.millstream.net.Connections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The network between simulated machines. A connection delivers in order what is sent on it; connections overtake each
 * other. While the way from one machine to another is cut nothing passes, and what was sent meanwhile arrives afterwards
 * unless the connection is reset. Guarded by the scheduler's monitor.
 */
public final class SimNet {

    private static final int FASTEST_NANOS = 30_000;
    private static final int USUAL_NANOS = 1_000_000;

    /** One in so many messages takes long. */
    private static final int LATE_ONE_IN = 200;

    private static final int LATE_NANOS = 60_000_000;
    private static final long MILLION = 1_000_000;

    private record Way(String from, String to) {}

    /** Who answers at an endpoint. */
    record Listener(String machine, SimProcess process, SimLoop loop, SimulatedServer server, String name) {}

    private final SimScheduler scheduler;
    private final Set<Way> cut = new HashSet<>();
    private final Map<Way, Integer> slowMillis = new HashMap<>();
    private final Set<String> off = new HashSet<>();
    private final Map<BrokerEndpoint, Listener> listeners = new HashMap<>();
    private final Set<SimPipe> pipes = new LinkedHashSet<>();

    public SimNet(SimScheduler scheduler) {
        this.scheduler = scheduler;
    }

    SimScheduler scheduler() {
        return scheduler;
    }

    /** Lets a process answer at an endpoint until it dies. */
    void listen(BrokerEndpoint endpoint, Listener listener) {
        listeners.put(endpoint, listener);
        listener.process.atDeath(() -> listeners.remove(endpoint, listener));
    }

    /** Nobody answers there any more. */
    void unlisten(BrokerEndpoint endpoint) {
        listeners.remove(endpoint);
    }

    Optional<Listener> listener(BrokerEndpoint endpoint) {
        return Optional.ofNullable(listeners.get(endpoint));
    }

    /** What a process on this machine opens connections with. */
    public Connections connections(String machine, SimProcess process, ConnectionSettings settings) {
        return new SimConnections(this, machine, process, settings);
    }

    long latency(String from, String to) {
        long usual = scheduler.between(FASTEST_NANOS, USUAL_NANOS);
        long late = scheduler.random().nextInt(LATE_ONE_IN) == 0
                ? scheduler.random().nextInt(LATE_NANOS)
                : 0;
        int slow = slowMillis.getOrDefault(new Way(from, to), 0);
        return usual + late + (slow == 0 ? 0 : scheduler.random().nextInt(slow) * MILLION);
    }

    boolean passes(String from, String to) {
        return from.equals(to) || (!off.contains(from) && !off.contains(to) && !cut.contains(new Way(from, to)));
    }

    /** Nothing passes from one machine to another. */
    public void cut(String from, String to) {
        cut.add(new Way(from, to));
    }

    /** Messages from one machine to another take up to so much longer. */
    public void slow(String from, String to, int millis) {
        slowMillis.put(new Way(from, to), millis);
    }

    /** All ways are open and quick again. Some connections do not survive it. */
    public void mend() {
        cut.clear();
        slowMillis.clear();
        kick();
    }

    /** A machine without power: nothing comes from it and nothing gets there. */
    void power(String machine, boolean on) {
        if (on) {
            off.remove(machine);
            kick();
        } else {
            off.add(machine);
        }
    }

    private void kick() {
        for (SimPipe pipe : List.copyOf(pipes)) {
            if (pipe.isHeldUp() && scheduler.chance(0.3)) {
                pipe.reset();
            } else {
                pipe.deliver();
            }
        }
    }

    void add(SimPipe pipe) {
        pipes.add(pipe);
    }

    void remove(SimPipe pipe) {
        pipes.remove(pipe);
    }
}
