package io.millstream.broker;

import io.millstream.broker.config.BrokerConfig;
import io.millstream.broker.config.BrokerSettings;
import io.millstream.broker.config.ListenerAddress;
import io.millstream.broker.config.Listeners;
import io.millstream.broker.server.ConnectionLimits;
import io.millstream.broker.server.ServerSettings;
import io.millstream.core.BrokerEndpoint;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a broker listens, what clients are told, and how many may come. */
final class Addresses {

    private static final Logger log = LoggerFactory.getLogger(Addresses.class);
    private static final String EVERY_INTERFACE = "0.0.0.0";

    private Addresses() {}

    /** Where to listen; port 0 for any free one. */
    static List<ServerSettings.Binding> bindings(Listeners listeners) {
        return listeners.all().stream()
                .map(listener -> new ServerSettings.Binding(
                        listener.name(),
                        new BrokerEndpoint(
                                host(listener.bind()), listener.bind().port())))
                .toList();
    }

    /** The host to bind for a listener. */
    static String host(ListenerAddress bind) {
        return bind.host().isEmpty() ? EVERY_INTERFACE : bind.host();
    }

    /**
     * What the clients of each listener connect to: what the configuration says, or the listener's own host, or this
     * machine's name.
     *
     * @param boundPort from a listener's name to the port it got
     */
    static SortedMap<String, BrokerEndpoint> advertised(Listeners listeners, ToIntFunction<String> boundPort) {
        SortedMap<String, BrokerEndpoint> endpoints = new TreeMap<>();
        for (Listeners.Listener listener : listeners.all()) {
            listener.advertised().ifPresent(told -> {
                String host = told.wildcard() ? machine() : told.host();
                int port = told.port() > 0 ? told.port() : boundPort.applyAsInt(listener.name());
                if (listener.bind().wildcard() && isLoopback(host)) {
                    log.warn(
                            "Listener {} listens on every interface, but its clients are told {}, where those on other "
                                    + "machines cannot connect. Set advertised.listeners",
                            listener.name(),
                            host);
                }
                endpoints.put(listener.name(), new BrokerEndpoint(host, port));
            });
        }
        return endpoints;
    }

    /** How many connections there may be. */
    static ConnectionLimits limits(BrokerConfig config) {
        Map<InetAddress, Integer> overrides = new HashMap<>();
        config.get(BrokerSettings.MAX_CONNECTIONS_PER_IP_OVERRIDES)
                .forEach((host, most) -> overrides.put(resolved(host), most));
        return new ConnectionLimits(
                config.get(BrokerSettings.MAX_CONNECTIONS),
                config.get(BrokerSettings.MAX_CONNECTIONS_PER_IP),
                overrides);
    }

    private static InetAddress resolved(String host) {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new BrokerStartException(
                    "Host " + host + " cannot be resolved",
                    "Correct " + BrokerSettings.MAX_CONNECTIONS_PER_IP_OVERRIDES.name(),
                    e);
        }
    }

    private static String machine() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            throw new BrokerStartException(
                    "This machine's host name cannot be resolved (" + e.getMessage() + ")",
                    "Set advertised.listeners=NAME://HOST:PORT",
                    e);
        }
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            log.warn("The advertised host {} cannot be resolved here: {}", host, e.getMessage());
            return false;
        }
    }
}
