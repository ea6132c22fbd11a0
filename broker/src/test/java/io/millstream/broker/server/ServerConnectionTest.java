package io.millstream.broker.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millstream.wire.ApiKey;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.message.DescribeCluster;
import io.millstream.wire.message.InitProducerId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Order, back-pressure and the end of connections, with handlers that answer when the test wants it. */
@ExtendWith(NoLeaks.class)
class ServerConnectionTest {

    private record Asked(InitProducerId.Request request, CompletableFuture<ResponseBody> answer) {
        void succeed() {
            answer.complete(
                    new InitProducerId.Response(0, ErrorCode.NONE, request.transactionTimeoutMillis(), (short) 0));
        }
    }

    private static final int ANSWERED_AT_THE_STOP = 5_000;

    private final LinkedBlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
    private final AtomicInteger abandoned = new AtomicInteger();
    private final AtomicInteger described = new AtomicInteger();
    private final NetworkServer listener = TestServers.start(Dispatcher.builder()
            .on(ApiKey.INIT_PRODUCER_ID, InitProducerId.Request.class, this::askTheTest)
            .on(ApiKey.DESCRIBE_CLUSTER, DescribeCluster.Request.class, this::describeAtLength));

    private CompletionStage<ResponseBody> askTheTest(RequestContext context, InitProducerId.Request request) {
        Asked one = new Asked(request, new CompletableFuture<>());
        context.onAbandon(abandoned::incrementAndGet);
        if (request.transactionTimeoutMillis() == ANSWERED_AT_THE_STOP) {
            context.onHurry(one::succeed);
        }
        asked.add(one);
        return one.answer;
    }

    private CompletionStage<ResponseBody> describeAtLength(RequestContext context, DescribeCluster.Request request) {
        described.incrementAndGet();
        List<DescribeCluster.Broker> brokers =
                Collections.nCopies(4, new DescribeCluster.Broker(1, "h".repeat(25_000), 1, null));
        return CompletableFuture.completedFuture(
                new DescribeCluster.Response(0, ErrorCode.NONE, null, "c", 1, brokers, 0));
    }

    @AfterEach
    void stop() {
        asked.forEach(Asked::succeed);
        listener.close();
    }

