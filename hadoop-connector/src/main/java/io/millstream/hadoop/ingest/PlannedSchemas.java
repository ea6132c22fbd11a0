package io.millstream.hadoop.ingest;

import io.millstream.core.TopicName;
import io.millstream.hadoop.ingest.document.IngestException;
import io.millstream.schemas.RegisteredSchema;
import io.millstream.schemas.SchemaMap;
import io.millstream.schemas.SchemaRegistry;
import io.millstream.schemas.SchemaText;
import java.util.SortedMap;
import java.util.TreeMap;

/** The schemas that a plan gives its tasks. */
final class PlannedSchemas {

    private final SchemaRegistry registry;

    PlannedSchemas(SchemaRegistry registry) {
        this.registry = registry;
    }

    /**
     * What all records of a topic are resolved to: the newest version of its subject.
     *
     * @throws IngestException if it has none
     */
    RegisteredSchema readerOf(TopicName topic) {
        String subject = topic + "-value";
        return registry.latest(subject)
                .orElseThrow(
                        () -> new IngestException("Topic " + topic + " has new records but no schema. Register one as"
                                + " subject " + subject + ", or leave the topic out with --exclude " + topic
                                + "; it is taken up where it was left once --exclude is gone"));
    }

    /** All schemas there are, by id. */
    SortedMap<Integer, String> all() {
        SchemaMap schemas = registry.snapshot();
        SortedMap<Integer, String> texts = new TreeMap<>();
        for (int id : schemas.ids()) {
            texts.put(id, SchemaText.canonical(schemas.find(id).orElseThrow()));
        }
        return texts;
    }
}
