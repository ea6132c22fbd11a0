package io.millstream.hadoop.ingest.task;

import io.millstream.hadoop.ingest.document.HourFolder;
import io.millstream.hadoop.ingest.document.IngestException;
import io.millstream.hadoop.ingest.document.JobConfig;
import io.millstream.record.Record;
import io.millstream.record.RecordBatch;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.avro.LogicalType;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;

/** What decides a record's hour. Thread safe. */
@FunctionalInterface
public interface TimeBasis {

    /** Ms per unit are 1 or less: how many units a ms has, by logical type. */
    Map<String, Long> UNITS_PER_MILLI =
            Map.of("timestamp-millis", 1L, "timestamp-micros", 1_000L, "timestamp-nanos", 1_000_000L);

    /** The time in ms since the epoch, or {@link HourFolder#NO_TIME}. */
    long millis(Record record, IndexedRecord value);

    /**
     * The basis that a job is configured with.
     *
     * @param time {@link JobConfig#RECORD_TIME} or the name of a field
     * @param topic for messages
     * @param schema what the topic's records are resolved to
     * @throws IngestException if the schema has no such field, or one that is no time
     */
    static TimeBasis of(String time, String topic, Schema schema) {
        if (time.equals(JobConfig.RECORD_TIME)) {
            return (record, value) ->
                    record.timestamp() == RecordBatch.NO_TIMESTAMP ? HourFolder.NO_TIME : record.timestamp();
        }
        Schema.Field field = schema.getField(time);
        if (field == null) {
            throw new IngestException("Topic " + topic + " has no field '" + time
                    + "' to take the time from; its schema "
                    + schema.getFullName() + " has "
                    + schema.getFields().stream().map(Schema.Field::name).collect(Collectors.joining(", ")));
        }
        int position = field.pos();
        long unitsPerMilli = unitsPerMilli(field, topic);
        return (record, value) ->
                value.get(position) instanceof Long units ? Math.floorDiv(units, unitsPerMilli) : HourFolder.NO_TIME;
    }

    private static long unitsPerMilli(Schema.Field field, String topic) {
        Schema type = withoutNull(field.schema());
        LogicalType logical = type.getLogicalType();
        Long units = logical == null ? Long.valueOf(1) : UNITS_PER_MILLI.get(logical.getName());
        if (type.getType() != Schema.Type.LONG || units == null) {
            throw new IngestException(
                    "Field '" + field.name() + "' of topic " + topic + " is no time: it must be a long, plain"
                            + " (ms since the epoch) or with logical type timestamp-millis, -micros or -nanos, and may be nullable");
        }
        return units;
    }

    private static Schema withoutNull(Schema schema) {
        if (schema.getType() != Schema.Type.UNION || schema.getTypes().size() != 2) {
            return schema;
        }
        Schema first = schema.getTypes().get(0);
        Schema second = schema.getTypes().get(1);
        if (first.getType() == Schema.Type.NULL) {
            return second;
        }
        return second.getType() == Schema.Type.NULL ? first : schema;
    }
}
