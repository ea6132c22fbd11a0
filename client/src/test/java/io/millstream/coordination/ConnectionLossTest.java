package io.millstream.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millstream.coordination.CoordinationException.Reason;
import io.millstream.coordination.TcpProxy.Weather;
import io.millstream.core.Clock;
import io.millstream.core.SkippingClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract on lost connections, against a real server; and what only connecting can meet. */
class ConnectionLossTest extends LossContract {

    @RegisterExtension
    static final TestZooKeeper zooKeeper = new TestZooKeeper();

    private final SkippingClock clock = new SkippingClock();
    private TcpProxy network;

    @Override
    protected Coordination openSafely() {
        return zooKeeper.connect();
    }

    @Override
    protected Coordination open() {
        try {
            network = new TcpProxy(zooKeeper.port());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String connectString = zooKeeper.connectString().replace(":" + zooKeeper.port(), ":" + network.port());
        return ZooKeeperCoordination.connect(connectString, SESSION_MILLIS, PATIENCE_MILLIS, clock);
    }

    @AfterEach
    void closeNetwork() throws IOException {
        network.close();
    }

    @Override
    protected Clock clock() {
        return clock;
    }

    @Override
    protected void loseRequests() {
        network.weather(Weather.REQUESTS_LOST);
    }

    @Override
    protected void loseAnswers() {
        network.weather(Weather.ANSWERS_LOST);
    }

    @Override
    protected void refuse() {
        network.weather(Weather.REFUSED);
    }

    @Override
    protected void mend() {
        network.weather(Weather.FAIR);
    }

    @Override
    protected void cut() {
        network.cut();
    }

    @Override
    protected void skip(Duration time) {
        clock.skip(time);
    }

    @Test
    void connectingWithoutAServerIsOneClearError() throws IOException {
        int nobody = network.port();
        network.close();

        CoordinationException failure = catchThrowableOfType(
                CoordinationException.class,
                () -> ZooKeeperCoordination.connect("127.0.0.1:" + nobody + "/x", 1000, 200, Clock.system()));

        assertThat(failure)
                .hasMessage("Cannot use ZooKeeper at '127.0.0.1:" + nobody
                        + "/x': no answer within 200 ms; is it running there?");
        assertThat(failure.reason()).isEqualTo(Reason.REFUSED);
    }

    @Test
    void aBadConnectStringIsOneClearError() {
        for (String bad : List.of("", "host:port", "localhost:2181/a//b", "localhost:2181/a/")) {
            CoordinationException failure = catchThrowableOfType(
                    CoordinationException.class, () -> ZooKeeperCoordination.connect(bad, 1000, 200, Clock.system()));

            assertThat(failure).as(bad).hasMessageStartingWith("Cannot use ZooKeeper at '" + bad + "': ");
        }
    }
}
