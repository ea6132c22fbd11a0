package io.millstream.core;

/**
 * Where a broker listens.
 *
 * @param host a name or an address as clients resolve it; an IPv6 address without brackets
 * @param port 1 to 65535; 0 only in configuration, for "any free port"
 */
public record BrokerEndpoint(String host, int port) {

    /** @throws IllegalArgumentException if the host is empty or the port out of range */
    public BrokerEndpoint {
        if (host.isEmpty()) {
            throw new IllegalArgumentException("Host is empty");
        }
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("Port " + port + " is not within 0 to 65535");
        }
    }

    /**
     * Reads {@code host:port} or {@code [ipv6]:port}.
     *
     * @throws IllegalArgumentException if the text is neither; the message quotes it
     */
    public static BrokerEndpoint parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("'" + text + "' is not HOST:PORT");
        }
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        try {
            return new BrokerEndpoint(host, Integer.parseInt(text.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is not HOST:PORT", e);
        }
    }

    /** {@code host:port}, with an IPv6 address in brackets. */
    @Override
    public String toString() {
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }
}
