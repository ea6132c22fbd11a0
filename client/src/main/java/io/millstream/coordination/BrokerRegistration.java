package io.millstream.coordination;

import io.millstream.core.BrokerEndpoint;
import java.util.UUID;

/**
 * {@code /brokers/ids/<id>}, ephemeral: a broker that is alive.
 *
 * @param host what clients connect to
 * @param port of the Kafka protocol
 * @param httpPort of the HTTP endpoint, on the same host; -1 if there is none
 * @param rack where it stands, or null
 * @param bootId of the machine's current boot: tells a process restart from a power loss
 * @param directoryId of the broker's data directories: whoever holds their lock knows that a process which registered
 *     with the same id is dead, although its session may not have ended yet
 */
public record BrokerRegistration(String host, int port, int httpPort, String rack, String bootId, UUID directoryId) {

    /** Where clients connect. A method, not a property: it is not stored. */
    @com.fasterxml.jackson.annotation.JsonIgnore
    public BrokerEndpoint endpoint() {
        return new BrokerEndpoint(host, port);
    }
}
