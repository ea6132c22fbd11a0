package io.millstream.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millstream.coordination.CoordinationException.Reason;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** Watches, and sessions that break and end. */
abstract class SessionContract extends CoordinationContract {

    /** Ends the session of {@code coordination} as if its time had run out. */
    protected abstract void expireSession(Coordination coordination);

    /** Cuts all connections and lets them come back at once. */
    protected abstract void interruptConnections();

    @Test
    void aWatchSeesCreationChangeAndDeletionAtAndBelowItsPathAgainAndAgain() {
        ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
        Coordination.await(coordination.watch("/w", seen::add));
        Coordination other = another();

        Coordination.await(other.commit(new Write.Create("/w", bytes(""))));
        Coordination.await(other.commit(new Write.Create("/w/a", bytes(""))));
        Coordination.await(other.commit(new Write.Update("/w/a", bytes("1"), 0)));
        Coordination.await(other.commit(new Write.Update("/w/a", bytes("2"), 1)));
        Coordination.await(other.commit(new Write.Create("/w/a/deep", bytes(""))));
        Coordination.await(other.commit(new Write.Create("/elsewhere", bytes(""))));
        Coordination.await(other.commit(new Write.Delete("/w/a/deep", 0)));
        Coordination.await(other.commit(new Write.Delete("/w/a", 2)));

        await().untilAsserted(() ->
                assertThat(seen).containsExactly("/w", "/w/a", "/w/a", "/w/a", "/w/a/deep", "/w/a/deep", "/w/a"));
    }

    @Test
    void aWatchOfTheRootSeesEverything() {
        ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
        Coordination.await(coordination.watch("/", seen::add));

        commit(new Write.Create("/any", bytes("")));

        await().untilAsserted(() -> assertThat(seen).contains("/any"));
    }

    @Test
    void aChangeIsAnnouncedBeforeItCanBeRead() {
        ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
        Coordination.await(coordination.watch("/w", seen::add));
        Coordination other = another();
        Coordination.await(other.commit(new Write.Create("/w", bytes(""))));

        CompletableFuture<Boolean> announced =
                coordination.read("/w").thenApply(found -> found.isEmpty() || seen.contains("/w"));

        assertThat(Coordination.await(announced)).isTrue();
    }

    @Test
    void overlappingWatchesAreEachTold() {
        ConcurrentLinkedQueue<String> outer = new ConcurrentLinkedQueue<>();
        ConcurrentLinkedQueue<String> inner = new ConcurrentLinkedQueue<>();
        ConcurrentLinkedQueue<String> same = new ConcurrentLinkedQueue<>();
        Coordination.await(coordination.watch("/w", outer::add));
        Coordination.await(coordination.watch("/w/a", inner::add));
        Coordination.await(coordination.watch("/w/a", same::add));

        commit(new Write.Create("/w", bytes("")), new Write.Create("/w/a", bytes("")));

        await().untilAsserted(() -> {
            assertThat(outer).containsExactly("/w", "/w/a");
            assertThat(inner).containsExactly("/w/a");
            assertThat(same).containsExactly("/w/a");
        });
    }

    @Test
    void aClosedWatchIsSilentAndOthersAreNot() {
        ConcurrentLinkedQueue<String> closed = new ConcurrentLinkedQueue<>();
        ConcurrentLinkedQueue<String> open = new ConcurrentLinkedQueue<>();
        Coordination.Registration registration = Coordination.await(coordination.watch("/w", closed::add));
        Coordination.await(coordination.watch("/w", open::add));

        registration.close();
        registration.close();
        commit(new Write.Create("/w", bytes("")));

        await().untilAsserted(() -> assertThat(open).containsExactly("/w"));
        assertThat(closed).isEmpty();
    }

    private Recorded recorded(Coordination of) {
        Recorded recorded = new Recorded();
        of.onSession(recorded);
        return recorded;
    }

    @Test
    void knowsItsSession() {
        assertThat(coordination.sessionId()).isNotZero();
        assertThat(coordination.sessionTimeoutMillis()).isPositive();
    }

    @Test
    void anExpiredSessionIsFollowedByANewOneWithoutTheOldOnesEphemerals() {
        commit(new Write.CreateEphemeral("/mine", bytes("")));
        long old = coordination.sessionId();
        Recorded recorded = recorded(coordination);

        expireSession(coordination);

        await().untilAsserted(() -> assertThat(recorded.events).containsExactly("suspended", "expired"));
        assertThat(coordination.sessionId()).isNotEqualTo(old).isNotZero();
        await().untilAsserted(() -> assertThat(textOf("/mine")).isEmpty());
        assertThat(commit(new Write.CreateEphemeral("/mine", bytes("")))).isZero();
        assertThat(Coordination.await(coordination.read("/mine")).orElseThrow().ephemeralOwner())
                .isEqualTo(coordination.sessionId());
    }

    @Test
    void watchesStandInTheSessionThatFollows() {
        ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
        Coordination.await(coordination.watch("/w", seen::add));
        ConcurrentLinkedQueue<String> closed = new ConcurrentLinkedQueue<>();
        Coordination.await(coordination.watch("/w", closed::add)).close();
        Recorded recorded = recorded(coordination);
        Coordination other = another();

        expireSession(coordination);
        await().untilAsserted(() -> assertThat(recorded.events).endsWith("expired"));
        Coordination.await(other.commit(new Write.Create("/w", bytes(""))));

        await().untilAsserted(() -> assertThat(seen).containsExactly("/w"));
        assertThat(closed).isEmpty();
    }

    @Test
    void aBrokenConnectionSuspendsAndResumesTheSameSession() {
        commit(new Write.CreateEphemeral("/mine", bytes("")));
        long session = coordination.sessionId();
        ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
        Coordination.await(coordination.watch("/w", seen::add));
        Recorded recorded = recorded(coordination);
        Recorded removed = new Recorded();
        coordination.onSession(removed).close();

        interruptConnections();

        await().untilAsserted(() -> assertThat(recorded.events).containsExactly("suspended", "resumed"));
        assertThat(coordination.sessionId()).isEqualTo(session);
        assertThat(textOf("/mine")).isPresent();
        commit(new Write.Create("/w", bytes("")));
        await().untilAsserted(() -> assertThat(seen).containsExactly("/w"));
        assertThat(removed.events).isEmpty();
    }

    @Test
    void aClosedCoordinationFailsEveryCallAndTellsNobody() {
        Recorded recorded = recorded(coordination);

        coordination.close();
        coordination.close();

        failure(() -> Coordination.await(coordination.read("/a")));
        assertThat(failure(() -> commit(new Write.Create("/a", bytes("")))).reason())
                .isEqualTo(Reason.SESSION_EXPIRED);
        assertThat(coordination.sessionId()).isZero();
        assertThat(recorded.events).isEmpty();
    }
}
