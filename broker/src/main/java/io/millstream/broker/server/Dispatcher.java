package io.millstream.broker.server;

import io.millstream.wire.ApiKey;
import io.millstream.wire.RequestBody;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/**
 * Which handler answers which API. Immutable, for use by all event loops.
 *
 * <p>ApiVersions is answered by the server itself, from this table.
 */
public final class Dispatcher {

    private final Map<ApiKey, Route<?>> routes;

    private Dispatcher(Map<ApiKey, Route<?>> routes) {
        this.routes = new EnumMap<>(routes);
    }

    /** Collects handlers. */
    public static Builder builder() {
        return new Builder();
    }

    /** The APIs that have a handler. */
    public Set<ApiKey> apis() {
        return routes.keySet();
    }

    /** Collects handlers; not for use by several threads. */
    public static final class Builder {

        private final Map<ApiKey, Route<?>> routes = new EnumMap<>(ApiKey.class);

        private Builder() {}

        /**
         * Lets {@code handler} answer {@code api}.
         *
         * @param type what requests of {@code api} are read as
         * @throws IllegalArgumentException if the API has a handler already
         */
        public <Q extends RequestBody> Builder on(ApiKey api, Class<Q> type, Handler<? super Q> handler) {
            if (routes.putIfAbsent(api, new Route<>(type, handler)) != null) {
                throw new IllegalArgumentException(api + " has a handler already");
            }
            return this;
        }

        public Dispatcher build() {
            return new Dispatcher(routes);
        }
    }

    private record Route<Q extends RequestBody>(Class<Q> type, Handler<? super Q> handler) {}
}
