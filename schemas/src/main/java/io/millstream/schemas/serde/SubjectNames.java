package io.millstream.schemas.serde;

import io.millstream.schemas.SchemaException;
import io.millstream.schemas.SchemaException.Reason;
import org.apache.avro.Schema;

/** Under which subject a topic's schemas are registered: what is compatible with what follows from it. */
public enum SubjectNames {
    /** {@code <topic>-value}: all values of a topic are versions of one schema. */
    TOPIC("TopicNameStrategy") {
        @Override
        String subject(String topic, RecordPart part, Schema schema) {
            return topic + "-" + part.label();
        }
    },
    /** The record's full name: one evolution for all topics, and a topic may hold several kinds of records. */
    RECORD("RecordNameStrategy") {
        @Override
        String subject(String topic, RecordPart part, Schema schema) {
            return nameOf(topic, part, schema);
        }
    },
    /** {@code <topic>-<full name>}: several kinds of records in a topic, each with its own evolution there. */
    TOPIC_RECORD("TopicRecordNameStrategy") {
        @Override
        String subject(String topic, RecordPart part, Schema schema) {
            return topic + "-" + nameOf(topic, part, schema);
        }
    };

    private final String label;

    SubjectNames(String label) {
        this.label = label;
    }

    /**
     * The subject of a schema.
     *
     * @throws SchemaException ({@link Reason#MISMATCH}) if the schema has no name and the subject needs one
     */
    abstract String subject(String topic, RecordPart part, Schema schema);

    /**
     * The strategy that a configuration names: {@code TopicNameStrategy}, {@code RecordNameStrategy} or {@code
     * TopicRecordNameStrategy}. In front of it may stand the package of the class that others load for it; no class is
     * loaded here.
     *
     * @throws IllegalArgumentException if it is another one
     */
    public static SubjectNames named(String configured) {
        String simple = configured.substring(configured.lastIndexOf('.') + 1);
        for (SubjectNames names : values()) {
            if (names.label.equals(simple)) {
                return names;
            }
        }
        throw new IllegalArgumentException("Unknown subject name strategy '" + configured
                + "'; known are TopicNameStrategy, RecordNameStrategy and TopicRecordNameStrategy");
    }

    private static String nameOf(String topic, RecordPart part, Schema schema) {
        return switch (schema.getType()) {
            case RECORD, ENUM, FIXED -> schema.getFullName();
            default ->
                throw new SchemaException(
                        Reason.MISMATCH,
                        "Topic " + topic + ": the " + part.label() + "'s schema is of type "
                                + schema.getType().getName() + " and has no name for a subject; use TopicNameStrategy",
                        null);
        };
    }
}
