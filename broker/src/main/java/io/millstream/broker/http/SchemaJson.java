package io.millstream.broker.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millstream.schemas.SchemaDefinition;
import io.millstream.schemas.SchemaReference;
import io.millstream.schemas.SubjectVersion;
import java.util.List;

/** Schemas as the API writes them. That they are Avro is not said: its clients take it for granted. */
final class SchemaJson {

    private SchemaJson() {}

    /** A version of a subject. */
    static ObjectNode of(SubjectVersion version) {
        return of(version, version.definition().text());
    }

    /** @param text of the schema, in the form that was asked for */
    static ObjectNode of(SubjectVersion version, String text) {
        ObjectNode json = Json.object()
                .put("subject", version.subject())
                .put("version", version.version())
                .put("id", version.id());
        addReferences(json, version.definition().references());
        json.put("schema", text);
        if (version.deleted()) {
            json.put("deleted", true);
        }
        return json;
    }

    /**
     * A schema alone.
     *
     * @param text in the form that was asked for
     */
    static ObjectNode of(SchemaDefinition definition, String text) {
        ObjectNode json = Json.object().put("schema", text);
        addReferences(json, definition.references());
        return json;
    }

    private static void addReferences(ObjectNode json, List<SchemaReference> references) {
        if (references.isEmpty()) {
            return;
        }
        ArrayNode array = json.putArray("references");
        for (SchemaReference reference : references) {
            array.addObject()
                    .put("name", reference.name())
                    .put("subject", reference.subject())
                    .put("version", reference.version());
        }
    }

    static ArrayNode names(List<String> names) {
        ArrayNode array = Json.array();
        names.forEach(array::add);
        return array;
    }

    static ArrayNode numbers(List<Integer> numbers) {
        ArrayNode array = Json.array();
        numbers.forEach(array::add);
        return array;
    }
}
