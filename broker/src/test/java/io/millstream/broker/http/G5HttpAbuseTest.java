package io.millstream.broker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * G5: pipelining floods, smuggled requests, headers and bodies too large or too slow, workers that are all busy. Whatever one
 * client does, it costs the broker little, and others are served.
 */
final class G5HttpAbuseTest {

    private static final int BODY = 64 * 1024;
    private static final long MINUTE = 60_000;
    private static final HttpLimits LIMITS =
            new HttpLimits(1_000, BODY, 2 * BODY + BODY / 2, 1 << 20, 2, 3, MINUTE, MINUTE, MINUTE, MINUTE);

    private TestEndpoint endpoint = new TestEndpoint(LIMITS);

    @AfterEach
    void stop() {
        endpoint.close();
    }

    private void restart(HttpLimits limits) {
        endpoint.close();
        endpoint = new TestEndpoint(limits);
    }

    private static String post(String headers, String body) {
        return "POST /bytes HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n" + body;
    }

    // Many requests at once

    @Test
    void pipelinedRequestsAreAnsweredInTheirOrder() {
        StringBuilder requests = new StringBuilder();
        IntStream.range(0, 300).forEach(i -> requests.append("GET /number/" + i + " HTTP/1.1\r\nHost: a\r\n\r\n"));
        try (RawHttp client = endpoint.connect()) {
            client.send(requests.toString());

            for (int i = 0; i < 300; i++) {
                assertThat(client.read().body()).isEqualTo("\"number " + i + "\"");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ready", "/large"})
    void whoSendsAndNeverReadsIsNotListenedToForLong(String path) throws IOException {
        byte[] requests =
                ("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n").repeat(1_000).getBytes(StandardCharsets.US_ASCII);
        long most = 64L << 20;
        try (SocketChannel flood = SocketChannel.open()) {
            flood.setOption(StandardSocketOptions.SO_RCVBUF, 64 * 1024);
            flood.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), endpoint.port()));
            flood.configureBlocking(false);
            long sent = 0;
            int refused = 0;
            ByteBuffer next = ByteBuffer.wrap(requests);
            while (sent < most && refused < 20) {
                int written = flood.write(next);
                sent += written;
                refused = written > 0 ? 0 : refused + 1;
                if (!next.hasRemaining()) {
                    next.rewind();
                }
                if (written == 0) {
                    endpoint.serve(); // others are; and it takes a moment
                }
            }
            assertThat(sent)
                    .as("bytes of requests taken of a client that reads nothing")
                    .isLessThan(most);
        }
    }

