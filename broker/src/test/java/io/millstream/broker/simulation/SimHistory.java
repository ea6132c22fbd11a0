package io.millstream.broker.simulation;

import io.millstream.core.TopicPartition;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** What clients of a simulated cluster sent and saw. Contradictions are found as they happen. */
final class SimHistory {

    /** Of one partition. */
    static final class Told {
        /** Offsets to values that somebody was told: by an acknowledgement, or by a read. */
        final Map<Long, String> at = new TreeMap<>();
        /** Values that were acknowledged, to their offsets; -1 if the offset was not told. */
        final Map<String, Long> acknowledged = new HashMap<>();
    }

    private final Map<TopicPartition, Told> partitions = new TreeMap<>();
    private long acknowledged;
    private long read;

    Told of(TopicPartition partition) {
        return partitions.computeIfAbsent(partition, each -> new Told());
    }

    Map<TopicPartition, Told> all() {
        return partitions;
    }

    void acknowledged(TopicPartition partition, long offset, String value) {
        acknowledged++;
        Told told = of(partition);
        told.acknowledged.put(value, offset);
        if (offset >= 0) {
            agree(partition, offset, value, "was acknowledged");
        }
    }

    void read(TopicPartition partition, long offset, String value) {
        read++;
        agree(partition, offset, value, "was read");
    }

    private void agree(TopicPartition partition, long offset, String value, String how) {
        String before = of(partition).at.putIfAbsent(offset, value);
        if (before != null && !before.equals(value)) {
            throw new AssertionError(
                    partition + " offset " + offset + ": " + value + " " + how + ", but before it was " + before);
        }
    }

    long acknowledgements() {
        return acknowledged;
    }

    long reads() {
        return read;
    }
}
