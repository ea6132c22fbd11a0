package io.millstream.nemesis;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * What the clients of one topic did and saw, to be checked once everything is healed and the log has been read from its
 * beginning to its end. Safe for use by several threads until it is checked.
 */
final class History {

    private final ConcurrentMap<Integer, PartitionHistory> partitions = new ConcurrentHashMap<>();

    PartitionHistory partition(int partition) {
        return partitions.computeIfAbsent(partition, none -> new PartitionHistory());
    }

    /** How many records were acknowledged so far. */
    long acknowledged() {
        return partitions.values().stream()
                .mapToLong(PartitionHistory::acknowledgedCount)
                .sum();
    }

    /**
     * Everything that is wrong.
     *
     * @param consumersFinished whether every consumer went on to the end of what was acknowledged
     */
    Findings check(boolean consumersFinished) {
        Findings findings = new Findings();
        partitions.forEach((number, history) ->
                new PartitionCheck("partition " + number, history, findings).run(consumersFinished));
        return findings;
    }
}
