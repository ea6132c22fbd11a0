package io.millstream.broker.config;

import io.millstream.core.BrokerEndpoint;
import java.util.List;

/**
 * One entry of {@code listeners} or {@code advertised.listeners}: {@code PLAINTEXT://host:port}.
 *
 * @param host name or address; empty for every interface
 * @param port 0 for any free one
 */
public record ListenerAddress(String host, int port) {

    private static final String SCHEME = "PLAINTEXT://";
    private static final List<String> WILDCARDS = List.of("", "0.0.0.0", "::");

    static ListenerAddress parse(String text) {
        if (!text.startsWith(SCHEME)) {
            throw new IllegalArgumentException("only PLAINTEXT so far");
        }
        String address = text.substring(SCHEME.length());
        if (address.startsWith(":")) {
            return new ListenerAddress("", BrokerEndpoint.parse("any" + address).port());
        }
        BrokerEndpoint endpoint = BrokerEndpoint.parse(address);
        return new ListenerAddress(endpoint.host(), endpoint.port());
    }

    /** Whether it stands for every interface, which no client can connect to by name. */
    public boolean wildcard() {
        return WILDCARDS.contains(host);
    }
}
