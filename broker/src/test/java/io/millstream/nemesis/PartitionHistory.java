package io.millstream.nemesis;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** What clients did to one partition and saw of it. Safe for use by several threads. */
final class PartitionHistory {

    /** In a reading: the consumer was put to a place; the other number is where it begins. */
    static final long POSITIONED = -1;

    /** Of an acknowledgement: the record is stored, the leader does not remember where. */
    static final long SOMEWHERE = -1;

    /** What one consumer read: pairs of an offset and a value, or of {@link #POSITIONED} and a place. */
    static final class Reading {
        private final Longs offsets = new Longs();
        private final Longs values = new Longs();

        void add(long offset, long value) {
            offsets.add(offset);
            values.add(value);
        }

        int size() {
            return offsets.size();
        }

        long offset(int index) {
            return offsets.get(index);
        }

        long value(int index) {
            return values.get(index);
        }
    }

    private final Map<Integer, Long> sent = new HashMap<>();
    private final Reading acknowledged = new Reading();
    private final Map<String, Reading> readings = new TreeMap<>();
    private final Reading stored = new Reading();
    private final Map<String, Long> committed = new HashMap<>();
    private final Findings wentBack = new Findings();

    /** Readers of one group share the work: together they see everything. */
    static String memberName(String group, int number) {
        return group + "/" + number;
    }

    /** Who shares the work with this reader. */
    static String groupOf(String reader) {
        int slash = reader.indexOf('/');
        return slash < 0 ? reader : reader.substring(0, slash);
    }

    /** A producer is about to send its next record. */
    synchronized void sent(Value value) {
        sent.merge(value.producer(), value.number() + 1, Math::max);
    }

    synchronized void acknowledged(Value value, long offset) {
        acknowledged.add(offset, value.packed());
    }

    /** A consumer goes on at {@code offset}: what it reads is to be compared with what is there from that on. */
    synchronized void positioned(String consumer, long offset) {
        reading(consumer).add(POSITIONED, offset);
    }

    synchronized void polled(String consumer, long offset, Value value) {
        reading(consumer).add(offset, value.packed());
    }

    private Reading reading(String consumer) {
        return readings.computeIfAbsent(consumer, none -> new Reading());
    }

    /** A group was told that its commit is stored. */
    synchronized void committed(String group, long offset) {
        committed.merge(group, offset, Math::max);
    }

    /** A member of a group got the partition, and the group's offset. */
    synchronized void resumed(String group, long offset, String where) {
        long known = committed.getOrDefault(group, 0L);
        if (offset < known) {
            wentBack.add(
                    Anomaly.COMMIT_WENT_BACK,
                    where + ": group " + group + " committed " + known + " and goes on at " + offset);
        }
    }

    /** What is in the log in the end, in the order of offsets. */
    synchronized void stored(long offset, Value value) {
        stored.add(offset, value.packed());
    }

    synchronized long acknowledgedCount() {
        return acknowledged.size();
    }

    /** Whether {@code value} was sent here. */
    boolean wasSent(Value value) {
        return value.number() < sentBy(value.producer());
    }

    /** How many records a producer sent here. */
    synchronized long sentBy(int producer) {
        return sent.getOrDefault(producer, 0L);
    }

    Reading acknowledgements() {
        return acknowledged;
    }

    Map<String, Reading> readings() {
        return readings;
    }

    Reading storedRecords() {
        return stored;
    }

    Findings wentBack() {
        return wentBack;
    }
}
