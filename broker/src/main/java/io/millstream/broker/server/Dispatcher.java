package io.millstream.broker.server;

import io.millstream.wire.ApiKey;
import io.millstream.wire.RequestBody;
import io.millstream.wire.RequestHeader;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.WireException;
import io.millstream.wire.message.ApiVersions;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Which handler answers which API. Immutable, for use by all event loops.
 *
 * <p>ApiVersions is answered from this table, and so lists what has a handler and nothing else.
 */
public final class Dispatcher {

    private final Map<ApiKey, Route<?>> routes;
    private final VersionTable versions;

    private Dispatcher(Map<ApiKey, Route<?>> handlers) {
        routes = new EnumMap<>(handlers);
        routes.put(
                ApiKey.API_VERSIONS,
                new Route<>(
                        ApiVersions.Request.class,
                        (context, request) ->
                                CompletableFuture.completedFuture(versions().answer())));
        versions = new VersionTable(routes.keySet());
    }

    /** Collects handlers. */
    public static Builder builder() {
        return new Builder();
    }

    /** The APIs that are answered. */
    public Set<ApiKey> apis() {
        return Collections.unmodifiableSet(routes.keySet());
    }

    VersionTable versions() {
        return versions;
    }

    /**
     * The API that a request calls.
     *
     * @throws WireException if it is not answered here, or not in this version and the answer cannot say so
     */
    ApiKey route(RequestHeader header) {
        ApiKey api = ApiKey.of(header.apiKey())
                .filter(routes::containsKey)
                .orElseThrow(() -> new WireException("API " + header.apiKey() + " is not spoken here"));
        if (!api.speaks(header.version()) && api != ApiKey.API_VERSIONS) {
            throw new WireException(api + " v" + header.version() + " is not spoken here; v" + api.min() + " to v"
                    + api.max() + " are");
        }
        return api;
    }

    CompletionStage<? extends ResponseBody> dispatch(RequestContext context, RequestBody request) {
        return routes.get(context.api()).handle(context, request);
    }

    /** Collects handlers; not for use by several threads. */
    public static final class Builder {

        private final Map<ApiKey, Route<?>> routes = new EnumMap<>(ApiKey.class);

        private Builder() {}

        /**
         * Lets {@code handler} answer {@code api}, which is not {@link ApiKey#API_VERSIONS}.
         *
         * @param type what requests of {@code api} are read as
         * @throws IllegalArgumentException if the API has a handler already
         */
        public <Q extends RequestBody> Builder on(ApiKey api, Class<Q> type, Handler<? super Q> handler) {
            if (api == ApiKey.API_VERSIONS || routes.putIfAbsent(api, new Route<>(type, handler)) != null) {
                throw new IllegalArgumentException(api + " has a handler already");
            }
            return this;
        }

        public Dispatcher build() {
            return new Dispatcher(routes);
        }
    }

    private record Route<Q extends RequestBody>(Class<Q> type, Handler<? super Q> handler) {

        CompletionStage<? extends ResponseBody> handle(RequestContext context, RequestBody request) {
            return handler.handle(context, type.cast(request));
        }
    }
}
