package io.millstream.broker.group;

import java.util.Map;

/**
 * A member asks for its share of the work; the leader brings everybody's.
 *
 * @param caller who asks
 * @param protocolType as the member knows it; null if it does not say
 * @param protocol as the member knows it; null if it does not say
 * @param assignments member id to its share; of the leader
 */
public record Sync(Caller caller, String protocolType, String protocol, Map<String, byte[]> assignments) {

    public Sync {
        assignments = Map.copyOf(assignments);
    }
}
