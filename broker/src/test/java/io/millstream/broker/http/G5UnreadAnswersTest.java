package io.millstream.broker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** G5: answers that nobody reads, or reads slowly, do not fill the broker's memory, and do not keep others from being served. */
final class G5UnreadAnswersTest {

    private static final int UNSENT = 6 << 20;
    private static final long MINUTE = 60_000;

    private final List<RawHttp> clients = new ArrayList<>();
    private TestEndpoint endpoint = new TestEndpoint(limits(MINUTE));

    private static HttpLimits limits(long sendMillis) {
        return new HttpLimits(100, 1 << 10, 1 << 12, UNSENT, 2, 20, MINUTE, sendMillis, MINUTE, MINUTE);
    }

    @AfterEach
    void stop() {
        endpoint.close();
        clients.forEach(RawHttp::close);
    }

    private void restart(TestEndpoint other) {
        endpoint.close();
        endpoint = other;
    }

    /** One that does not read. */
    private RawHttp deaf(String path) {
        RawHttp client = RawHttp.connectWithLittleRoom(endpoint.port()).get(path);
        clients.add(client);
        return client;
    }

    private long answeredWith(int status) {
        return clients.stream().filter(each -> each.read().status() == status).count();
    }

    @Test
    void manyWhoDoNotReadGetOneLongAnswerAndOthersAreToldToComeAgain() {
        for (int i = 0; i < 20; i++) {
            deaf("/long");
        }
        endpoint.serve(); // what was sent before has been read now

        long told = answeredWith(503);

        assertThat(told).as("told to come again, of 20").isEqualTo(19);
        await().untilAsserted(() -> {
            try (RawHttp honest = endpoint.connect()) {
                assertThat(honest.get("/long").read().status()).isEqualTo(200);
            }
        });
    }

    @Test
    void whoIsToldToComeAgainIsLetGo() {
        deaf("/long");
        endpoint.serve();

        try (RawHttp second = endpoint.connect()) {
            assertThat(second.get("/long").readToEnd())
                    .startsWith("HTTP/1.1 503 ")
                    .contains("connection: close")
                    .contains("{\"error_code\":50003,");
        }
    }

    @Test
    void whatWasBegunWhileThereWasRoomIsCountedWhenItIsAnswered() {
        for (int i = 0; i < 10; i++) {
            deaf("/blocking/long");
        }
        await().until(() -> endpoint.begun.get() == 2);
        endpoint.serve();

        endpoint.blocked.countDown();

        assertThat(answeredWith(503)).as("told to come again, of 10").isEqualTo(9);
    }

    @Test
    void whileOthersDoNotReadSchemasAreRegistered() {
        deaf("/long");
        endpoint.serve();

        try (RawHttp honest = endpoint.connect()) {
            assertThat(honest.get("/number/1").read().status())
                    .as("may be long")
                    .isEqualTo(503);
            honest.send("POST /bytes HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
            assertThat(honest.read().body()).isEqualTo("{\"bytes\":2}");
        }
    }

    @Test
    void whoReadsALittleNowAndThenIsLetGo() {
        restart(new TestEndpoint(limits(200)));
        RawHttp slow = deaf("/long");

        // 8 MiB in 1.8 s at the latest, and not in half a minute
        await().atMost(Duration.ofSeconds(25))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> slow.readSome(4 * 1024) || slow.isReset());

        endpoint.serve();
        try (RawHttp honest = endpoint.connect()) {
            assertThat(honest.get("/number/1").read().status()).isEqualTo(200);
        }
    }

    @Test
    void whereTheRegistryCannotBeMadeEachIsToldAndNoBodyIsKept() {
        AtomicInteger left = new AtomicInteger(10);
        restart(new TestEndpoint(limits(MINUTE), api -> {
            if (left.getAndDecrement() > 0) {
                throw new NoClassDefFoundError("io/millstream/Some");
            }
            return Optional.of(api);
        }));
        String post = "POST /bytes HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n" + "x".repeat(1000);
        try (RawHttp client = endpoint.connect()) {
            for (int i = 0; i < 10; i++) {
                assertThat(client.send(post).read().status()).isEqualTo(500);
            }

            assertThat(client.send(post).read().body()).isEqualTo("{\"bytes\":1000}");
        }
    }
}
