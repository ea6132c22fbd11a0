package io.millstream.hadoop.ingest.task;

import java.util.Map;
import org.apache.avro.generic.IndexedRecord;
import org.apache.parquet.hadoop.api.DelegatingWriteSupport;
import org.apache.parquet.hadoop.api.WriteSupport;

/**
 * Adds to a file's footer which records it holds: {@code millstream.topic} and {@code millstream.offsets}. Nothing else goes
 * there, no run, host or clock: the same records give the same bytes.
 */
final class OffsetsWriteSupport extends DelegatingWriteSupport<IndexedRecord> {

    static final String TOPIC = "millstream.topic";
    static final String OFFSETS = "millstream.offsets";

    private final String topic;
    private final Spans spans;

    OffsetsWriteSupport(WriteSupport<IndexedRecord> rows, String topic, Spans spans) {
        super(rows);
        this.topic = topic;
        this.spans = spans;
    }

    @Override
    public FinalizedWriteContext finalizeWrite() {
        return new FinalizedWriteContext(Map.of(TOPIC, topic, OFFSETS, spans.footer()));
    }
}
