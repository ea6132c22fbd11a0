package io.millstream.broker.http;

import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** An endpoint whose routes do what a test needs. */
final class TestEndpoint implements AutoCloseable {

    private static final long TICK_MILLIS = 50;

    /** More than the kernel takes on behalf of somebody who reads nothing. */
    private static final ApiAnswer LONG = ApiAnswer.json(TextNode.valueOf("x".repeat(8 << 20)));

    final CountDownLatch blocked = new CountDownLatch(1);
    final AtomicInteger begun = new AtomicInteger();
    final AtomicInteger receivedBytes = new AtomicInteger();
    private final HttpEndpoint endpoint;

    TestEndpoint(HttpLimits limits) {
        this(limits, Optional::of);
    }

    /** @param made called with the API by each request, for what it is to use */
    TestEndpoint(HttpLimits limits, Function<RegistryApi, Optional<RegistryApi>> made) {
        RegistryApi api = new RegistryApi(List.of(
                Route.fixed("GET", "/quick", call -> ApiAnswer.json(Json.object())),
                Route.fixed("GET", "/ready", call -> ApiAnswer.json(TextNode.valueOf("x".repeat(16 * 1024)))),
                Route.of("GET", "/number/{number}", call -> ApiAnswer.json(TextNode.valueOf("number " + call.id()))),
                Route.of("GET", "/large", call -> ApiAnswer.json(TextNode.valueOf("x".repeat(256 * 1024)))),
                Route.fixed("GET", "/long", call -> LONG),
                Route.of("GET", "/blocking", this::block),
                Route.of("GET", "/blocking/long", this::blockForLong),
                Route.of("POST", "/blocking", this::block),
                Route.of("POST", "/bytes", call -> {
                    receivedBytes.addAndGet(call.body().length);
                    return ApiAnswer.json(Json.object().put("bytes", call.body().length));
                })));
        try {
            endpoint = HttpEndpoint.start("127.0.0.1", 0, Optional::empty, () -> made.apply(api), limits, TICK_MILLIS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ApiAnswer block(Call call) {
        begun.incrementAndGet();
        try {
            blocked.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return ApiAnswer.json(Json.object());
    }

    private ApiAnswer blockForLong(Call call) {
        var unused = block(call);
        return LONG;
    }

    int port() {
        return endpoint.port();
    }

    RawHttp connect() {
        return RawHttp.connect(port());
    }

    /** Somebody who means no harm is served, on a connection of his own. */
    void serve() {
        try (RawHttp honest = connect()) {
            for (String path : List.of("/health/live", "/health/ready", "/quick")) {
                int status = honest.get(path).read().status();
                if (status != 200) {
                    throw new AssertionError(path + " was answered with " + status);
                }
            }
        }
    }

    /** Stops while something still blocks. */
    void stop() {
        endpoint.close();
    }

    @Override
    public void close() {
        blocked.countDown();
        endpoint.close();
    }
}
