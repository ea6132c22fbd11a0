package io.millstream.broker.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millstream.wire.ApiKey;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.ApiVersions;
import io.millstream.wire.message.InitProducerId;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** W3: what a broken or hostile peer sends costs its own connection and one line in the log, and nothing else. */
@ExtendWith(NoLeaks.class)
class W3BadInputTest {

    private static final int LARGEST = 1_000_000;

    private NetworkServer listener;
    private RawClient honest;
    private RawClient hostile;
    private LogLines log;

    @BeforeEach
    void start() {
        Dispatcher.Builder handlers = Dispatcher.builder()
                .on(
                        ApiKey.INIT_PRODUCER_ID,
                        InitProducerId.Request.class,
                        (context, request) -> CompletableFuture.completedFuture(new InitProducerId.Response(
                                0, ErrorCode.NONE, request.transactionTimeoutMillis(), (short) 0)));
        listener = TestServers.start(handlers, LARGEST, 600_000);
        honest = RawClient.connect(TestServers.port(listener));
        hostile = RawClient.connect(TestServers.port(listener));
        log = new LogLines(NetworkServer.class);
    }

    @AfterEach
    void stop() {
        log.close();
        honest.close();
        hostile.close();
        listener.close();
    }

    private static InitProducerId.Request request(int number) {
        return new InitProducerId.Request(null, number, -1, (short) -1);
    }

    private void assertOnlyTheHostileOneIsGone(String reason) {
        hostile.assertHungUp();
        assertThat(log.with(":" + hostile.localPort())).singleElement().satisfies(line -> assertThat(line)
                .contains(reason));
        assertHonestIsServed();
    }

    private void assertHonestIsServed() {
        assertThat(honest.ask(request(5), InitProducerId.Response.class).producerId())
                .isEqualTo(5);
    }

    @Test
    void garbageClosesTheConnection() {
        // given
        byte[] garbage = new byte[LARGEST];
        new Random(3).nextBytes(garbage);
        ByteBuffer.wrap(garbage).putInt(LARGEST - 4); // a frame all the same

        // when
        hostile.sendBytes(garbage);

        // then
        assertOnlyTheHostileOneIsGone("is not spoken here");
    }

    @Test
    void httpClosesTheConnection() {
        // when
        hostile.sendBytes("GET / HTTP/1.1\r\nHost: here\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));

        // then
        assertOnlyTheHostileOneIsGone("A frame of ");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 4, 7, 9, 10, 14})
    void aFrameThatEndsEarlyClosesTheConnection(int length) {
        // given
        byte[] whole = RawClient.frame(1, (short) 3, request(1));
        byte[] part = Arrays.copyOf(whole, 4 + length);
        ByteBuffer.wrap(part).putInt(length);

        // when
        hostile.sendBytes(part);

        // then
        assertOnlyTheHostileOneIsGone("");
    }

    @Test
    void aHeaderWithoutABodyClosesTheConnection() {
        // when
        hostile.sendBytes(RawClient.header(ApiKey.INIT_PRODUCER_ID.id(), 0, 1));

        // then
        assertOnlyTheHostileOneIsGone("");
    }

    @Test
    void bytesAfterTheEndCloseTheConnection() {
        // given
        byte[] whole = RawClient.frame(1, (short) 3, request(1));
        byte[] longer = Arrays.copyOf(whole, whole.length + 1);
        ByteBuffer.wrap(longer).putInt(longer.length - 4);

        // when
        hostile.sendBytes(longer);

        // then
        assertOnlyTheHostileOneIsGone("");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 2, 17, 36, 20_000, Short.MAX_VALUE})
    void anApiThatNobodyKnowsClosesTheConnection(int key) {
        // when
        hostile.sendBytes(RawClient.header(key, 0, 1));

        // then
        assertOnlyTheHostileOneIsGone("API " + key + " is not spoken here");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 4, 127})
    void aVersionThatIsNotSpokenClosesTheConnection(int version) {
        // when
        hostile.sendBytes(RawClient.header(ApiKey.INIT_PRODUCER_ID.id(), version, 1));

        // then
        assertOnlyTheHostileOneIsGone("INIT_PRODUCER_ID v" + version);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 4, 127})
    void apiVersionsAnswersAnUnknownVersionInVersion0WithItsTable(int version) {
        // when
        hostile.sendBytes(RawClient.header(ApiKey.API_VERSIONS.id(), version, 31));

        // then
        RawClient.Answer<ApiVersions.Response> answer =
                hostile.receive(ApiKey.API_VERSIONS, (short) 0, ApiVersions.Response.class);
        assertThat(answer.correlationId()).isEqualTo(31);
        assertThat(answer.body().error()).isEqualTo(ErrorCode.UNSUPPORTED_VERSION);
        assertThat(answer.body().apis())
                .containsExactlyInAnyOrder(
                        new ApiVersions.Window((short) 18, (short) 0, (short) 3),
                        new ApiVersions.Window((short) 22, (short) 0, (short) 3));
        ApiVersions.Response again =
                hostile.ask(new ApiVersions.Request("raw", "1"), ApiVersions.Response.class); // still connected
        assertThat(again.error()).isEqualTo(ErrorCode.NONE);
        assertThat(again.apis()).isEqualTo(answer.body().apis());
    }

    @Test
    void aPeerThatSaysNoMoreIsLetGo() {
        // given
        hostile.sendBytes(new byte[] {0, 0});

        // when
        hostile.halfClose();

        // then
        hostile.assertHungUp();
        assertHonestIsServed();
        assertThat(log.with(":" + hostile.localPort())).isEmpty();
    }

    @Test
    void aRequestMayComeByteByByte() {
        // given
        byte[] frame = RawClient.frame(8, (short) 3, request(99));

        // when
        for (byte one : frame) {
            hostile.sendBytes(one);
            assertHonestIsServed();
        }

        // then
        assertThat(hostile.receive(ApiKey.INIT_PRODUCER_ID, (short) 3, InitProducerId.Response.class)
                        .body()
                        .producerId())
                .isEqualTo(99);
    }

    @Test
    void aFrameThatNeverEndsAndAPeerThatSaysNothingAreClosed() {
        try (NetworkServer impatient = TestServers.start(Dispatcher.builder(), LARGEST, 200);
                RawClient silent = RawClient.connect(TestServers.port(impatient));
                RawClient slow = RawClient.connect(TestServers.port(impatient))) {
            // when
            slow.sendBytes(new byte[] {0, 0, 64, 0});
            await().until(() -> {
                if (!log.with(":" + slow.localPort()).isEmpty()) {
                    return true; // and closed, so that nothing can be sent any more
                }
                slow.sendBytes((byte) 1);
                return false;
            });

            // then
            silent.assertHungUp();
            assertThat(log.with(":" + slow.localPort()))
                    .singleElement()
                    .asString()
                    .contains("not complete");
        }
    }
}
