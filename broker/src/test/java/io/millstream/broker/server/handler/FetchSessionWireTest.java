package io.millstream.broker.server.handler;

import static io.millstream.broker.server.handler.Requests.batch;
import static io.millstream.broker.server.handler.Requests.produce;
import static io.millstream.broker.server.handler.Requests.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millstream.broker.replica.Partition;
import io.millstream.broker.server.NoLeaks;
import io.millstream.broker.server.RawClient;
import io.millstream.wire.ApiKey;
import io.millstream.wire.ByTopic;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.Fetch;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Sessions over the wire, request by request. */
@ExtendWith(NoLeaks.class)
final class FetchSessionWireTest {

    @TempDir
    Path directory;

    private ServedPartitions served;
    private RawClient client;

    @BeforeEach
    void start() {
        served = new ServedPartitions(directory);
        client = served.connect();
    }

    @AfterEach
    void stop() {
        client.close();
        served.close();
    }

    private static Fetch.Request request(int id, int epoch, int waitMillis, List<ByTopic<Fetch.Query>> topics) {
        return new Fetch.Request(
                Fetch.CONSUMER,
                new Fetch.Bounds(waitMillis, 1, 1 << 20),
                Fetch.READ_UNCOMMITTED,
                new Fetch.Session(id, epoch, List.of()),
                topics,
                "");
    }

    private static List<ByTopic<Fetch.Query>> at(String topic, long offset) {
        return List.of(new ByTopic<>(topic, List.of(Fetch.Query.consumer(0, -1, offset, 1 << 20))));
    }

    private Fetch.Response ask(Fetch.Request request) {
        return client.ask(request, Fetch.Response.class);
    }

    private static List<String> topics(Fetch.Response response) {
        return response.topics().stream().map(ByTopic::topic).toList();
    }

    @Test
    void onlyWhatHasChangedIsTold() {
        // given two partitions in a session
        served.leading("a", 0);
        served.leading("b", 0);
        produce(client, 1, "a", batch(1_000, "a1"));
        Fetch.Response first = ask(request(
                0,
                Fetch.Session.INITIAL_EPOCH,
                0,
                List.of(at("a", 0).get(0), at("b", 0).get(0))));
        int id = first.sessionId();
        assertThat(id).isPositive();
        assertThat(topics(first)).containsExactly("a", "b");

        // when
        Fetch.Response quiet = ask(request(id, 1, 0, at("a", 1)));
        produce(client, 1, "b", batch(1_000, "b1"));
        Fetch.Response news = ask(request(id, 2, 0, List.of()));
        Fetch.Response moved = ask(request(id, 3, 0, at("b", 1)));

        // then
        assertThat(quiet.sessionId()).isEqualTo(id);
        assertThat(topics(quiet)).isEmpty();
        assertThat(topics(news)).containsExactly("b");
        assertThat(values(Requests.only(news.topics()), 0)).containsExactly("b1");
        assertThat(topics(moved)).isEmpty();
    }

    @Test
    void aSessionWaitsForRecordsOfAllItsPartitions() {
        // given
        served.leading("a", 0);
        Partition waited = served.leading("b", 0);
        int id = ask(request(0, 0, 0, List.of(at("a", 0).get(0), at("b", 0).get(0))))
                .sessionId();
        client.send(1, request(id, 1, Integer.MAX_VALUE, List.of()));
        await().until(() -> waited.waiting() == 1);

        // when
        try (RawClient producer = served.connect()) {
            produce(producer, 1, "b", batch(1_000, "b1"));
        }

        // then
        Fetch.Response response = client.receive(ApiKey.FETCH, ApiKey.FETCH.max(), Fetch.Response.class)
                .body();
        assertThat(topics(response)).containsExactly("b");
    }

    @Test
    void aSessionIsNotFoundByWhoDoesNotOwnItAndNotInAnotherOrder() {
        // given
        served.leading("a", 0);
        int id = ask(request(0, 0, 0, at("a", 0))).sessionId();

        // when, then
        assertThat(ask(request(id, 2, 0, List.of())).error()).isEqualTo(ErrorCode.INVALID_FETCH_SESSION_EPOCH);
        assertThat(ask(request(id == 1 ? 2 : id - 1, 1, 0, List.of())).error())
                .isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
        try (RawClient other = served.connect()) {
            Fetch.Response stolen = other.ask(request(id, 1, 0, List.of()), Fetch.Response.class);
            assertThat(stolen.error()).isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
            assertThat(stolen.sessionId()).isZero();
        }
        assertThat(ask(request(id, 1, 0, List.of())).error()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aSecondRequestOnTheWayMakesTheFirstsAnswerVoid() {
        // given
        Partition partition = served.leading("a", 0);
        int id = ask(request(0, 0, 0, at("a", 0))).sessionId();
        client.send(1, request(id, 1, Integer.MAX_VALUE, List.of()));
        await().until(() -> partition.waiting() == 1);

        // when
        client.send(2, request(id, 2, Integer.MAX_VALUE, List.of()));
        await().until(() -> partition.waiting() == 2);
        try (RawClient producer = served.connect()) {
            produce(producer, 1, "a", batch(1_000, "x"));
        }

        // then
        assertThat(client.receive(ApiKey.FETCH, ApiKey.FETCH.max(), Fetch.Response.class)
                        .body()
                        .error())
                .isEqualTo(ErrorCode.INVALID_FETCH_SESSION_EPOCH);
        assertThat(topics(client.receive(ApiKey.FETCH, ApiKey.FETCH.max(), Fetch.Response.class)
                        .body()))
                .containsExactly("a");
    }

    @Test
    void aSessionEndsWithItsConnection() {
        // given
        served.leading("a", 0);
        assertThat(ask(request(0, 0, 0, at("a", 0))).sessionId()).isPositive();
        assertThat(served.sessions.size()).isEqualTo(1);

        // when
        client.close();

        // then
        await().until(() -> served.sessions.size() == 0);
    }

    @Test
    void olderClientsHaveNoSessions() {
        // given
        served.leading("a", 0);

        // when
        Fetch.Response response = client.ask(request(0, 0, 0, at("a", 0)), (short) 6, Fetch.Response.class);

        // then
        assertThat(topics(response)).containsExactly("a");
        assertThat(served.sessions.size()).isZero();
    }
}
