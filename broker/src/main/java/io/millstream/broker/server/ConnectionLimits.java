package io.millstream.broker.server;

import java.net.InetAddress;
import java.util.Map;

/**
 * How many connections may be open at a time.
 *
 * @param most {@code max.connections}, of all listeners together
 * @param mostPerAddress {@code max.connections.per.ip}
 * @param overrides {@code max.connections.per.ip.overrides}: addresses for which another number holds
 */
public record ConnectionLimits(int most, int mostPerAddress, Map<InetAddress, Integer> overrides) {

    /** As many as come. */
    public static final ConnectionLimits NONE = new ConnectionLimits(Integer.MAX_VALUE, Integer.MAX_VALUE, Map.of());

    public ConnectionLimits {
        overrides = Map.copyOf(overrides);
    }

    int mostFrom(InetAddress address) {
        return overrides.getOrDefault(address, mostPerAddress);
    }
}