    private Asked next() {
        try {
            Asked next = asked.poll(30, TimeUnit.SECONDS);
            assertThat(next).as("a request").isNotNull();
            return next;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static InitProducerId.Request request(int number) {
        return new InitProducerId.Request(null, number, -1, (short) -1);
    }

    private static long receive(RawClient client, int correlationId) {
        var answer = client.receive(ApiKey.INIT_PRODUCER_ID, (short) 3, InitProducerId.Response.class);
        assertThat(answer.correlationId()).isEqualTo(correlationId);
        return answer.body().producerId();
    }

    @Test
    void answersComeInTheOrderOfTheRequestsWhateverOrderTheyAreReadyIn() {
        try (RawClient client = RawClient.connect(TestServers.port(listener))) {
            // given
            for (int i = 0; i < 50; i++) {
                client.send(i, request(1_000 + i));
            }
            await().until(() -> asked.size() == 50);

            // when
            List<Asked> backwards = new ArrayList<>(asked);
            Collections.reverse(backwards);
            backwards.forEach(one -> ForkJoinPool.commonPool().execute(one::succeed));

            // then
            for (int i = 0; i < 50; i++) {
                assertThat(receive(client, i)).isEqualTo(1_000 + i);
            }
        }
    }

    @Test
    void aPeerThatAsksTooMuchIsReadNoFurtherUntilSomethingIsAnswered() {
        try (RawClient client = RawClient.connect(TestServers.port(listener));
                RawClient other = RawClient.connect(TestServers.port(listener))) {
            // given
            for (int i = 0; i < 200; i++) {
                client.send(i, request(i));
            }
            await().until(() -> asked.size() >= 64);
            other.ask(new DescribeCluster.Request(false), DescribeCluster.Response.class);

            // when, then
            for (int i = 0; i < 200; i++) {
                assertThat(asked).hasSizeLessThanOrEqualTo(64);
                next().succeed();
                assertThat(receive(client, i)).isEqualTo(i);
            }
        }
    }

    @Test
    void aPeerThatDoesNotReadItsAnswersHoldsALimitedNumberOfThem() {
        try (RawClient client = RawClient.connect(TestServers.port(listener), 64 * 1024);
                RawClient other = RawClient.connect(TestServers.port(listener))) {
            // given a thousand requests at once, each answered with 100 KB, and nobody reads
            for (int i = 0; i < 1_000; i++) {
                client.send(i, new DescribeCluster.Request(false));
            }
            await().until(() -> described.get() >= 5);
            other.ask(new InitProducerIdNow().request(), InitProducerId.Response.class);

            // when, then: never many more answers are made than are read
            for (int i = 0; i < 1_000; i++) {
                assertThat(described.get()).isLessThan(i + 30);
                var answer = client.receive(ApiKey.DESCRIBE_CLUSTER, (short) 0, DescribeCluster.Response.class);
                assertThat(answer.correlationId()).isEqualTo(i);
            }
        }
    }

    /** Answers one producer id request as soon as it comes. */
    private final class InitProducerIdNow {

        InitProducerId.Request request() {
            ForkJoinPool.commonPool().execute(() -> {
                next().succeed();
            });
            return ServerConnectionTest.request(1);
        }
    }

    @Test
    void whatIsUnderWayIsCalledOffWhenThePeerGoes() {
        // given
        RawClient client = RawClient.connect(TestServers.port(listener));
        for (int i = 0; i < 10; i++) {
            client.send(i, request(i));
        }
        await().until(() -> asked.size() == 10);

        // when
        client.close();

        // then
        await().until(() -> abandoned.get() == 10);
    }

    @Test
    void aHandlerThatFailsCostsItsConnection() {
        try (RawClient client = RawClient.connect(TestServers.port(listener));
                RawClient other = RawClient.connect(TestServers.port(listener))) {
            // given
            client.send(1, request(1));
            await().until(() -> asked.size() == 1);

            // when
            asked.remove().answer.completeExceptionally(new IllegalStateException("on purpose"));

            // then
            client.assertHungUp();
            other.ask(new DescribeCluster.Request(false), DescribeCluster.Response.class);
        }
    }

    @Test
    void anAnswerThatCannotBeWrittenCostsItsConnection() {
        try (RawClient client = RawClient.connect(TestServers.port(listener));
                RawClient other = RawClient.connect(TestServers.port(listener))) {
            // given
            client.send(1, request(1));
            await().until(() -> asked.size() == 1);

            // when
            asked.remove().answer.complete(out -> {
                throw new IllegalStateException("on purpose");
            });

            // then
            client.assertHungUp();
            other.ask(new DescribeCluster.Request(false), DescribeCluster.Response.class);
        }
    }

    @Test
    void noAnswerKeepsTheOrderAndHangingUpComesAfterWhatWasAnswered() {
        try (RawClient client = RawClient.connect(TestServers.port(listener))) {
            // given
            for (int i = 0; i < 4; i++) {
                client.send(i, request(i));
            }
            await().until(() -> asked.size() == 4);
            List<Asked> all = List.copyOf(asked);

            // when
            all.get(3).answer.complete(NoAnswer.HANG_UP);
            all.get(1).answer.complete(NoAnswer.SILENCE);
            all.get(2).succeed();
            all.get(0).succeed();

            // then
            assertThat(receive(client, 0)).isZero();
            assertThat(receive(client, 2)).isEqualTo(2);
            client.assertHungUp();
        }
    }

    @Test
    void stoppingLetsRequestsUnderWayFinish() throws Exception {
        try (RawClient client = RawClient.connect(TestServers.port(listener));
                RawClient idle = RawClient.connect(TestServers.port(listener))) {
            // given
            client.send(1, request(42));
            await().until(() -> asked.size() == 1);

            // when
            CompletableFuture<Void> closing = CompletableFuture.runAsync(listener::close);
            idle.assertHungUp();
            asked.remove().succeed();

            // then
            assertThat(receive(client, 1)).isEqualTo(42);
            client.assertHungUp();
            closing.get();
        }
    }

    @Test
    void stoppingHurriesWhatWaitsForNothingInParticular() {
        try (RawClient client = RawClient.connect(TestServers.port(listener))) {
            // given
            client.send(1, request(ANSWERED_AT_THE_STOP));
            client.send(2, request(ANSWERED_AT_THE_STOP));
            await().until(() -> asked.size() == 2);

            // when
            listener.close();

            // then
            assertThat(receive(client, 1)).isEqualTo(ANSWERED_AT_THE_STOP);
            assertThat(receive(client, 2)).isEqualTo(ANSWERED_AT_THE_STOP);
            client.assertHungUp();
        }
    }
}
