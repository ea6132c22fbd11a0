package io.millstream.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millstream.core.BrokerEndpoint;
import io.millstream.core.Limits;
import io.millstream.net.ConnectionException.Reason;
import io.millstream.net.FakeBroker.Answer;
import io.millstream.net.FakeBroker.Garbage;
import io.millstream.net.FakeBroker.HangUp;
import io.millstream.net.FakeBroker.Misdirected;
import io.millstream.net.FakeBroker.Silence;
import io.millstream.wire.ApiKey;
import io.millstream.wire.ByTopic;
import io.millstream.wire.BytesPayload;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.RequestBody;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.Writer;
import io.millstream.wire.message.ApiVersions;
import io.millstream.wire.message.InitProducerId;
import io.millstream.wire.message.Metadata;
import io.millstream.wire.message.Produce;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class ConnectionTest {

    private static final Duration SHORT = Duration.ofMillis(100);
    private static final RequestBody ASK = new InitProducerId.Request(null, 0, -1, (short) -1);

    private final FakeBroker broker = FakeBroker.start();
    private final Connections connections = Connections.tcp(ConnectionSettings.defaults("test"));

    @AfterEach
    void close() {
        connections.close();
        broker.close();
    }

    private Connection open() {
        return connections.open(broker.endpoint()).join();
    }

    private static InitProducerId.Response given(long id) {
        return new InitProducerId.Response(0, ErrorCode.NONE, id, (short) 0);
    }

    private static CompletableFuture<InitProducerId.Response> ask(Connection connection) {
        return connection.send(ASK, InitProducerId.Response.class);
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> assertFails(
            CompletableFuture<?> call, Reason reason) {
        return assertThatThrownBy(call::join)
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        ConnectionException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    @Test
    void theHighestVersionThatBothSpeakIsUsed() {
        broker.speaking(ApiKey.METADATA, 2, 5).speaking(ApiKey.FETCH, 0, 40);

        Connection connection = open();

        assertThat(connection.version(ApiKey.METADATA)).isEqualTo((short) 5);
        assertThat(connection.version(ApiKey.FETCH)).isEqualTo(ApiKey.FETCH.max());
        assertThat(broker.calls(ApiKey.API_VERSIONS).get(0).header().clientId()).isEqualTo("test");
    }

    @Test
    void aNameServerThatDoesNotAnswerHoldsUpOnlyTheConnectionThatNeedsIt() {
        broker.speaking(ApiKey.METADATA, 2, 5);
        CountDownLatch gone = new CountDownLatch(1);
        ConnectionSettings settings = ConnectionSettings.defaults("test");
        try (Connections named = new NettyConnections(settings, host -> {
            try {
                gone.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new UnknownHostException(host);
        })) {
            CompletableFuture<Connection> waiting = named.open(new BrokerEndpoint("broker.example", 9092));

            assertThat(named.open(broker.endpoint()).join().speaks(ApiKey.METADATA))
                    .isTrue();

            assertThat(waiting).isNotDone();
            gone.countDown();
            assertFails(waiting, Reason.UNREACHABLE);
        }
    }

    @Test
    void whoeverWaitsForANameHearsThatThisClientIsClosed() {
        CountDownLatch never = new CountDownLatch(1);
        Connections named = new NettyConnections(ConnectionSettings.defaults("test"), host -> {
            boolean interrupted = false;
            while (never.getCount() > 0) { // as the system's look-up, which hears no interrupt
                try {
                    never.await();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            throw new UnknownHostException(host);
        });
        CompletableFuture<Connection> waiting = named.open(new BrokerEndpoint("broker.example", 9092));

        named.close();

        assertFails(waiting, Reason.UNREACHABLE);
        never.countDown();
    }

    @Test
    void aBrokerThatKnowsOnlyOldVersionsOfApiVersionsIsAskedAgainInVersion0() {
        broker.speaking(ApiKey.API_VERSIONS, 0, 0);

        Connection connection = open();

        assertThat(connection.speaks(ApiKey.FETCH)).isTrue();
        assertThat(broker.calls(ApiKey.API_VERSIONS))
                .extracting(call -> call.header().version())
                .containsExactly((short) 0);
    }

    @Test
    void anApiWithoutACommonVersionIsRefusedNamingBothRanges() {
        broker.speaking(ApiKey.FETCH, 0, 3).without(ApiKey.DESCRIBE_RANGES);

        Connection connection = open();

        assertThat(connection.speaks(ApiKey.FETCH)).isFalse();
        assertThat(connection.speaks(ApiKey.DESCRIBE_RANGES)).isFalse();
        assertThatThrownBy(() -> connection.version(ApiKey.FETCH))
                .hasMessageContaining(broker.endpoint().toString())
                .hasMessageContaining("speaks FETCH 0 to 3, this client 4 to 12");
        assertThatThrownBy(() -> connection.version(ApiKey.DESCRIBE_RANGES))
                .hasMessageContaining("does not offer DESCRIBE_RANGES");
    }

    @Test
    void aBrokerThatRefusesToSayItsVersionsIsNotConnectedTo() {
        broker.on(
                ApiKey.API_VERSIONS,
                call -> new Answer(new ApiVersions.Response(ErrorCode.CLUSTER_AUTHORIZATION_FAILED, List.of(), 0)));

        assertFails(connections.open(broker.endpoint()), Reason.UNSUPPORTED)
                .hasMessageContaining("CLUSTER_AUTHORIZATION_FAILED");
    }

    @Test
    void aPortWhereNobodyListensIsUnreachable() throws IOException {
        BrokerEndpoint nobody;
        try (ServerSocket free = new ServerSocket(0)) {
            nobody = new BrokerEndpoint("localhost", free.getLocalPort());
        }

        assertFails(connections.open(nobody), Reason.UNREACHABLE).hasMessageContaining(nobody.toString());
    }

    @Test
    void aServerThatAcceptsAndSaysNothingIsGivenUp() {
        broker.on(ApiKey.API_VERSIONS, call -> new Silence());
        try (Connections impatient =
                Connections.tcp(ConnectionSettings.defaults("test").withConnectTimeout(SHORT))) {
            assertFails(impatient.open(broker.endpoint()), Reason.TIMED_OUT)
                    .hasMessageContaining("did not answer API_VERSIONS v3 within 100 ms");
        }
    }

    @Test
    void requestsInFlightTogetherGetTheirOwnAnswers() {
        int[] next = {0};
        broker.on(ApiKey.INIT_PRODUCER_ID, call -> new Answer(given(next[0]++)));
        Connection connection = open();

        List<CompletableFuture<InitProducerId.Response>> answers = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            answers.add(ask(connection));
        }

        for (int i = 0; i < 500; i++) {
            assertThat(answers.get(i).join().producerId()).isEqualTo(i);
        }
    }

    @Test
    void aRequestNotAnsweredInTimeFailsAndClosesTheConnection() {
        broker.on(ApiKey.INIT_PRODUCER_ID, call -> new Silence());
        Connection connection = open();

        CompletableFuture<?> slow = connection.send(ASK, InitProducerId.Response.class, SHORT);
        CompletableFuture<?> behind = ask(connection);

        assertFails(slow, Reason.TIMED_OUT).hasMessageContaining("INIT_PRODUCER_ID v3 within 100 ms");
        assertFails(behind, Reason.LOST);
        connection.closed().join();
        assertThat(connection.isOpen()).isFalse();
        assertFails(ask(connection), Reason.UNREACHABLE);
    }

    @Test
    void anAnswerOutOfOrderClosesTheConnection() {
        broker.on(
                ApiKey.INIT_PRODUCER_ID,
                call -> new Misdirected(given(1), call.header().correlationId() + 1));
        Connection connection = open();

        assertFails(ask(connection), Reason.MALFORMED).hasMessageContaining("where 1 was due");
        connection.closed().join();
    }

    @Test
    void anAnswerNobodyAskedForClosesTheConnection() {
        broker.on(ApiKey.INIT_PRODUCER_ID, call -> {
            byte[] one = FakeBroker.encode(
                    given(1), call.api(), (short) 3, call.header().correlationId());
            return new Garbage(twice(one));
        });
        Connection connection = open();

        assertThat(ask(connection).join().producerId()).isEqualTo(1);
        connection.closed().join();
    }

    private static byte[] twice(byte[] bytes) {
        byte[] both = new byte[2 * bytes.length];
        System.arraycopy(bytes, 0, both, 0, bytes.length);
        System.arraycopy(bytes, 0, both, bytes.length, bytes.length);
        return both;
    }

    @Test
    void hostileFramesCostTheirConnectionOnly() {
        byte[][] frames = {
            {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff}, // -1
            {0, 0, 0, 0},
            {0, 0, 0, 3, 1, 2, 3},
            {0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff}, // 2^31-1
            "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
            {0, 0, 0, 4, 0, 0, 0, 1}, // header only
            {0, 0, 0, 9, 0, 0, 0, 1, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x7f} // tag bomb
        };
        for (byte[] frame : frames) {
            broker.on(ApiKey.INIT_PRODUCER_ID, call -> new Garbage(frame));
            Connection connection = open();

            assertFails(ask(connection), Reason.MALFORMED);
            connection.closed().join();
        }
        broker.on(ApiKey.INIT_PRODUCER_ID, call -> new Answer(given(7)));
        assertThat(ask(open()).join().producerId()).isEqualTo(7);
    }

    @Test
    void endlessMetadataIsRefusedAndNotHeld() {
        List<Metadata.Broker> endless =
                Collections.nCopies(Limits.RESPONSE_ELEMENTS + 1, new Metadata.Broker(1, "h", 1, null));
        broker.on(ApiKey.METADATA, call -> new Answer(new Metadata.Response(0, endless, null, -1, List.of(), 0)));
        Connection connection = open();
        RequestBody all = Metadata.Request.of(null);

        assertFails(connection.send(all, Metadata.Response.class), Reason.MALFORMED);
        connection.closed().join();
    }

    @Test
    void aConnectionThatTheBrokerClosesFailsWhatIsInFlight() {
        broker.on(ApiKey.INIT_PRODUCER_ID, call -> new HangUp());
        Connection connection = open();

        assertFails(ask(connection), Reason.LOST).hasMessageContaining("before it answered INIT_PRODUCER_ID v3");
    }

    @Test
    void noMoreThanTheBoundedNumberOfRequestsWaits() {
        CountDownLatch answer = new CountDownLatch(1);
        broker.on(ApiKey.INIT_PRODUCER_ID, call -> {
            await().until(() -> answer.getCount() == 0);
            return new Answer(given(1));
        });
        try (Connections narrow =
                Connections.tcp(ConnectionSettings.defaults("test").withMaxInFlight(2))) {
            Connection connection = narrow.open(broker.endpoint()).join();
            CompletableFuture<?> first = ask(connection);
            CompletableFuture<?> second = ask(connection);

            assertFails(ask(connection), Reason.REFUSED);

            answer.countDown();
            CompletableFuture.allOf(first, second).join();
        }
    }

    @Test
    void payloadsAreWrittenWithoutCopyingAndReleasedOnceWhateverHappens() {
        ByteBuf arrived = Unpooled.buffer();
        broker.on(ApiKey.PRODUCE, call -> {
            arrived.writeBytes(call.as(Produce.Request.class)
                    .topics()
                    .get(0)
                    .partitions()
                    .get(0)
                    .records()
                    .bytes());
            return new Answer(new Produce.Response(List.of(), 0));
        });
        Connection connection = open();
        ByteBuf sent = payload();
        ByteBuf lost = payload();
        ByteBuf late = payload();

        connection.send(produce(sent), Produce.Response.class).join();
        broker.on(ApiKey.PRODUCE, call -> new HangUp());
        assertFails(connection.send(produce(lost), Produce.Response.class), Reason.LOST);
        connection.closed().join();
        assertFails(connection.send(produce(late), Produce.Response.class), Reason.UNREACHABLE);

        assertThat(arrived.toString(StandardCharsets.UTF_8)).isEqualTo("twelve bytes");
        await().untilAsserted(() ->
                assertThat(List.of(sent.refCnt(), lost.refCnt(), late.refCnt())).containsExactly(0, 0, 0));
    }

    private static ByteBuf payload() {
        return PooledByteBufAllocator.DEFAULT.buffer().writeBytes("twelve bytes".getBytes(StandardCharsets.UTF_8));
    }

    private static Produce.Request produce(ByteBuf records) {
        Produce.Data data = new Produce.Data(0, new BytesPayload(records));
        return new Produce.Request(null, Produce.ACKS_ALL, 1_000, List.of(new ByTopic<>("t", List.of(data))));
    }

    @Test
    void aRequestThatCannotBeEncodedIsRefusedAndTheConnectionGoesOn() {
        broker.on(ApiKey.METADATA, call -> new Answer(new Metadata.Response(0, List.of(), null, -1, List.of(), 0)));
        Connection connection = open();
        RequestBody tooLong = Metadata.Request.of(List.of("x".repeat(40_000)));
        RequestBody fine = Metadata.Request.of(List.of("x"));

        assertFails(connection.send(tooLong, Metadata.Response.class), Reason.REFUSED)
                .hasMessageContaining("40000");
        ResponseBody answer = connection.send(fine, Metadata.Response.class).join();

        assertThat(answer).isNotNull();
    }

    /** A request that breaks while it is written, with a payload that has been placed already. */
    private record Broken(ByteBuf payload, RuntimeException why) implements RequestBody {

        @Override
        public ApiKey api() {
            return ApiKey.PRODUCE;
        }

        @Override
        public void write(Writer out) {
            out.nullablePayload(new BytesPayload(payload));
            throw why;
        }

        @Override
        public void discard() {
            payload.release();
        }
    }

    @Test
    void whateverBreaksWhileARequestIsWrittenFailsItAloneAndLeaksNothing() {
        broker.on(ApiKey.METADATA, call -> new Answer(new Metadata.Response(0, List.of(), null, -1, List.of(), 0)));
        Connection connection = open();
        ByteBuf payload = payload();

        assertFails(
                        connection.send(
                                new Broken(payload, new IllegalStateException("ended")), Produce.Response.class),
                        Reason.REFUSED)
                .hasMessageContaining("ended");

        assertThat(payload.refCnt()).isZero();
        RequestBody fine = Metadata.Request.of(List.of("x"));
        ResponseBody answer = connection.send(fine, Metadata.Response.class).join();
        assertThat(answer).isNotNull();
    }

    @Test
    void closingFailsWhatIsInFlightAndIsHarmlessTwice() {
        broker.on(ApiKey.INIT_PRODUCER_ID, call -> new Silence());
        Connection connection = open();
        CompletableFuture<?> waiting = ask(connection);

        connection.close();
        connection.close();

        assertFails(waiting, Reason.LOST).hasMessageContaining("closed by this client");
        await().until(() -> broker.connections() == 0);
    }
}
