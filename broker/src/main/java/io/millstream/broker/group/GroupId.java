package io.millstream.broker.group;

import java.nio.charset.StandardCharsets;

/** Rules for what clients call their groups, and what stands for "none". */
public final class GroupId {

    /** The generation of whoever is in none. */
    public static final int NO_GENERATION = -1;

    /**
     * Longest id, in bytes of UTF-8. Escaped it is three times as long at most, and its znode's path is part of each request
     * to ZooKeeper that has to do with it.
     */
    static final int MAX_BYTES = 4096;

    private GroupId() {}

    /** Whether a group can have this name: Unicode text that is not empty. */
    static boolean isLegal(String id) {
        return !id.isEmpty()
                && id.length() <= MAX_BYTES
                && StandardCharsets.UTF_8.newEncoder().canEncode(id)
                && id.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES;
    }
}
