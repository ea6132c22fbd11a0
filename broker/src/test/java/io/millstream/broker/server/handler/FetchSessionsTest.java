package io.millstream.broker.server.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.replica.Partition;
import io.millstream.core.Clock;
import io.millstream.core.Entropy;
import io.millstream.wire.ByTopic;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.Fetch;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who gets one of a few sessions, and who keeps it. */
final class FetchSessionsTest {

    private static final int SLOTS = 2;

    private long nanos = -5 * FetchSessions.AGE_NANOS;

    private final Clock clock = new Clock() {
        @Override
        public long millis() {
            throw new AssertionError("Ages are measured by the monotonic clock");
        }

        @Override
        public long nanos() {
            return nanos;
        }
    };

    private FetchSessions sessions = new FetchSessions(SLOTS, Entropy.system());

    /** One connection, and a request on it. */
    private final class Peer {

        private final FakePeer context = new FakePeer(clock);

        /** Begins a session over so many partitions; 0 if there is none to be had. */
        int begin(int partitions) {
            return id(take(0, 0, partitions));
        }

        FetchTurn take(int id, int epoch, int partitions) {
            List<Fetch.Query> queries = IntStream.range(0, partitions)
                    .mapToObj(partition -> Fetch.Query.consumer(partition, -1, 0, 1))
                    .toList();
            return sessions.take(
                    context,
                    new Fetch.Request(
                            Fetch.CONSUMER,
                            new Fetch.Bounds(0, 0, 0),
                            Fetch.READ_UNCOMMITTED,
                            new Fetch.Session(id, epoch, List.of()),
                            partitions == 0 ? List.of() : List.of(new ByTopic<>("t", queries)),
                            ""));
        }

        private int id(FetchTurn turn) {
            return turn.answer(new Fetch.Response(0, ErrorCode.NONE, 0, List.of()))
                    .sessionId();
        }
    }

    @Test
    void whoComesWhenAllPlacesAreTakenGetsNoSession() {
        assertThat(new Peer().begin(1)).isPositive();
        assertThat(new Peer().begin(1)).isPositive();

        assertThat(new Peer().begin(100)).isZero();
        assertThat(sessions.size()).isEqualTo(SLOTS);
    }

    @Test
    void aSessionThatIsNotUsedForLongGivesWay() {
        // given
        Peer used = new Peer();
        Peer unused = new Peer();
        int kept = used.begin(1);
        int lost = unused.begin(100);
        nanos += FetchSessions.AGE_NANOS / 2;
        assertThat(used.take(kept, 1, 0).refusal()).isEqualTo(ErrorCode.NONE);
        nanos += FetchSessions.AGE_NANOS / 2;
        assertThat(new Peer().begin(1))
                .as("no session has been unused long enough")
                .isZero();

        // when
        nanos += 1;

        // then
        assertThat(new Peer().begin(1)).isPositive();
        assertThat(used.take(kept, 2, 0).refusal()).isEqualTo(ErrorCode.NONE);
        assertThat(unused.take(lost, 1, 0).refusal()).isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
    }

    @Test
    void anOldSessionGivesWayToALargerOneAndTheSmallestGoes() {
        // given
        Peer small = new Peer();
        Peer large = new Peer();
        int lost = small.begin(3);
        int kept = large.begin(5);
        nanos += FetchSessions.AGE_NANOS;
        assertThat(small.take(lost, 1, 0).refusal()).isEqualTo(ErrorCode.NONE);
        assertThat(large.take(kept, 1, 0).refusal()).isEqualTo(ErrorCode.NONE);
        assertThat(new Peer().begin(10)).as("none is old enough").isZero();

        // when
        nanos += 1;

        // then
        assertThat(new Peer().begin(3)).as("not larger than any").isZero();
        assertThat(new Peer().begin(4)).isPositive();
        assertThat(large.take(kept, 2, 0).refusal()).isEqualTo(ErrorCode.NONE);
        assertThat(small.take(lost, 2, 0).refusal()).isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
    }

    @Test
    void aConnectionHasOneSessionAndNoOtherConnectionsIsItsOwn() {
        // given
        Peer owner = new Peer();
        int id = owner.begin(1);

        // when, then
        Peer other = new Peer();
        assertThat(other.take(id, 1, 0).refusal()).isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
        FetchTurn unused = other.take(id, Fetch.Session.FINAL_EPOCH, 1);
        assertThat(owner.take(id, 1, 0).refusal()).as("nobody else can end it").isEqualTo(ErrorCode.NONE);
        int next = owner.begin(2);
        assertThat(sessions.size()).isEqualTo(1);
        assertThat(owner.take(id, 2, 0).refusal()).isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
        assertThat(owner.take(next, 2, 0).refusal()).isEqualTo(ErrorCode.INVALID_FETCH_SESSION_EPOCH);
        assertThat(owner.take(next, 1, 0).refusal()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aSessionEndsWithItsFinalEpochOrItsLastPartition() {
        // given
        Peer peer = new Peer();
        int first = peer.begin(1);

        // when
        FetchTurn last = peer.take(first, Fetch.Session.FINAL_EPOCH, 1);

        // then
        assertThat(last.request().topics()).hasSize(1);
        assertThat(sessions.size()).isZero();
        assertThat(sessions.sizeInBytes()).isZero();

        // when
        int second = peer.begin(1);
        FetchTurn empty = sessions.take(
                peer.context,
                new Fetch.Request(
                        Fetch.CONSUMER,
                        new Fetch.Bounds(0, 0, 0),
                        Fetch.READ_UNCOMMITTED,
                        new Fetch.Session(second, 1, List.of(new ByTopic<>("t", List.of(0)))),
                        List.of(),
                        ""));

        // then
        assertThat(empty.refusal()).isEqualTo(ErrorCode.NONE);
        assertThat(empty.request().topics()).isEmpty();
        assertThat(sessions.size()).isZero();
    }

    @Test
    void sessionsCostABoundedAmountOfMemoryHoweverManyPartitionsTheyHave() {
        // given room for about 100 partitions
        sessions = new FetchSessions(1_000, 100 * 162, Entropy.system());
        Peer growing = new Peer();
        Peer steady = new Peer();
        int grown = growing.begin(40);
        int kept = steady.begin(40);

        // when, then
        assertThat(new Peer().begin(30)).isZero();
        assertThat(growing.take(grown, 1, 80).refusal())
                .as("it must make a full request, which gets no session")
                .isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
        assertThat(growing.begin(80)).isZero();
        assertThat(steady.take(kept, 1, 0).refusal()).isEqualTo(ErrorCode.NONE);
        assertThat(sessions.sizeInBytes()).isEqualTo(40 * 162);
    }

    @Test
    void aFetchThatMayNotWaitIsAnsweredAtOnce(@TempDir Path directory) {
        try (ServedPartitions served = new ServedPartitions(directory)) {
            // given
            Partition partition = served.leading("t", 0);
            FakePeer peer = new FakePeer(clock);
            peer.mayWait = false;

            // when
            var answer = served.fetchHandler(sessions)
                    .handle(peer, Requests.fetch("t", 0, Integer.MAX_VALUE))
                    .toCompletableFuture();

            // then
            assertThat(answer).isCompletedWithValueMatching(response -> response.error() == ErrorCode.NONE);
            assertThat(partition.waiting()).isZero();
        }
    }

    @Test
    void withoutPlacesThereAreNoSessions() {
        sessions = new FetchSessions(0, Entropy.system());

        assertThat(new Peer().begin(1)).isZero();
    }
}
