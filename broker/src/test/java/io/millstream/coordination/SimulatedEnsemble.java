package io.millstream.coordination;

import io.millstream.broker.simulation.SimClock;
import io.millstream.broker.simulation.SimCoordination;
import io.millstream.broker.simulation.SimDriver;
import io.millstream.broker.simulation.SimProcess;
import io.millstream.broker.simulation.SimScheduler;
import io.millstream.broker.simulation.SimZooKeeper;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** A simulated ZooKeeper for one test, whose time passes by itself. */
final class SimulatedEnsemble implements AutoCloseable {

    final SimScheduler scheduler = new SimScheduler(ThreadLocalRandom.current().nextLong());
    final SimClock clock = new SimClock(scheduler, 1_000);
    final List<SimCoordination> clients = new ArrayList<>();
    private final SimZooKeeper zooKeeper = new SimZooKeeper(scheduler);
    private final SimDriver driver = new SimDriver(scheduler);

    SimCoordination connect(int sessionMillis, int patienceMillis) {
        SimCoordination client = new SimCoordination(
                zooKeeper,
                SimProcess.of(scheduler, "client"),
                clock,
                new SimCoordination.Settings(sessionMillis, patienceMillis));
        clients.add(client);
        return client;
    }

    void expire(Coordination client) {
        synchronized (scheduler) {
            zooKeeper.expire(client.sessionId());
        }
    }

    @Override
    public void close() {
        driver.close();
    }
}
