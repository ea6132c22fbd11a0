package io.millstream.coordination;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.millstream.core.BrokerEndpoint;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * {@code /brokers/ids/<id>}, ephemeral: a broker that is alive.
 *
 * @param host what other brokers connect to, and clients that find brokers in ZooKeeper
 * @param port of the Kafka protocol, on that host
 * @param endpoints what the clients of each listener connect to, by the listener's name; one called
 *     {@link #ONLY_LISTENER} where nothing is said, as in registrations of older releases
 * @param httpPort of the HTTP endpoint, on the same host; -1 if there is none
 * @param rack where it stands, or null
 * @param bootId of the machine's current boot: tells a process restart from a power loss
 * @param directoryId of the broker's data directories: whoever holds their lock knows that a process which registered
 *     with the same id is dead, although its session may not have ended yet
 */
public record BrokerRegistration(
        String host,
        int port,
        SortedMap<String, BrokerEndpoint> endpoints,
        int httpPort,
        String rack,
        String bootId,
        UUID directoryId) {

    /** Name of a broker's listener that has been given no other. */
    public static final String ONLY_LISTENER = "PLAINTEXT";

    public BrokerRegistration {
        SortedMap<String, BrokerEndpoint> said = endpoints == null ? new TreeMap<>() : new TreeMap<>(endpoints);
        if (said.isEmpty()) {
            said.put(ONLY_LISTENER, new BrokerEndpoint(host, port));
        }
        endpoints = Collections.unmodifiableSortedMap(said);
    }

    /** Where other brokers connect. A method, not a property: it is not stored. */
    @JsonIgnore
    public BrokerEndpoint endpoint() {
        return new BrokerEndpoint(host, port);
    }

    /** Where the clients of a listener connect; empty if this broker has none of that name for them. */
    public Optional<BrokerEndpoint> endpoint(String listener) {
        return Optional.ofNullable(endpoints.get(listener));
    }
}
