package io.millstream.broker.http;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * Serves {@code /health/live} (200 as long as the process answers) and {@code /health/ready} (200 when the broker serves,
 * else 503 with one line that says what it waits for), and the schema registry on all other addresses. Safe for use by
 * several threads.
 */
public final class HttpEndpoint implements AutoCloseable {

    private static final int MAX_HEADER_BYTES = 8 * 1024;

    /** A subject's name can have 1,000 characters, each nine bytes long once it is encoded. */
    private static final int MAX_LINE_BYTES = 16 * 1024;

    private static final long TICK_MILLIS = 1_000;

    private final Vertx vertx;
    private final HttpServer server;
    private final Clients clients;
    private boolean closed; // guarded by this

    private HttpEndpoint(Vertx vertx, HttpServer server, Clients clients) {
        this.vertx = vertx;
        this.server = server;
        this.clients = clients;
    }

    /**
     * Binds and begins to serve. Blocks until then.
     *
     * @param host name or address to listen on
     * @param port 0 for any free one
     * @param waitsFor what the broker waits for before it serves; empty when it serves. Must be quick
     * @param registry of schemas; empty while there is none yet. Must be quick
     * @throws IOException if the address cannot be bound; the message names it
     */
    public static HttpEndpoint start(
            String host, int port, Supplier<Optional<String>> waitsFor, Supplier<Optional<RegistryApi>> registry)
            throws IOException {
        return start(host, port, waitsFor, registry, HttpLimits.USUAL, TICK_MILLIS);
    }

    /** @param tickMillis how often connections are looked at that take too long */
    static HttpEndpoint start(
            String host,
            int port,
            Supplier<Optional<String>> waitsFor,
            Supplier<Optional<RegistryApi>> registry,
            HttpLimits limits,
            long tickMillis)
            throws IOException {
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        HttpServerOptions options = new HttpServerOptions()
                .setHttp2ClearTextEnabled(false)
                // Nobody speaks WebSocket here, and what is there for it breaks off after 128 pipelined requests.
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setMaxInitialLineLength(MAX_LINE_BYTES)
                .setMaxHeaderSize(MAX_HEADER_BYTES);
        Clients clients = new Clients(limits, tickMillis);
        RequestGate gate = new RequestGate(
                clients, healthRoutes(vertx, waitsFor), new RegistryServer(vertx, limits, clients, registry));
        try {
            HttpServer server = vertx.createHttpServer(options)
                    .connectionHandler(clients::opened)
                    .requestHandler(gate::take)
                    .listen(port, host)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
            vertx.setPeriodic(tickMillis, timer -> clients.tick());
            return new HttpEndpoint(vertx, server, clients);
        } catch (CompletionException e) {
            stop(vertx);
            throw new IOException(
                    "Cannot listen for HTTP on " + host + ":" + port + ": "
                            + e.getCause().getMessage(),
                    e.getCause());
        }
    }

    private static Router healthRoutes(Vertx vertx, Supplier<Optional<String>> waitsFor) {
        Router router = Router.router(vertx);
        router.get("/health/live").handler(call -> answer(call, 200, "live"));
        router.get("/health/ready").handler(call -> {
            Optional<String> waiting = waitsFor.get();
            answer(call, waiting.isEmpty() ? 200 : 503, waiting.orElse("ready"));
        });
        return router;
    }

    private static void answer(RoutingContext call, int status, String text) {
        var unused = call.response()
                .setStatusCode(status)
                .putHeader("content-type", "text/plain; charset=utf-8")
                .end(text + "\n");
    }

    /** The port bound. */
    public int port() {
        return server.actualPort();
    }

    /** Stops; its port is free when this returns. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            letAllGo();
        }
        stop(vertx);
    }

    private void letAllGo() {
        CompletableFuture<Void> gone = new CompletableFuture<>();
        vertx.runOnContext(now -> {
            clients.stop();
            gone.complete(null);
        });
        gone.join();
    }

    private static void stop(Vertx vertx) {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
