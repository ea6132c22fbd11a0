package io.millstream.nemesis;

import io.millstream.nemesis.PartitionHistory.Reading;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Looks for anomalies in the history of one partition. */
final class PartitionCheck {

    private static final long NOTHING = PartitionHistory.SOMEWHERE;

    private final String where;
    private final PartitionHistory history;
    private final Findings findings;

    /** Value by offset, as stored in the end; {@link #NOTHING} where there is no record. */
    private long[] log;

    private final Map<Integer, long[]> offsetsByProducer = new HashMap<>();

    PartitionCheck(String where, PartitionHistory history, Findings findings) {
        this.where = where;
        this.history = history;
        this.findings = findings;
    }

    /** @param consumersFinished whether every consumer went on to the end of what was acknowledged */
    void run(boolean consumersFinished) {
        readLog();
        checkOrderInLog();
        checkAcknowledgements();
        history.readings().forEach(this::checkReading);
        history.wentBack().copyTo(findings);
        if (consumersFinished) {
            checkSeen();
        }
    }

    private void readLog() {
        Reading stored = history.storedRecords();
        long end = 0;
        for (int i = 0; i < stored.size(); i++) {
            end = Math.max(end, stored.offset(i) + 1);
        }
        log = new long[Math.toIntExact(end)];
        Arrays.fill(log, NOTHING);
        for (int i = 0; i < stored.size(); i++) {
            place(stored.offset(i), stored.value(i));
        }
    }

    private void place(long offset, long value) {
        int at = Math.toIntExact(offset);
        if (log[at] != NOTHING) {
            found(Anomaly.INCONSISTENT_OFFSETS, offset + " has " + name(log[at]) + " and " + name(value));
        }
        log[at] = value;
        if (!history.wasSent(Value.unpack(value))) {
            found(Anomaly.INVENTED, name(value) + " at " + offset + " was never sent here");
            return;
        }
        long other = offsetOf(value);
        if (other == NOTHING) {
            offsets(value, offsetsByProducer)[(int) Value.unpack(value).number()] = offset;
        } else if (other != offset) {
            found(Anomaly.DUPLICATE, name(value) + " is at " + other + " and at " + offset);
        }
    }

    /** Where a value was found first; {@link #NOTHING} if nowhere. */
    private long offsetOf(long value) {
        Value sent = Value.unpack(value);
        return history.wasSent(sent) ? offsets(value, offsetsByProducer)[(int) sent.number()] : NOTHING;
    }

    /** Offsets of all that a value's producer sent here, by its numbers; {@link #NOTHING} at first. */
    private long[] offsets(long value, Map<Integer, long[]> byProducer) {
        return byProducer.computeIfAbsent(Value.unpack(value).producer(), producer -> {
            long[] none = new long[Math.toIntExact(history.sentBy(producer))];
            Arrays.fill(none, NOTHING);
            return none;
        });
    }

    private void checkOrderInLog() {
        Map<Integer, Value> last = new HashMap<>();
        for (int offset = 0; offset < log.length; offset++) {
            if (log[offset] == NOTHING) {
                continue;
            }
            Value value = Value.unpack(log[offset]);
            Value before = last.put(value.producer(), value);
            if (before != null && before.number() > value.number()) {
                found(Anomaly.REORDERED, value + " at " + offset + " comes after " + before);
            }
        }
    }

    private void checkAcknowledgements() {
        Reading acknowledged = history.acknowledgements();
        Map<Integer, long[]> acknowledgedByProducer = new HashMap<>();
        for (int i = 0; i < acknowledged.size(); i++) {
            long value = acknowledged.value(i);
            checkPlace(value, acknowledged.offset(i));
            offsets(value, acknowledgedByProducer)[(int) Value.unpack(value).number()] = acknowledged.offset(i);
        }
        acknowledgedByProducer.forEach(this::checkSendOrder);
    }

