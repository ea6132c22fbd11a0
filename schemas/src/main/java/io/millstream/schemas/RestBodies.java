package io.millstream.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import io.millstream.schemas.SchemaException.Reason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a registry's REST API takes and answers. What is not as it should be is {@link Reason#UNAVAILABLE}. Pure. */
final class RestBodies {

    private static final String AVRO = "AVRO";

    private RestBodies() {}

    /** A definition as it is sent. */
    static Map<String, Object> body(SchemaDefinition definition) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("schema", definition.text());
        body.put("schemaType", AVRO);
        if (!definition.references().isEmpty()) {
            body.put("references", definition.references());
        }
        return body;
    }

    static SchemaDefinition definition(JsonNode answer) {
        String type = answer.path("schemaType").asText(AVRO);
        if (!type.equals(AVRO)) {
            throw unusable("a schema of type " + type + ", not " + AVRO);
        }
        List<SchemaReference> references = new ArrayList<>();
        for (JsonNode each : answer.path("references")) {
            references.add(new SchemaReference(text(each, "name"), text(each, "subject"), number(each, "version")));
        }
        return new SchemaDefinition(text(answer, "schema"), references);
    }

    static SubjectVersion version(JsonNode answer) {
        return new SubjectVersion(
                text(answer, "subject"),
                number(answer, "version"),
                number(answer, "id"),
                definition(answer),
                answer.path("deleted").asBoolean(false));
    }

    static int number(JsonNode answer, String field) {
        JsonNode value = answer.path(field);
        if (!value.isInt()) {
            throw unusable("no number '" + field + "'");
        }
        return value.intValue();
    }

    static String text(JsonNode answer, String field) {
        JsonNode value = answer.path(field);
        if (!value.isTextual()) {
            throw unusable("no text '" + field + "'");
        }
        return value.textValue();
    }

    static List<Integer> numbers(JsonNode answer) {
        List<Integer> numbers = new ArrayList<>();
        answer.forEach(each -> numbers.add(each.asInt()));
        return numbers;
    }

    static List<String> texts(JsonNode answer) {
        List<String> texts = new ArrayList<>();
        answer.forEach(each -> texts.add(each.asText()));
        return texts;
    }

    private static SchemaException unusable(String what) {
        return new SchemaException(Reason.UNAVAILABLE, "Schema registry: the answer has " + what, null);
    }
}
