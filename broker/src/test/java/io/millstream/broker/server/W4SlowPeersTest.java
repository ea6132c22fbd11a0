package io.millstream.broker.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millstream.core.Limits;
import io.millstream.wire.ApiKey;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.message.ApiVersions;
import io.millstream.wire.message.DescribeCluster;
import io.millstream.wire.message.InitProducerId;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** W4: peers that are slow, silent, greedy or many cost a bounded amount of memory, and an honest client is served. */
@ExtendWith(NoLeaks.class)
class W4SlowPeersTest {

    private static final long MEMORY = 1 << 20;

    private final BlockingQueue<CompletableFuture<ResponseBody>> unanswered = new LinkedBlockingQueue<>();
    private final Queue<Boolean> mayWait = new ConcurrentLinkedQueue<>();
    private final AtomicInteger described = new AtomicInteger();
    private final List<AutoCloseable> open = new ArrayList<>();
    private NetworkServer server;

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        unanswered.forEach(one -> one.complete(NoAnswer.HANG_UP));
        server.close();
    }

    private void start(long memory, ConnectionLimits limits) {
        server = TestServers.start(
                Dispatcher.builder()
                        .on(ApiKey.INIT_PRODUCER_ID, InitProducerId.Request.class, this::later)
                        .on(ApiKey.DESCRIBE_CLUSTER, DescribeCluster.Request.class, this::atLength),
                memory,
                limits);
    }

    private CompletionStage<ResponseBody> later(RequestContext context, InitProducerId.Request request) {
        CompletableFuture<ResponseBody> answer = new CompletableFuture<>();
        mayWait.add(context.mayWait());
        unanswered.add(answer);
        return answer;
    }

    private CompletionStage<ResponseBody> atLength(RequestContext context, DescribeCluster.Request request) {
        described.incrementAndGet();
        var brokers = Collections.nCopies(4, new DescribeCluster.Broker(1, "h".repeat(25_000), 1, null));
        return CompletableFuture.completedFuture(
                new DescribeCluster.Response(0, ErrorCode.NONE, null, "c", 1, brokers, 0));
    }

    private RawClient connect() {
        RawClient client = RawClient.connect(TestServers.port(server), 16 * 1024);
        open.add(client);
        return client;
    }

    private void assertServed(RawClient honest) {
        assertThat(honest.ask(new ApiVersions.Request("honest", "1"), ApiVersions.Response.class)
                        .error())
                .isEqualTo(ErrorCode.NONE);
    }

    private static InitProducerId.Request waiting(int bytes) {
        return new InitProducerId.Request("x".repeat(bytes), 1, -1, (short) -1);
    }

    private static void answer(CompletableFuture<ResponseBody> one) {
        one.complete(new InitProducerId.Response(0, ErrorCode.NONE, 1, (short) 0));
    }

    @Test
    void framesThatTrickleInHoldNoMoreThanHasArrivedTimesASmallNumber() {
        // given a hundred peers, each with 1 KB of a frame that is said to have 100 MB
        start(MEMORY, ConnectionLimits.NONE);
        RawClient honest = connect();
        byte[] begun = ByteBuffer.allocate(1_024).putInt(Limits.FRAME_BYTES).array();

        // when
        for (int i = 0; i < 100; i++) {
            connect().sendBytes(begun);
        }
        await().until(() -> server.shared().memory().used() > 0
                && server.shared().admission().open() == 101);
        assertServed(honest);

        // then the limit holds but for the one that may exceed it
        assertThat(server.shared().memory().used()).isLessThanOrEqualTo(MEMORY + 64 * 1_024);
        honest.sendBytes(RawClient.frame(1, ApiKey.INIT_PRODUCER_ID.max(), waiting(2_000)));
        await().until(() -> unanswered.size() == 1);
    }

    @Test
    void aThousandRequestsWhoseAnswersNobodyReadsAreAnsweredOnlyAsFarAsTheyFit() {
        // given
        start(MEMORY, ConnectionLimits.NONE);
        RawClient honest = connect();
        assertServed(honest);
        long before = PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();

        // when ten peers ask a thousand times for 100 KB and read nothing
        byte[] request = RawClient.frame(1, (short) 0, new DescribeCluster.Request(false));
        ByteBuffer thousand = ByteBuffer.allocate(1_000 * request.length);
        for (int i = 0; i < 1_000; i++) {
            thousand.put(request);
        }
        for (int i = 0; i < 10; i++) {
            connect().sendBytes(thousand.array());
        }
        await().until(() -> described.get() >= 20);
        assertServed(honest);

        // then
        assertThat(described.get()).isLessThan(10 * 40);
        assertThat(PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory() - before)
                .isLessThan(64L << 20);
    }

    @Test
    void requestsUnderWayOfAllConnectionsAreBoundedAndNobodyWaitsForOthers() throws InterruptedException {
        // given ten peers that ask for what takes long, and go on asking
        start(100_000, ConnectionLimits.NONE);
        RawClient honest = connect();
        for (int i = 0; i < 10; i++) {
            RawClient client = connect();
            for (int request = 0; request < 50; request++) {
                client.send(request, waiting(5_000));
            }
        }
        await().until(() -> server.shared().load().full());

        // when
        assertServed(honest);

        // then: as many as fit, and one of each
        assertThat(server.shared().load().bytes()).isBetween(100_000L, 100_000L + 11 * 5_100L);
        honest.send(1, waiting(5_000));
        int sent = 10 * 50 + 1;
        int answered = 0;
        while (answered < sent) {
            CompletableFuture<ResponseBody> next = unanswered.poll(30, TimeUnit.SECONDS);
            assertThat(next).as("request %d of %d", answered, sent).isNotNull();
            assertThat(server.shared().load().bytes()).isLessThanOrEqualTo(100_000L + 11 * 5_100L);
            answer(next);
            answered++;
        }
        await().until(() -> server.shared().load().bytes() == 0);
    }

    @Test
    void aLargeRequestIsNotToWaitWhileTooMuchIsUnderWay() {
        // given
        start(20_000, ConnectionLimits.NONE);

        // when each asks once
        for (int bytes : List.of(15_000, 15_000, 100)) {
            int asked = unanswered.size();
            connect().send(1, waiting(bytes));
            await().until(() -> unanswered.size() == asked + 1);
        }

        // then
        assertThat(mayWait).containsExactly(true, false, true);
    }

    @Test
    void whatAPeerHadUnderWayCountsNoMoreWhenItGoes() {
        // given
        start(MEMORY, ConnectionLimits.NONE);
        RawClient client = connect();
        for (int i = 0; i < 20; i++) {
            client.send(i, waiting(1_000));
        }
        await().until(() -> unanswered.size() == 20);
        assertThat(server.shared().load().bytes()).isGreaterThan(20_000);

        // when
        client.close();

        // then
        await().until(() -> server.shared().load().bytes() == 0);
        unanswered.forEach(W4SlowPeersTest::answer);
        RawClient other = connect();
        assertServed(other);
        await().until(() -> server.shared().load().bytes() == 0);
    }

    @Test
    void fiveThousandIdleConnectionsCostLittleAndLeaveNothingBehind() throws IOException {
        // given
        int count = 5_000;
        start(MEMORY, ConnectionLimits.NONE);
        RawClient honest = connect();
        assertServed(honest);
        long directBefore = PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
        long heapBefore = heapInUse();

        // when
        List<SocketChannel> idle = new ArrayList<>(count);
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), TestServers.port(server));
        for (int i = 0; i < count; i++) {
            SocketChannel channel = SocketChannel.open(address);
            open.add(channel);
            idle.add(channel);
        }
        await().until(() -> server.shared().connections().count() == count + 1);
        assertServed(honest);

        // then
        assertThat((heapInUse() - heapBefore) / count)
                .as("heap bytes of an idle connection, both ends")
                .isLessThan(16 * 1024);
        assertThat(PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory() - directBefore)
                .isLessThan(16L << 20);
        assertThat(server.shared().memory().used()).isZero();
        for (SocketChannel channel : idle) {
            channel.close();
        }
        await().until(() -> server.shared().connections().count() == 1);
        assertThat(server.shared().admission().open()).isEqualTo(1);
    }

    private static long heapInUse() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @Test
    void oneConnectionMoreThanAllowedIsClosedUntilThereIsRoom() {
        // given
        try (LogLines log = new LogLines(NetworkServer.class)) {
            start(MEMORY, new ConnectionLimits(3, Integer.MAX_VALUE, Map.of()));
            List<RawClient> allowed = List.of(connect(), connect(), connect());
            allowed.forEach(this::assertServed);

            // when
            for (int i = 0; i < 5; i++) {
                connect().assertHungUp();
            }

            // then
            allowed.forEach(this::assertServed);
            assertThat(log.with("max.connections is 3")).hasSize(1);

            // when
            allowed.get(0).close();
            await().until(() -> server.shared().admission().open() == 2);

            // then
            assertServed(connect());
        }
    }

    @Test
    void anAddressHasNoMoreConnectionsThanItMayHave() {
        // given
        InetAddress loopback = InetAddress.getLoopbackAddress();
        start(MEMORY, new ConnectionLimits(Integer.MAX_VALUE, 1, Map.of(loopback, 2)));

        // when
        List<RawClient> allowed = List.of(connect(), connect());

        // then
        allowed.forEach(this::assertServed);
        connect().assertHungUp();
    }
}
