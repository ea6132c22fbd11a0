package io.millstream.broker.log;

import io.millstream.record.Record;
import io.millstream.record.RecordBatch;
import io.millstream.record.RecordIterator;
import java.util.List;

/** Reads what is dirty and notes each key's last offset, batch by batch, until all is read or the map is full. */
final class KeyScan implements AutoCloseable {

    private final List<Segment> segments;
    private final long from;
    private final KeyOffsets keys;

    private int index;
    private SegmentReading reading; // null between segments
    private long coveredUpTo;
    private boolean done;

    /**
     * @param segments what may be compacted, in order
     * @param from where the first dirty record may be
     * @param to where the last segment ends
     */
    KeyScan(List<Segment> segments, long from, long to, KeyOffsets keys) {
        this.segments = segments;
        this.from = from;
        this.keys = keys;
        this.coveredUpTo = to;
        while (index + 1 < segments.size() && segments.get(index + 1).baseOffset() <= from) {
            index++;
        }
        done = from >= to;
    }

    /** Whether there is nothing left to read, or no room left to note it. */
    boolean done() {
        return done;
    }

    /** For records below, the map knows the last of their keys. Once {@link #done}. */
    long coveredUpTo() {
        return coveredUpTo;
    }

    /**
     * Reads a batch.
     *
     * @return bytes read
     */
    int advance() {
        if (reading == null) {
            reading = new SegmentReading(segments.get(index), from);
        }
        RecordBatch batch = reading.next();
        if (batch == null) {
            close();
            index++;
            done = index == segments.size();
            return 0;
        }
        if (!batch.control() && !batch.transactional()) {
            note(batch);
        }
        return batch.sizeInBytes();
    }

    private void note(RecordBatch batch) {
        try (RecordIterator records = batch.records()) {
            while (records.hasNext()) {
                Record record = records.next();
                if (record.offset() >= from && record.key() != null && !keys.put(record.key(), record.offset())) {
                    coveredUpTo = record.offset();
                    done = true;
                    return;
                }
            }
        }
    }

    @Override
    public void close() {
        if (reading != null) {
            reading.close();
            reading = null;
        }
    }
}
