package io.millstream.coordination;

import org.junit.jupiter.api.AfterEach;

/** The contract on reads and writes, against the simulated ZooKeeper. */
class SimCoordinationCommitTest extends CommitContract {

    private final SimulatedEnsemble ensemble = new SimulatedEnsemble();

    @Override
    protected Coordination open() {
        return ensemble.connect(10_000, 20_000);
    }

    @AfterEach
    void stop() {
        ensemble.close();
    }
}
