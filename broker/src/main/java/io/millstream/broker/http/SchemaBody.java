package io.millstream.broker.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millstream.schemas.SchemaDefinition;
import io.millstream.schemas.SchemaReference;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * A schema as a client sends it. Fields that nobody knows are passed over, as the original does; those that are known and
 * would change what the schema means (metadata, rules, tags) are refused, for nothing here would obey them.
 *
 * @param definition text and references
 * @param id empty unless the schema is to have a certain one
 * @param version empty unless it is to be a certain one
 */
record SchemaBody(SchemaDefinition definition, OptionalInt id, OptionalInt version) {

    private static final int INVALID_SCHEMA = 42201;
    private static final int INVALID_RULES = 42210;

    static SchemaBody read(byte[] body) {
        ObjectNode json = Json.read(body);
        String type = text(json, "schemaType");
        if (!type.isEmpty() && !type.equalsIgnoreCase("AVRO")) {
            throw invalid("Schemas here are AVRO; '" + type + "' is not served");
        }
        refuse(json, "ruleSet", INVALID_RULES);
        for (String field : List.of("metadata", "schemaTagsToAdd", "schemaTagsToRemove")) {
            refuse(json, field, INVALID_SCHEMA);
        }
        String text = text(json, "schema");
        if (text.isBlank()) {
            throw invalid("The schema is empty: give its text as the field 'schema'");
        }
        return new SchemaBody(
                new SchemaDefinition(text, references(json.path("references"))),
                positive(json, "id"),
                positive(json, "version"));
    }

    private static List<SchemaReference> references(JsonNode array) {
        if (array.isMissingNode() || array.isNull()) {
            return List.of();
        }
        if (!array.isArray()) {
            throw ApiException.malformed("The field 'references' must be a list");
        }
        List<SchemaReference> references = new ArrayList<>();
        for (JsonNode each : array) {
            if (!(each instanceof ObjectNode reference)) {
                throw ApiException.malformed("Each of the field 'references' must be an object");
            }
            references.add(new SchemaReference(
                    text(reference, "name"),
                    SubjectName.of(text(reference, "subject")),
                    number(reference, "version").orElse(0)));
        }
        return references;
    }

    /** Refuses a field that is known and not served, unless it says nothing. */
    static void refuse(ObjectNode json, String field, int code) {
        JsonNode value = json.path(field);
        boolean nothing = value.isMissingNode()
                || value.isNull()
                || value.equals(BooleanNode.FALSE)
                || (value.isContainerNode() && value.isEmpty())
                || (value.isTextual() && value.textValue().isEmpty());
        if (!nothing) {
            throw new ApiException(422, code, "The field '" + field + "' is not served: nothing here would obey it");
        }
    }

    private static ApiException invalid(String message) {
        return new ApiException(422, INVALID_SCHEMA, message);
    }

    /** Empty if it is not there. */
    static String text(ObjectNode json, String field) {
        JsonNode value = json.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return "";
        }
        if (!value.isTextual()) {
            throw ApiException.malformed("The field '" + field + "' must be a string");
        }
        return value.textValue();
    }

    private static OptionalInt number(ObjectNode json, String field) {
        JsonNode value = json.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return OptionalInt.empty();
        }
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw ApiException.malformed("The field '" + field + "' must be a whole number of 32 bits");
        }
        return OptionalInt.of(value.intValue());
    }

    /** Clients say 0 or -1 where they mean none. */
    private static OptionalInt positive(ObjectNode json, String field) {
        OptionalInt number = number(json, field);
        return number.isPresent() && number.getAsInt() > 0 ? number : OptionalInt.empty();
    }
}
