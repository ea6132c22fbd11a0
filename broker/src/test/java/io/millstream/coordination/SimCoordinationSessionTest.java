package io.millstream.coordination;

import io.millstream.broker.simulation.SimCoordination;
import org.junit.jupiter.api.AfterEach;

/** The contract on sessions, against the simulated ZooKeeper. */
class SimCoordinationSessionTest extends SessionContract {

    private final SimulatedEnsemble ensemble = new SimulatedEnsemble();

    @Override
    protected Coordination open() {
        return ensemble.connect(10_000, 20_000);
    }

    @Override
    protected void expireSession(Coordination coordination) {
        ensemble.expire(coordination);
    }

    @Override
    protected void interruptConnections() {
        ensemble.clients.forEach(SimCoordination::cut);
    }

    @AfterEach
    void stop() {
        ensemble.close();
    }
}
