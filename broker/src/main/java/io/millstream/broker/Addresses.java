package io.millstream.broker;

import io.millstream.broker.config.BrokerConfig;
import io.millstream.broker.config.ListenerAddress;
import io.millstream.core.BrokerEndpoint;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a broker listens and what clients are told. */
final class Addresses {

    private static final Logger log = LoggerFactory.getLogger(Addresses.class);
    private static final String EVERY_INTERFACE = "0.0.0.0";

    private Addresses() {}

    /** Where to listen; port 0 for any free one. */
    static BrokerEndpoint bind(BrokerConfig config) {
        ListenerAddress listener = config.listener();
        return new BrokerEndpoint(listener.wildcard() ? EVERY_INTERFACE : listener.host(), listener.port());
    }

    /**
     * What clients connect to: what the configuration says, or the listener's own host, or this machine's name.
     *
     * @param boundPort what the listener got
     */
    static BrokerEndpoint advertised(BrokerConfig config, int boundPort) {
        String host = config.advertised()
                .map(ListenerAddress::host)
                .orElseGet(() -> config.listener().wildcard()
                        ? machine()
                        : config.listener().host());
        int port = config.advertised()
                .map(ListenerAddress::port)
                .filter(given -> given > 0)
                .orElse(boundPort);
        if (config.listener().wildcard() && isLoopback(host)) {
            log.warn("Clients on other machines cannot connect: they are told {}. Set advertised.listeners", host);
        }
        return new BrokerEndpoint(host, port);
    }

    private static String machine() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            throw new BrokerStartException(
                    "This machine's host name cannot be resolved (" + e.getMessage() + ")",
                    "Set advertised.listeners=PLAINTEXT://HOST:PORT",
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
