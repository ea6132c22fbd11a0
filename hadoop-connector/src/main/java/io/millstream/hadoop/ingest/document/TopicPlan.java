package io.millstream.hadoop.ingest.document;

import java.util.UUID;

/**
 * A topic of a run.
 *
 * @param topic its name
 * @param topicId its id when the run was planned
 * @param schemaId registry id of the schema that all records are resolved to; {@link #NO_SCHEMA} if there are no new records
 * @param schema that schema, as Avro's JSON; null if there are no new records
 */
public record TopicPlan(String topic, UUID topicId, int schemaId, String schema) {

    /** No registry id. */
    public static final int NO_SCHEMA = -1;

    /** A topic of which there is nothing to read. */
    public static TopicPlan withoutRecords(String topic, UUID topicId) {
        return new TopicPlan(topic, topicId, NO_SCHEMA, null);
    }
}
