package io.millstream.hadoop.ingest.document;

import java.util.UUID;

/**
 * A topic of a committed run.
 *
 * @param topic its name
 * @param topicId its id
 * @param schemaId registry id of the schema that its files have; {@link TopicPlan#NO_SCHEMA} if it has none
 */
public record TopicTotals(String topic, UUID topicId, int schemaId) {}
