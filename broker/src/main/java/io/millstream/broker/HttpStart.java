package io.millstream.broker;

import io.millstream.broker.http.HttpEndpoint;
import io.millstream.broker.http.RegistryApi;
import io.millstream.core.Loop;
import io.millstream.schemas.SchemaRegistry;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * The HTTP endpoint as it starts beside the rest of a broker: that takes a while, and those who ask how the recovery is
 * getting on want it early.
 */
final class HttpStart {

    private static final int NONE = -1;

    private final CompletableFuture<Optional<HttpEndpoint>> started = new CompletableFuture<>();
    private volatile Supplier<Optional<RegistryApi>> registry = Optional::empty;

    private HttpStart() {}

    /** Made by the first request that needs it: to load its classes would make every start longer. */
    private static final class Lazily implements Supplier<Optional<RegistryApi>> {
        private final SchemaRegistry schemas;
        private final String clusterId;
        private Optional<RegistryApi> made = Optional.empty();

        Lazily(SchemaRegistry schemas, String clusterId) {
            this.schemas = schemas;
            this.clusterId = clusterId;
        }

        @Override
        public synchronized Optional<RegistryApi> get() {
            if (made.isEmpty()) {
                made = Optional.of(new RegistryApi(schemas, clusterId));
            }
            return made;
        }
    }

    /**
     * Begins to start it.
     *
     * @param port 0 for any free one, below 0 for no endpoint
     * @param waitsFor as in {@link HttpEndpoint#start}
     * @param parts of the broker, among which it is closed
     * @param loop where it is started
     */
    static HttpStart begin(String host, int port, Supplier<Optional<String>> waitsFor, Parts parts, Loop loop) {
        HttpStart start = new HttpStart();
        if (port < 0) {
            start.started.complete(Optional.empty());
            return start;
        }
        parts.add("HTTP endpoint", start::close);
        loop.execute(() -> {
            try {
                start.started.complete(
                        Optional.of(HttpEndpoint.start(host, port, waitsFor, () -> start.registry.get())));
            } catch (IOException | RuntimeException | Error e) { // whoever asks for the port is told
                start.started.completeExceptionally(e);
            }
        });
        return start;
    }

    /** From now on it serves the cluster's schemas, too. */
    void serveSchemas(SchemaRegistry schemas, String clusterId) {
        registry = new Lazily(schemas, clusterId);
    }

    /**
     * The port, once it is bound; -1 if there is no endpoint. Blocks until then.
     *
     * @throws IOException if the address cannot be bound; the message names it
     */
    int port() throws IOException {
        try {
            return started.join().map(HttpEndpoint::port).orElse(NONE);
        } catch (CompletionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private void close() {
        if (!started.isCompletedExceptionally()) {
            started.join().ifPresent(HttpEndpoint::close);
        }
    }
}
