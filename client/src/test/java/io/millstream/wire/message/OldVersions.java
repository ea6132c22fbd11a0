package io.millstream.wire.message;

import java.util.Map;
import java.util.Set;

/** Where old versions of an API say one thing and later ones several. */
final class OldVersions {

    /** The first version in which a list is one. Before, the fields of its only element are the message's own. */
    private static final Map<String, Integer> SEVERAL_SINCE = Map.of(
            "OffsetFetch.Request.groups", 8,
            "OffsetFetch.Response.groups", 8,
            "FindCoordinator.Request.keys", 4,
            "FindCoordinator.Response.coordinators", 4,
            "LeaveGroup.Request.members", 3);

    private static final Set<String> NOT_SAID_ALONE = Set.of(
            "OffsetFetch.Fetched.groupId",
            "FindCoordinator.Found.key",
            "LeaveGroup.Member.instanceId",
            "LeaveGroup.Member.reason");

    private OldVersions() {}

    /** Whether this list has exactly one element. */
    static boolean alone(String component, short version) {
        return version < SEVERAL_SINCE.getOrDefault(component, 0);
    }

    /** Whether an only element goes without this. */
    static boolean notSaidAlone(String component) {
        return NOT_SAID_ALONE.contains(component);
    }
}
