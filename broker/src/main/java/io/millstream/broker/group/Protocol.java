package io.millstream.broker.group;

import java.util.Arrays;

/**
 * A way of sharing out the work that a member can follow, say an assignor of the Java client.
 *
 * @param name of the protocol
 * @param metadata the member's, for the leader to read; not copied
 */
public record Protocol(String name, byte[] metadata) {

    boolean sameAs(Protocol other) {
        return name.equals(other.name) && Arrays.equals(metadata, other.metadata);
    }
}
