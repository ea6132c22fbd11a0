package io.millstream.coordination;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.millstream.coordination.CoordinationException.Reason;
import io.millstream.core.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is known after the network fails, at each point where it can. */
abstract class LossContract {

    protected static final int SESSION_MILLIS = 2_000;
    protected static final int PATIENCE_MILLIS = 20_000;

    private final List<Coordination> opened = new ArrayList<>();
    private Coordination coordination;
    private Coordination onlooker;
    private final Recorded recorded = new Recorded();

    /** A session whose network never fails, with a store that is empty at the start of each test. */
    protected abstract Coordination openSafely();

    /** A session of {@link #SESSION_MILLIS} and {@link #PATIENCE_MILLIS} through the network that fails. */
    protected abstract Coordination open();

    /** The clock of those sessions. */
    protected abstract Clock clock();

    /** What the client says is lost from now on. */
    protected abstract void loseRequests();

    /** What the server says is lost from now on. */
    protected abstract void loseAnswers();

    /** New connections are refused from now on. */
    protected abstract void refuse();

    /** Nothing is lost any more, but what has been. */
    protected abstract void mend();

    /** Breaks the connections there are. */
    protected abstract void cut();

    /** Lets the sessions' clock go on by so much at once. */
    protected abstract void skip(Duration time);

    @BeforeEach
    final void connect() {
        onlooker = openSafely();
        coordination = open();
        opened.addAll(List.of(onlooker, coordination));
        coordination.onSession(recorded);
        Coordination.await(coordination.commit(new Write.Create("/a", "0".getBytes(UTF_8))));
    }

    @AfterEach
    final void disconnect() {
        opened.forEach(Coordination::close);
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
        loseAnswers();
        CompletableFuture<Integer> update = update();
        await().untilAsserted(() -> assertThat(seenByOthers()).isEqualTo("1"));

        mend();
        cut();

        assertThat(reasonOf(update)).isEqualTo(Reason.UNKNOWN_OUTCOME);
        assertThat(Coordination.await(coordination.read("/a")).orElseThrow().version())
                .isEqualTo(1);
    }

    @Test
    void aWriteThatIsLostOnTheWayHasAnUnknownOutcomeToo() {
        loseRequests();
        CompletableFuture<Integer> update = update();

        cut();
        mend();

        assertThat(reasonOf(update)).isEqualTo(Reason.UNKNOWN_OUTCOME);
        assertThat(Coordination.await(coordination.read("/a")).orElseThrow().version())
                .isZero();
    }

    @Test
    void aReadIsMadeAgainUntilItIsAnswered() {
        loseAnswers();
        CompletableFuture<Optional<Versioned<byte[]>>> read = coordination.read("/a");
        CompletableFuture<List<String>> children = coordination.children("/");
        CompletableFuture<Void> path = coordination.ensurePath("/b/c");

        cut();
        mend();

        assertThat(Coordination.await(read)).isPresent();
        assertThat(Coordination.await(children)).contains("a");
        Coordination.await(path);
    }

    @Test
    void aReadGivesUpWhenPatienceEnds() {
        refuse();
        cut();
        CompletableFuture<Optional<Versioned<byte[]>>> read = coordination.read("/a");

        skip(Duration.ofMillis(PATIENCE_MILLIS));

        assertThat(reasonOf(read)).isEqualTo(Reason.UNKNOWN_OUTCOME);
    }

    @Test
    void closingAnswersWhatIsStillOpen() {
        refuse();
        cut();
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
        refuse();
        cut();
        await().untilAsserted(() ->
                assertThat(Coordination.await(onlooker.read("/e"))).isEmpty());
        assertThat(recorded.events).containsExactly("suspended");

        mend();

        await().untilAsserted(() -> assertThat(recorded.events).containsExactly("suspended", "expired"));
        assertThat(coordination.sessionId()).isNotEqualTo(old);
        assertThat(Coordination.await(update())).isEqualTo(1);
    }

    @Test
    void aLeaseIsRenewedWhileConnectedAndEndsBeforeTheSessionDoes() {
        Lease lease = Lease.ofCurrentSession(coordination, clock());
        long first = coordination.aliveUntilNanos();
        assertThat(lease.holds()).isTrue();
        await().untilAsserted(() -> assertThat(coordination.aliveUntilNanos()).isGreaterThan(first));
        Coordination.await(coordination.commit(new Write.CreateEphemeral("/e", new byte[0])));

        loseRequests();

        await().pollInterval(Duration.ofMillis(10)).until(() -> {
            boolean over = Coordination.await(onlooker.read("/e")).isEmpty();
            // Asked in this order, so that it does not matter how long a poll takes.
            assertThat(over && lease.holds()).as("lease outlives the session").isFalse();
            return over;
        });

        cut();
        mend();
        await().untilAsserted(() -> assertThat(recorded.events).endsWith("expired"));
        await().until(() -> Lease.ofCurrentSession(coordination, clock()).holds());
        assertThat(lease.holds()).as("the old session's lease").isFalse();
    }

    @Test
    void silenceBreaksTheConnectionAndTheSessionGoesOnOverAnother() {
        long session = coordination.sessionId();
        loseAnswers();
        CompletableFuture<Integer> update = update();
        await().untilAsserted(() -> assertThat(recorded.events).containsExactly("suspended"));

        mend();

        assertThat(reasonOf(update)).isEqualTo(Reason.UNKNOWN_OUTCOME);
        await().untilAsserted(() -> assertThat(recorded.events).hasSize(2));
        assertThat(recorded.events).endsWith(coordination.sessionId() == session ? "resumed" : "expired");
    }
}
