package io.millstream.coordination;

import io.millstream.broker.simulation.SimCoordination;
import io.millstream.broker.simulation.SimLine.Weather;
import io.millstream.core.Clock;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

/** The contract on lost connections, against the simulated ZooKeeper. */
class SimCoordinationLossTest extends LossContract {

    private final SimulatedEnsemble ensemble = new SimulatedEnsemble();
    private SimCoordination coordination;

    @Override
    protected Coordination openSafely() {
        return ensemble.connect(10_000, 20_000);
    }

    @Override
    protected Coordination open() {
        coordination = ensemble.connect(SESSION_MILLIS, PATIENCE_MILLIS);
        return coordination;
    }

    @Override
    protected Clock clock() {
        return ensemble.clock;
    }

    @Override
    protected void loseRequests() {
        coordination.line().weather(Weather.REQUESTS_LOST);
    }

    @Override
    protected void loseAnswers() {
        coordination.line().weather(Weather.ANSWERS_LOST);
    }

    @Override
    protected void refuse() {
        coordination.line().weather(Weather.REFUSED);
    }

    @Override
    protected void mend() {
        coordination.line().weather(Weather.FAIR);
    }

    @Override
    protected void cut() {
        coordination.cut();
    }

    @Override
    protected void skip(Duration time) {
        // Simulated time passes quickly enough.
    }

    @AfterEach
    void stop() {
        ensemble.close();
    }
}
