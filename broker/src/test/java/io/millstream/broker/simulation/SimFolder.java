package io.millstream.broker.simulation;

import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;

/** A directory: its names as processes see them, and those that are on the platter. */
final class SimFolder implements SimNode {

    final NavigableMap<String, SimNode> entries = new TreeMap<>();
    final NavigableMap<String, SimNode> settled = new TreeMap<>();

    /** Forgets what is not on the platter, here and below. */
    void losePower(Random random) {
        entries.clear();
        entries.putAll(settled);
        for (SimNode node : entries.values()) {
            if (node instanceof SimFolder folder) {
                folder.losePower(random);
            } else {
                ((SimContent) node).losePower(random);
            }
        }
    }

    /** Bytes of the files here and below. */
    long usedBytes() {
        long bytes = 0;
        for (SimNode node : entries.values()) {
            bytes += node instanceof SimFolder folder ? folder.usedBytes() : ((SimContent) node).size();
        }
        return bytes;
    }
}
