package io.millstream.schemas.serde;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;

/**
 * Reads JSON, as people write it, as generic values of a schema. As Avro's JSON encoding, but that the branch of a union
 * need not be named, a field with a default may be left out, and decimals, dates and times may be written as people do. Whatever
 * the schema has no place for is refused by name: nothing is dropped. Safe for use by several threads.
 */
public final class JsonReader {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            // So that a number is quoted as it was written.
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();
    private static final GenericData DATA = GenericModel.of(false);

    private final Schema schema;

    /** @param schema of all values */
    public JsonReader(Schema schema) {
        this.schema = schema;
    }

    /** Reads one value; fails with what is wrong, and in which field. */
    public Object read(String json) throws JsonMismatchException {
        try {
            JsonParser parser = new SignedZeros(JSON.createParser(json));
            return value(JSON.readValue(parser, JsonNode.class), schema, "");
        } catch (JsonProcessingException e) {
            String where = e.getLocation() == null
                    ? ""
                    : " at character " + e.getLocation().getColumnNr();
            throw new JsonMismatchException("not JSON" + where + ": " + OneLine.of(e.getOriginalMessage()));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a text in memory has no such trouble
        }
    }

    private Object value(JsonNode json, Schema type, String path) throws JsonMismatchException {
        return switch (type.getType()) {
            case UNION -> union(json, type, path);
            case RECORD -> record(json, type, path);
            case ARRAY -> array(json, type, path);
            case MAP -> map(json, type, path);
            default -> {
                Object simple = SimpleJson.read(json, type);
                if (simple == null && !(json.isNull() && type.getType() == Schema.Type.NULL)) {
                    throw wrong(path, "is " + quoted(json) + ", not " + described(type));
                }
                yield simple;
            }
        };
    }

    private Object record(JsonNode json, Schema type, String path) throws JsonMismatchException {
        if (!json.isObject()) {
            throw wrong(path, "is " + quoted(json) + ", not an object for the record " + type.getFullName());
        }
        for (Iterator<String> names = json.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (type.getField(name) == null) {
                throw wrong(join(path, name), "is no field of " + type.getFullName());
            }
        }
        GenericData.Record record = new GenericData.Record(type);
        for (Schema.Field field : type.getFields()) {
            JsonNode given = json.get(field.name());
            if (given != null) {
                record.put(field.pos(), value(given, field.schema(), join(path, field.name())));
            } else if (field.hasDefaultValue()) {
                record.put(field.pos(), DATA.getDefaultValue(field));
            } else {
                throw wrong(join(path, field.name()), "is missing and has no default");
            }
        }
        return record;
    }

    private Object array(JsonNode json, Schema type, String path) throws JsonMismatchException {
        if (!json.isArray()) {
            throw wrong(path, "is " + quoted(json) + ", not a list");
        }
        List<Object> values = new ArrayList<>(json.size());
        for (int i = 0; i < json.size(); i++) {
            values.add(value(json.get(i), type.getElementType(), path + "[" + i + "]"));
        }
        return new GenericData.Array<>(type, values);
    }

    private Object map(JsonNode json, Schema type, String path) throws JsonMismatchException {
        if (!json.isObject()) {
            throw wrong(path, "is " + quoted(json) + ", not an object for a map");
        }
        Map<String, Object> values = new HashMap<>();
        for (Map.Entry<String, JsonNode> each : json.properties()) {
            values.put(each.getKey(), value(each.getValue(), type.getValueType(), join(path, each.getKey())));
        }
        return values;
    }

    /** A branch by its name, as in Avro's JSON encoding, or else the first that the value fits: a map may have such a key. */
    private Object union(JsonNode json, Schema type, String path) throws JsonMismatchException {
        JsonMismatchException only = null;
        int tried = 0;
        JsonMismatchException ofNamed = null;
        if (json.isObject() && json.size() == 1) {
            Integer named = type.getIndexNamed(json.fieldNames().next());
            if (named != null) {
                try {
                    return value(json.elements().next(), type.getTypes().get(named), path);
                } catch (JsonMismatchException e) {
                    ofNamed = e;
                }
            }
        }
        for (Schema branch : type.getTypes()) {
            if (json.isNull() != (branch.getType() == Schema.Type.NULL)) {
                continue;
            }
            try {
                return value(json, branch, path);
            } catch (JsonMismatchException e) {
                only = e;
                tried++;
            }
        }
        if (ofNamed != null || tried == 1) {
            throw ofNamed != null ? ofNamed : only;
        }
        throw wrong(path, "is " + quoted(json) + ", which no branch of the union takes: " + described(type));
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private static JsonMismatchException wrong(String path, String what) {
        return new JsonMismatchException((path.isEmpty() ? "the value " : "field " + path + " ") + OneLine.of(what));
    }

    private static String quoted(JsonNode json) {
        String text = json.toString();
        return text.length() <= 40 ? text : text.substring(0, 40) + "...";
    }

    private static String described(Schema type) {
        return switch (type.getType()) {
            case ENUM -> "one of " + type.getEnumSymbols();
            case FIXED -> "text of " + type.getFixedSize() + " characters up to \\u00ff";
            case UNION ->
                type.getTypes().stream().map(Schema::getFullName).toList().toString();
            default ->
                type.getLogicalType() == null
                        ? type.getFullName()
                        : type.getLogicalType().getName() + " (" + type.getFullName() + ")";
        };
    }
}