    /** Not in which order acknowledgements came: the second try of one may be answered after those behind it. */
    private void checkSendOrder(int producer, long[] offsets) {
        long last = NOTHING;
        for (int number = 0; number < offsets.length; number++) {
            if (offsets[number] == PartitionHistory.SOMEWHERE) {
                continue;
            }
            if (offsets[number] <= last) {
                found(
                        Anomaly.NONMONOTONIC_SEND,
                        new Value(producer, number) + " was acknowledged at " + offsets[number] + ", one before it at "
                                + last);
            }
            last = Math.max(last, offsets[number]);
        }
    }

    private void checkPlace(long value, long offset) {
        long at = offsetOf(value);
        if (at == NOTHING) {
            found(Anomaly.LOST_WRITE, name(value) + ", acknowledged at " + offset + ", is not there" + instead(offset));
        } else if (offset != PartitionHistory.SOMEWHERE && at != offset && valueAt(offset) != value) {
            found(Anomaly.INCONSISTENT_OFFSETS, name(value) + ", acknowledged at " + offset + ", is at " + at);
        }
    }

    private String instead(long offset) {
        long value = offset == PartitionHistory.SOMEWHERE ? NOTHING : valueAt(offset);
        return value == NOTHING ? "" : "; " + name(value) + " is";
    }

    private void checkReading(String consumer, Reading reading) {
        long next = NOTHING;
        for (int i = 0; i < reading.size(); i++) {
            long offset = reading.offset(i);
            if (offset == PartitionHistory.POSITIONED) {
                next = reading.value(i);
                continue;
            }
            checkRead(consumer, offset, reading.value(i));
            if (next != NOTHING && offset < next) {
                found(Anomaly.NONMONOTONIC_POLL, consumer + " read " + offset + " when " + next + " was next");
            }
            if (next != NOTHING && offset > next) {
                checkSkipped(consumer, next, offset);
            }
            next = offset + 1;
        }
    }

    private void checkRead(String consumer, long offset, long value) {
        long there = valueAt(offset);
        if (there == value) {
            return;
        }
        if (offsetOf(value) != NOTHING) {
            found(
                    Anomaly.INCONSISTENT_OFFSETS,
                    consumer + " saw " + name(value) + " at " + offset + ", it is at " + offsetOf(value));
        } else {
            found(Anomaly.TAKEN_BACK, consumer + " saw " + name(value) + " at " + offset + instead(offset));
        }
    }

    private void checkSkipped(String consumer, long from, long to) {
        for (long offset = from; offset < to; offset++) {
            if (valueAt(offset) != NOTHING) {
                found(Anomaly.POLL_SKIP, consumer + " went from " + from + " to " + to + " past " + offset);
                return;
            }
        }
    }

    private void checkSeen() {
        Map<String, boolean[]> seenByGroup = new TreeMap<>();
        history.readings().forEach((reader, reading) -> {
            boolean[] seen =
                    seenByGroup.computeIfAbsent(PartitionHistory.groupOf(reader), none -> new boolean[log.length]);
            for (int i = 0; i < reading.size(); i++) {
                long offset = reading.offset(i);
                if (offset != PartitionHistory.POSITIONED && offset < seen.length) {
                    seen[(int) offset] = true;
                }
            }
        });
        seenByGroup.forEach(this::checkSeenBy);
    }

    private void checkSeenBy(String reader, boolean[] seen) {
        Reading acknowledged = history.acknowledgements();
        for (int i = 0; i < acknowledged.size(); i++) {
            long told = acknowledged.offset(i);
            long offset = told == PartitionHistory.SOMEWHERE ? offsetOf(acknowledged.value(i)) : told;
            if (offset != NOTHING && offset < seen.length && !seen[(int) offset]) {
                found(Anomaly.UNSEEN, name(acknowledged.value(i)) + ", acknowledged at " + offset + ", by " + reader);
            }
        }
    }

    private long valueAt(long offset) {
        return offset < log.length ? log[(int) offset] : NOTHING;
    }

    private static String name(long value) {
        return Value.unpack(value).toString();
    }

    private void found(Anomaly anomaly, String what) {
        findings.add(anomaly, where + ": " + what);
    }
}
