package io.millstream.broker.group;

import java.util.List;
import java.util.UUID;

/**
 * A member asks to be in the next generation.
 *
 * @param client who asks
 * @param memberId the id it was given; empty if none was
 * @param instanceId of a static member (KIP-345); null for a dynamic one
 * @param sessionTimeoutMillis how long it may be silent
 * @param rebalanceTimeoutMillis how long it may take to rejoin
 * @param protocolType what kind of group it is, {@code consumer} for consumers
 * @param protocols that it can follow, best first
 * @param abilities of its version of the protocol
 * @param fresh random, for the id that it is given if it has none
 */
public record Join(
        Client client,
        String memberId,
        String instanceId,
        int sessionTimeoutMillis,
        int rebalanceTimeoutMillis,
        String protocolType,
        List<Protocol> protocols,
        Abilities abilities,
        UUID fresh) {

    private static final int MAX_PREFIX = 255;

    public Join {
        protocols = List.copyOf(protocols);
    }

    /**
     * Who is behind a member.
     *
     * @param id the client's name for itself; may be empty
     * @param host it connects from
     */
    public record Client(String id, String host) {}

    /**
     * What a member understands.
     *
     * @param takesIdFirst it can be sent back with an id before it is counted as a member (KIP-394)
     * @param skipsAssignment as leader it can be told to leave the assignment as it is (KIP-814)
     */
    public record Abilities(boolean takesIdFirst, boolean skipsAssignment) {}

    /** The id it gets if it has none. */
    String freshId() {
        String prefix = instanceId != null ? instanceId : client.id();
        String shortened = prefix.length() > MAX_PREFIX ? prefix.substring(0, MAX_PREFIX) : prefix;
        return shortened + "-" + fresh;
    }
}