    @Test
    void whoNeverReadsIsLetGo() {
        restart(new HttpLimits(1_000, BODY, BODY, 1 << 20, 2, 3, MINUTE, 500, MINUTE, MINUTE));
        try (RawHttp client = endpoint.connect()) {
            client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n".repeat(200)); // 50 MB of answers

            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(client.isReset()).isTrue());
        }
        endpoint.serve();
    }

    @Test
    void toStopWaitsForNobody() {
        try (RawHttp busy = endpoint.connect().get("/blocking");
                RawHttp deaf = endpoint.connect().send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n".repeat(200))) {
            endpoint.serve();

            assertTimeoutPreemptively(Duration.ofSeconds(30), endpoint::stop);

            assertThat(busy.readToEnd()).doesNotContain("HTTP/1.1 200 ");
            assertThat(deaf.readToEnd()).hasSizeLessThan(200 * 256 * 1024);
        }
    }

    @Test
    void whoHasBeenIdleForLongestMakesRoom() {
        restart(new HttpLimits(3, BODY, BODY, BODY, 2, 3, MINUTE, MINUTE, MINUTE, MINUTE));
        try (RawHttp one = endpoint.connect();
                RawHttp two = endpoint.connect();
                RawHttp three = endpoint.connect()) {
            for (RawHttp each : List.of(two, one, three, one)) {
                assertThat(each.get("/quick").read().status()).isEqualTo(200);
            }

            endpoint.serve();

            assertThat(two.readToEnd()).isEmpty();
            assertThat(one.get("/quick").read().status()).isEqualTo(200);
            assertThat(three.get("/quick").read().status()).isEqualTo(200);
        }
    }

    @Test
    void thoseWhoSayNothingKeepNobodyOut() {
        restart(new HttpLimits(10, BODY, BODY, BODY, 2, 3, MINUTE, MINUTE, MINUTE, MINUTE));
        List<RawHttp> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 100; i++) {
                silent.add(endpoint.connect());
            }
            endpoint.serve();

            assertThat(silent.get(0).readToEnd()).isEmpty();
            assertThat(silent.get(99).get("/quick").read().status()).isEqualTo(200);
        } finally {
            silent.forEach(RawHttp::close);
        }
    }

    @Test
    void oneConnectionMoreThanAllowedIsClosedIfNoneIsIdle() {
        restart(new HttpLimits(3, BODY, BODY, BODY, 2, 3, MINUTE, MINUTE, MINUTE, MINUTE));
        try (RawHttp one = endpoint.connect();
                RawHttp two = endpoint.connect();
                RawHttp three = endpoint.connect()) {
            for (RawHttp each : List.of(one, two, three)) {
                each.send(post("Content-Length: 5\r\nExpect: 100-continue\r\n", ""));
                assertThat(each.read().status()).isEqualTo(100);
            }
            try (RawHttp four = endpoint.connect()) {
                assertThat(four.get("/quick").readToEnd()).isEmpty();
            }
            for (RawHttp each : List.of(one, two, three)) {
                assertThat(each.send("hello").read().status()).isEqualTo(200);
            }
        }
        await().untilAsserted(endpoint::serve); // their places are free again
    }

    // Requests within requests

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n",
                "Transfer-Encoding: chunked\r\nContent-Length: 6\r\n",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
                "Transfer-Encoding: identity, chunked\r\n",
                "Transfer-Encoding: xchunked\r\n",
                "Transfer-Encoding: chunked, identity\r\n",
                "Transfer-Encoding : chunked\r\n",
                "Transfer-Encoding:\tchunked\r\n",
                "Transfer-Encoding:\u000bchunked\r\n",
                "Transfer-Encoding:\r\n chunked\r\n",
                "X: y\r\n Transfer-Encoding: chunked\r\n",
                "Content-Length: 5\r\nContent-Length: 6\r\n",
                "Content-Length: 5, 6\r\n",
                "Content-Length: +5\r\n",
                "Content-Length: -5\r\n",
                "Content-Length: 0x5\r\n",
                "Content-Length: 5 5\r\n",
                "Content-Length : 5\r\n",
                "Content_Length: 5\r\nTransfer-Encoding: chunked\r\n",
            })
    void noRequestIsSmuggledBehindAnother(String headers) {
        try (RawHttp client = endpoint.connect()) {
            client.send(post(headers, "0\r\n\r\nGET /number/666 HTTP/1.1\r\nHost: a\r\n\r\n"));

            assertThat(client.readToEnd()).doesNotContain("666");
        }
        endpoint.serve();
    }

    @Test
    void aBodyInChunksIsTakenAndEndsTheConnection() {
        try (RawHttp client = endpoint.connect()) {
            client.send(post("Transfer-Encoding: chunked\r\n", "5;x=y\r\nhello\r\n1\r\n!\r\n0\r\nTrailer: x\r\n\r\n"));

            assertThat(client.readToEnd()).startsWith("HTTP/1.1 200 ").endsWith("{\"bytes\":6}");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1\r\n", "FFFFFFFFFFFFFFFFF\r\n", "80000000\r\n", "5 5\r\nhello\r\n", "x\r\n", "\r\n\r\n"})
    void chunksThatAreNoneAreNotTaken(String chunk) {
        try (RawHttp client = endpoint.connect()) {
            client.send(post("Transfer-Encoding: chunked\r\n", chunk + "0\r\n\r\nGET /number/666 HTTP/1.1\r\n\r\n"));

            assertThat(client.readToEnd()).doesNotContain("666").doesNotContain("HTTP/1.1 200 ");
        }
        assertThat(endpoint.receivedBytes).hasValue(0);
        endpoint.serve();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /quick HTTP/9.9",
                "GET /quick",
                "GET  /quick HTTP/1.1",
                "\u0000\u0001\u0002\u0003",
                "PRI * HTTP/2.0",
                "GET /qu\u0000ick HTTP/1.1",
                "GET quick HTTP/1.1",
                "GET http:// HTTP/1.1",
                "GET ? HTTP/1.1",
                "OPTIONS * HTTP/1.1",
                "CONNECT a:1 HTTP/1.1",
            })
    void oddRequestLinesHarmNobody(String line) {
        try (RawHttp client = endpoint.connect()) {
            client.send(line + "\r\nHost: a\r\nConnection: close\r\n\r\n");

            assertThat(client.readToEnd()).doesNotContain("HTTP/1.1 5");
        }
        endpoint.serve();
    }

    // Too much

    @Test
    void aRequestLineHasItsLimit() {
        try (RawHttp client = endpoint.connect()) {
            assertThat(client.get("/quick?" + "x".repeat(15_000)).read().status())
                    .isEqualTo(200);
            assertThat(client.get("/quick?" + "x".repeat(17_000)).readToEnd()).startsWith("HTTP/1.0 414 ");
        }
        endpoint.serve();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 2_000})
    void headersHaveTheirLimit(int lines) {
        String header = ("X: " + "y".repeat(10_000 / lines) + "\r\n").repeat(lines);
        try (RawHttp client = endpoint.connect()) {
            client.send("GET /quick HTTP/1.1\r\nHost: a\r\n" + header + "\r\n");

            assertThat(client.readToEnd()).startsWith("HTTP/1.1 431 ");
        }
        endpoint.serve();
    }

    @Test
    void aBodyThatSaysThatItIsTooLargeIsNotWaitedFor() {
        try (RawHttp client = endpoint.connect()) {
            client.send(post("Content-Length: " + (BODY + 1) + "\r\n", ""));
            assertTooLarge(client.read());
        }
        try (RawHttp client = endpoint.connect()) {
            client.send(post("Content-Length: 9999999999999999999\r\n", "x"));
            assertThat(client.readToEnd()).startsWith("HTTP/1.1 4");
        }
        assertThat(endpoint.receivedBytes).hasValue(0);
    }

    private static void assertTooLarge(RawHttp.Answer answer) {
        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.head()).contains("connection: close");
        assertThat(answer.body()).startsWith("{\"error_code\":413,");
    }

    @Test
    void aBodyInChunksThatNeverEndsIsCutOff() {
        try (RawHttp client = endpoint.connect()) {
            client.send(post("Transfer-Encoding: chunked\r\n", ""));
            for (int i = 0; i < 5; i++) {
                client.send("4000\r\n" + "x".repeat(0x4000) + "\r\n");
            }

            assertTooLarge(client.read());
        }
        assertThat(endpoint.receivedBytes).hasValue(0);
        endpoint.serve();
    }

    @Test
    void aBodyThatIsAskedForFirstIsLetCome() {
        try (RawHttp client = endpoint.connect()) {
            client.send(post("Content-Length: 5\r\nExpect: 100-continue\r\n", ""));
            assertThat(client.read().head()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            assertThat(client.send("hello").read().body()).isEqualTo("{\"bytes\":5}");

            client.send(post("Content-Length: 100000\r\nExpect: 100-continue\r\n", ""));
            assertTooLarge(client.read());
        }
    }

    @Test
    void allBodiesTogetherHaveALimit() {
        String most = "x".repeat(BODY - 1);
        String request = post("Content-Length: " + BODY + "\r\n", most);
        try (RawHttp one = endpoint.connect();
                RawHttp two = endpoint.connect();
                RawHttp three = endpoint.connect()) {
            // given bodies of which the last byte is missing
            one.send(request);
            two.send(request);
            endpoint.serve(); // what was sent before has been read now

            // then there is no room for one more
            assertThat(three.send(request).read().status()).isEqualTo(503);
            endpoint.serve();

            // until one has been served
            assertThat(one.send("x").read().status()).isEqualTo(200);
            assertThat(one.send(request + "x").read().status()).isEqualTo(200);
        }
        // or has gone
        await().untilAsserted(() -> {
            try (RawHttp one = endpoint.connect().send(request);
                    RawHttp two = endpoint.connect().send(request)) {
                assertThat(one.send("x").read().status()).isEqualTo(200);
                assertThat(two.send("x").read().status()).isEqualTo(200);
            }
        });
    }

    // Too slow

    @Test
    void whoTakesTooLongOverABodyIsLetGo() {
        restart(new HttpLimits(1_000, BODY, BODY, BODY, 2, 3, 500, MINUTE, MINUTE, MINUTE));
        List<RawHttp> slow = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            slow.add(endpoint.connect().send(post("Content-Length: 1000\r\n", "x")));
        }
        // when each goes on with a byte now and then, which is more than an idle connection does
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> {
                    endpoint.serve();
                    return slow.stream().filter(RawHttp::isReset).count() == slow.size();
                });
        slow.forEach(RawHttp::close);
        assertThat(endpoint.receivedBytes).hasValue(0);
    }

    @Test
    void whoTakesTooLongOverHeadersIsLetGo() {
        restart(new HttpLimits(1_000, BODY, BODY, BODY, 2, 3, MINUTE, MINUTE, 500, MINUTE));
        try (RawHttp slow = endpoint.connect()) {
            slow.send("GET /quick HTTP/1.1\r\nX: ");

            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(50))
                    .until(slow::isReset);
        }
        endpoint.serve();
    }

    // Too busy

    @Test
    void whileAllWorkersAreBusyFewWaitAndOthersAreToldAtOnce() {
        List<RawHttp> waiting = new ArrayList<>();
        for (int i = 0; i < LIMITS.workers() + LIMITS.waiting(); i++) {
            waiting.add(endpoint.connect().get("/blocking"));
        }
        try (RawHttp client = endpoint.connect()) {
            // when there is no place any more, then
            await().untilAsserted(() -> {
                RawHttp.Answer refusal = client.get("/number/1").read();
                assertThat(refusal.status()).isEqualTo(503);
                assertThat(refusal.head()).contains("retry-after: 1");
                assertThat(refusal.body()).startsWith("{\"error_code\":50003,");
            });
            // what needs no worker is served
            endpoint.serve();

            // and when they are done, all are
            endpoint.blocked.countDown();
            waiting.forEach(each -> assertThat(each.read().status()).isEqualTo(200));
            assertThat(client.get("/number/1").read().status()).isEqualTo(200);
        }
        waiting.forEach(RawHttp::close);
    }

    /** As where ZooKeeper is away: clients give up after some seconds, and should hear why before. */
    @Test
    void whatTakesTooLongIsAnsweredAllTheSame() {
        restart(new HttpLimits(1_000, BODY, BODY, 1 << 20, 2, 3, MINUTE, MINUTE, MINUTE, 300));
        List<RawHttp> stuck = new ArrayList<>();
        for (int i = 0; i < LIMITS.workers() + LIMITS.waiting(); i++) {
            stuck.add(endpoint.connect().get("/blocking"));
        }

        stuck.forEach(each -> {
            RawHttp.Answer late = each.read();
            assertThat(late.status()).isEqualTo(500);
            assertThat(late.body()).startsWith("{\"error_code\":50002,");
        });

        endpoint.blocked.countDown();
        await().untilAsserted(() ->
                assertThat(stuck.get(0).get("/number/1").read().status()).isEqualTo(200));
        stuck.forEach(RawHttp::close);
    }

    @Test
    void whatNobodyWaitsForAnyMoreIsNotBegun() {
        List<RawHttp> busy =
                List.of(endpoint.connect().get("/blocking"), endpoint.connect().get("/blocking"));
        await().until(() -> endpoint.begun.get() == LIMITS.workers());
        try (RawHttp gone = endpoint.connect()) {
            gone.get("/blocking");
            endpoint.serve(); // what was sent before has been read now
        }
        endpoint.serve();

        endpoint.blocked.countDown();

        busy.forEach(each -> assertThat(each.read().status()).isEqualTo(200));
        try (RawHttp last = endpoint.connect()) {
            assertThat(last.get("/number/1").read().status()).isEqualTo(200);
        }
        assertThat(endpoint.begun).hasValue(LIMITS.workers());
        busy.forEach(RawHttp::close);
    }
}
