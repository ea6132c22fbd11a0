package io.millstream.hadoop.ingest.task;

import io.millstream.core.TopicPartition;
import io.millstream.hadoop.ingest.document.IngestPlan;
import io.millstream.hadoop.ingest.document.RangeAccount;
import io.millstream.hadoop.ingest.document.Rejected;
import io.millstream.hadoop.ingest.document.StagedFile;
import io.millstream.hadoop.ingest.document.TaskReport;
import io.millstream.hadoop.ingest.document.TopicPlan;
import io.millstream.hadoop.input.OffsetRange;
import io.millstream.record.Record;
import io.millstream.schemas.SchemaLookup;
import io.millstream.schemas.SchemaText;
import io.millstream.schemas.serde.AvroDeserializer;
import io.millstream.schemas.serde.UndecodableException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;

/** Takes all records of a task's split and ends with its report. Not thread safe. */
final class TaskSink {

    /** Rejected records that a report names. */
    private static final int NAMED = 5;

    private static final int BYTES_SHOWN = 16;

    private final IngestPlan plan;
    private final RowFiles files;
    private final RangeLedger ledger;
    private final long quarantineMax;
    private final Map<String, TopicSink> topics = new HashMap<>();
    private final List<Rejected> rejected = new ArrayList<>();
    private final SchemaLookup schemas;
    private TopicPartition lastPartition;
    private TopicSink lastTopic;
    private long quarantined;

    /** @param quarantineMax how many undecodable records the whole run may have */
    TaskSink(IngestPlan plan, List<OffsetRange> ranges, RowFiles files, long quarantineMax) {
        this.plan = plan;
        this.files = files;
        this.ledger = new RangeLedger(ranges);
        this.quarantineMax = quarantineMax;
        this.schemas = id -> Optional.ofNullable(plan.schemas().get(id)).map(SchemaText::parse);
    }

    /**
     * Takes the next record.
     *
     * @return whether to go on: false once this task alone met more undecodable records than the run may have
     */
    boolean accept(TopicPartition partition, Record record) throws IOException {
        ledger.expect(partition, record.offset());
        if (record.value() == null) {
            // Says of a key that it is gone. There is nothing to decode, hence no row, and nobody's mistake.
            ledger.tombstone();
            return true;
        }
        if (!partition.equals(lastPartition)) {
            if (lastTopic != null) {
                lastTopic.pause();
            }
            lastPartition = partition;
            lastTopic = topic(partition);
        }
        try {
            lastTopic.accept(partition.partition(), record);
            ledger.delivered();
        } catch (UndecodableException e) {
            quarantine(partition, record, reason(record, e));
        }
        return quarantined <= quarantineMax;
    }

    private TopicSink topic(TopicPartition partition) throws IOException {
        TopicSink known = topics.get(partition.topic().value());
        if (known != null) {
            return known;
        }
        TopicPlan planned = plan.topics().stream()
                .filter(topic -> topic.topic().equals(partition.topic().value()))
                .findFirst()
                .orElseThrow(() -> new IOException(partition + " is not in the plan"));
        Schema schema = SchemaText.parse(planned.schema());
        TimeBasis time = TimeBasis.of(plan.time(), planned.topic(), schema);
        TopicSink sink =
                new TopicSink(planned.topic(), schema, time, AvroDeserializer.resolvedTo(schema, schemas), files);
        topics.put(planned.topic(), sink);
        return sink;
    }

    private static String reason(Record record, UndecodableException e) {
        byte[] value = record.value();
        String first = HexFormat.of().formatHex(value, 0, Math.min(BYTES_SHOWN, value.length));
        return e.getMessage() + " (" + e.reason() + ", " + value.length + " bytes: " + first
                + (value.length > BYTES_SHOWN ? "...)" : ")");
    }

    private void quarantine(TopicPartition partition, Record record, String reason) throws IOException {
        lastTopic.quarantine(partition.partition(), record, reason);
        ledger.quarantined();
        quarantined++;
        if (rejected.size() < NAMED) {
            rejected.add(new Rejected(partition.topic().value(), partition.partition(), record.offset(), reason));
        }
    }

    /**
     * Ends all files and reports.
     *
     * @param task the task's number
     * @param provenGaps offsets that the reader has proven to hold no record
     */
    TaskReport finish(int task, long provenGaps) throws IOException {
        boolean overBudget = quarantined > quarantineMax;
        List<StagedFile> finished = files.finish();
        List<RangeAccount> accounts = overBudget ? List.of() : ledger.accounts(provenGaps);
        return new TaskReport(task, overBudget, finished, accounts, rejected);
    }

    /** Lets go of all files. */
    void abandon() throws IOException {
        files.abandon();
    }
}
