package io.millstream.coordination;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.millstream.coordination.CoordinationException.Reason;
import io.millstream.coordination.TcpProxy.Weather;
import io.millstream.core.Clock;
import io.millstream.core.SkippingClock;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is known after the network fails, at each point where it can. */
class ConnectionLossTest {

    private static final int SESSION_MILLIS = 2_000;
    private static final int PATIENCE_MILLIS = 20_000;

    @RegisterExtension
    static final TestZooKeeper zooKeeper = new TestZooKeeper();

    private TcpProxy network;
    private Coordination coordination;
    private Coordination onlooker;
    private final Recorded recorded = new Recorded();

    @BeforeEach
    void connect() throws IOException {
        onlooker = zooKeeper.connect();
        network = new TcpProxy(zooKeeper.port());
        coordination = connectThroughProxy(Clock.system());
        coordination.onSession(recorded);
        Coordination.await(coordination.commit(new Write.Create("/a", "0".getBytes(UTF_8))));
    }

    private Coordination connectThroughProxy(Clock clock) {
        String connectString = zooKeeper.connectString().replace(":" + zooKeeper.port(), ":" + network.port());
        return ZooKeeperCoordination.connect(connectString, SESSION_MILLIS, PATIENCE_MILLIS, clock);
    }

    @AfterEach
    void disconnect() throws IOException {
        coordination.close();
        network.close();
    }

    private CompletableFuture<Integer> update() {
        return coordination.commit(new Write.Update("/a", "1".getBytes(UTF_8), 0));
    }

    private String seenByOthers() {
        return new String(Coordination.await(onlooker.read("/a")).orElseThrow().value(), UTF_8);
    }

    private static Reason reasonOf(CompletableFuture<?> failed) {
        return catchThrowableOfType(CoordinationException.class, () -> Coordination.await(failed))
                .reason();
    }

    @Test
    void aWriteWhoseAnswerIsLostHasAnUnknownOutcomeAndIsNotMadeTwice() {
        network.weather(Weather.ANSWERS_LOST);
        CompletableFuture<Integer> update = update();
        await().untilAsserted(() -> assertThat(seenByOthers()).isEqualTo("1"));

        network.weather(Weather.FAIR);
        network.cut();

        assertThat(reasonOf(update)).isEqualTo(Reason.UNKNOWN_OUTCOME);
        assertThat(Coordination.await(coordination.read("/a")).orElseThrow().version())
                .isEqualTo(1);
    }

    @Test
    void aWriteThatIsLostOnTheWayHasAnUnknownOutcomeToo() {
        network.weather(Weather.REQUESTS_LOST);
        CompletableFuture<Integer> update = update();

        network.cut();
        network.weather(Weather.FAIR);

        assertThat(reasonOf(update)).isEqualTo(Reason.UNKNOWN_OUTCOME);
        assertThat(Coordination.await(coordination.read("/a")).orElseThrow().version())
                .isZero();
    }

    @Test
    void aReadIsMadeAgainUntilItIsAnswered() {
        network.weather(Weather.ANSWERS_LOST);
        CompletableFuture<Optional<Versioned<byte[]>>> read = coordination.read("/a");
        CompletableFuture<List<String>> children = coordination.children("/");
        CompletableFuture<Void> path = coordination.ensurePath("/b/c");

        network.cut();
        network.weather(Weather.FAIR);

        assertThat(Coordination.await(read)).isPresent();
        assertThat(Coordination.await(children)).contains("a");
        Coordination.await(path);
    }

    @Test
    void aReadGivesUpWhenPatienceEnds() throws IOException {
        network.weather(Weather.FAIR);
        SkippingClock clock = new SkippingClock();
        try (Coordination impatient = connectThroughProxy(clock)) {
            network.weather(Weather.REFUSED);
            network.cut();
            CompletableFuture<Optional<Versioned<byte[]>>> read = impatient.read("/a");

            clock.skip(Duration.ofMillis(PATIENCE_MILLIS));

            assertThat(reasonOf(read)).isEqualTo(Reason.UNKNOWN_OUTCOME);
        }
    }

    @Test
    void closingAnswersWhatIsStillOpen() {
        network.weather(Weather.REFUSED);
        network.cut();
        CompletableFuture<Optional<Versioned<byte[]>>> read = coordination.read("/a");
        CompletableFuture<Integer> update = update();

        coordination.close();

        assertThat(reasonOf(read)).isEqualTo(Reason.UNKNOWN_OUTCOME);
        assertThat(reasonOf(update)).isEqualTo(Reason.UNKNOWN_OUTCOME);
    }

    @Test
    void anOutageLongerThanTheSessionExpiresIt() {
        Coordination.await(coordination.commit(new Write.CreateEphemeral("/e", new byte[0])));
        long old = coordination.sessionId();
        network.weather(Weather.REFUSED);
        network.cut();
        await().untilAsserted(() ->
                assertThat(Coordination.await(onlooker.read("/e"))).isEmpty());
        assertThat(recorded.events).containsExactly("suspended");

        network.weather(Weather.FAIR);

        await().untilAsserted(() -> assertThat(recorded.events).containsExactly("suspended", "expired"));
        assertThat(coordination.sessionId()).isNotEqualTo(old);
        assertThat(Coordination.await(update())).isEqualTo(1);
    }

    @Test
    void aLeaseIsRenewedWhileConnectedAndEndsBeforeTheSessionDoes() {
        Lease lease = Lease.ofCurrentSession(coordination, Clock.system());
        long first = coordination.aliveUntilNanos();
        assertThat(lease.holds()).isTrue();
        await().untilAsserted(() -> assertThat(coordination.aliveUntilNanos()).isGreaterThan(first));
        Coordination.await(coordination.commit(new Write.CreateEphemeral("/e", new byte[0])));

        network.weather(Weather.REQUESTS_LOST);

        await().pollInterval(Duration.ofMillis(10)).until(() -> {
            boolean over = Coordination.await(onlooker.read("/e")).isEmpty();
            // Asked in this order, so that it does not matter how long a poll takes.
            assertThat(over && lease.holds()).as("lease outlives the session").isFalse();
            return over;
        });

        network.cut();
        network.weather(Weather.FAIR);
        await().untilAsserted(() -> assertThat(recorded.events).endsWith("expired"));
        await().until(() -> Lease.ofCurrentSession(coordination, Clock.system()).holds());
        assertThat(lease.holds()).as("the old session's lease").isFalse();
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
