package io.millstream.broker.config;

import io.millstream.core.BrokerEndpoint;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * One entry of {@code listeners} or {@code advertised.listeners}: {@code NAME://host:port}.
 *
 * @param name of the listener, in capital letters
 * @param host name or address; empty for every interface
 * @param port 0 for any free one
 */
public record ListenerAddress(String name, String host, int port) {

    private static final String AFTER_NAME = "://";
    private static final Pattern NAME = Pattern.compile("[A-Z0-9_.-]+");
    private static final List<String> WILDCARDS = List.of("", "0.0.0.0", "::");

    static ListenerAddress parse(String text) {
        int end = text.indexOf(AFTER_NAME);
        if (end < 0) {
            throw new IllegalArgumentException("'" + text + "' is not NAME://HOST:PORT");
        }
        String name = checkName(text.substring(0, end));
        String address = text.substring(end + AFTER_NAME.length());
        if (address.startsWith(":")) {
            return new ListenerAddress(
                    name, "", BrokerEndpoint.parse("any" + address).port());
        }
        BrokerEndpoint endpoint = BrokerEndpoint.parse(address);
        return new ListenerAddress(name, endpoint.host(), endpoint.port());
    }

    /**
     * A listener's name in capital letters, as Kafka compares them.
     *
     * @throws IllegalArgumentException if it cannot be one
     */
    static String checkName(String text) {
        String name = text.toUpperCase(Locale.ROOT);
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("'" + text + "' cannot be a listener's name");
        }
        return name;
    }

    /** Whether it stands for every interface, which no client can connect to by name. */
    public boolean wildcard() {
        return WILDCARDS.contains(host);
    }
}
