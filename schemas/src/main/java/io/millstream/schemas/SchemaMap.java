package io.millstream.schemas;

import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.Document;
import io.millstream.schemas.SchemaException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.avro.Schema;

/**
 * Schemas by id, fixed and complete: what a driver hands to tasks that have no registry in reach. Immutable.
 */
public final class SchemaMap implements SchemaLookup {

    /** @param schemas id to canonical text */
    private record Texts(SortedMap<Integer, String> schemas) {
        private Texts {
            if (schemas == null) {
                throw new IllegalArgumentException("no schemas");
            }
        }
    }

    private final SortedMap<Integer, Schema> schemas;

    /** A map of these schemas by their ids. */
    public SchemaMap(Map<Integer, Schema> schemas) {
        this.schemas = new TreeMap<>(schemas);
    }

    /** A map of the schemas of these versions. */
    public static SchemaMap of(Collection<RegisteredSchema> versions) {
        Map<Integer, Schema> schemas = new TreeMap<>();
        versions.forEach(version -> schemas.put(version.id(), version.schema()));
        return new SchemaMap(schemas);
    }

    /**
     * Reads what {@link #toJson} wrote.
     *
     * @param where it comes from, for messages
     * @throws SchemaException if it is something else, or of a later release's format
     */
    public static SchemaMap fromJson(String json, String where) {
        try {
            Texts texts = Document.read(json.getBytes(StandardCharsets.UTF_8), Texts.class, where);
            Map<Integer, Schema> schemas = new TreeMap<>();
            texts.schemas()
                    .forEach((id, text) -> schemas.put(
                            id, SchemaText.read(text, List.of(), List.of()).schema()));
            return new SchemaMap(schemas);
        } catch (CoordinationException e) {
            throw new SchemaException(Reason.UNAVAILABLE, e.getMessage(), e);
        }
    }

    /** As text, for a job's configuration: a JSON document of ids and schemas. */
    public String toJson() {
        SortedMap<Integer, String> texts = new TreeMap<>();
        schemas.forEach((id, schema) -> texts.put(id, SchemaText.canonical(schema)));
        return new String(Document.write(new Texts(texts)), StandardCharsets.UTF_8);
    }

    @Override
    public Optional<Schema> find(int id) {
        return Optional.ofNullable(schemas.get(id));
    }

    /** The ids, ascending. */
    public Collection<Integer> ids() {
        return Collections.unmodifiableSet(schemas.keySet());
    }
}
