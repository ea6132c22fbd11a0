package io.millstream.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Random schemas as their authors write them: all types, defaults, aliases, logical types, recursion. Names come from so few
 * that they often meet. Some are not legal; Avro's parser finds those.
 */
final class RandomSchemas {

    static final List<String> FIELDS = List.of("a", "b", "c", "d", "e", "f");
    static final List<String> PRIMITIVES =
            List.of("null", "boolean", "int", "long", "float", "double", "bytes", "string");

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final List<String> SYMBOLS = List.of("P", "Q", "S", "T", "U");

    private final Random random;
    private final Map<String, ObjectNode> defined = new LinkedHashMap<>();
    private final List<String> enclosing = new ArrayList<>();

    RandomSchemas(Random random) {
        this.random = random;
    }

    /** A record of up to three levels. */
    ObjectNode record() {
        defined.clear();
        enclosing.clear();
        return record(3);
    }

    /** A type that stands for itself, for one of {@code depth} levels. */
    JsonNode standalone(int depth) {
        defined.clear();
        enclosing.clear();
        return type(depth);
    }

    private ObjectNode record(int depth) {
        ObjectNode record = named("record");
        String name = record.get("name").textValue();
        enclosing.add(name);
        ArrayNode fields = record.putArray("fields");
        Set<String> names = new LinkedHashSet<>();
        for (int i = random.nextInt(4) + (depth == 3 ? 1 : 0); i > 0; i--) {
            String field = one(FIELDS);
            if (names.add(field)) {
                fields.add(field(field, depth - 1));
            }
        }
        enclosing.remove(name);
        return record;
    }

    ObjectNode field(String name, int depth) {
        ObjectNode field = JSON.objectNode();
        field.put("name", name);
        JsonNode type = type(depth);
        field.set("type", type);
        if (oneIn(3)) {
            JsonNode value = oneIn(12) ? odd() : value(type, 3);
            if (value != null) {
                field.set("default", value);
            }
        }
        if (oneIn(10)) {
            field.putArray("aliases").add(one(FIELDS));
        }
        return field;
    }

    private ObjectNode named(String kind) {
        ObjectNode type = JSON.objectNode();
        String name;
        do {
            name = name();
        } while (defined.containsKey(name));
        type.put("type", kind);
        type.put("name", name);
        if (oneIn(10)) {
            type.putArray("aliases").add(name());
        }
        defined.put(name, type);
        return type;
    }

    String name() {
        return one(List.of("x.", "x.", "y.")) + one(List.of("A", "B", "C", "D", "E", "F", "G"));
    }

    /** Random; never a union if {@code branch}. */
    JsonNode type(int depth) {
        return oneIn(4) && depth > 0 ? union(depth) : branch(depth);
    }

    private JsonNode branch(int depth) {
        return switch (random.nextInt(depth > 0 ? 14 : 9)) {
            case 0, 1, 2, 3 -> primitive();
            case 4 -> logical();
            case 5 -> defined.size() > 10 ? primitive() : fixed();
            case 6, 7 -> defined.size() > 10 ? primitive() : enumeration();
            case 8 -> reference();
            case 9 -> JSON.objectNode().put("type", "array").set("items", type(depth - 1));
            case 10 -> JSON.objectNode().put("type", "map").set("values", type(depth - 1));
            default -> defined.size() > 10 ? primitive() : record(depth - 1);
        };
    }

    JsonNode primitive() {
        return JSON.textNode(one(PRIMITIVES));
    }

    JsonNode logical() {
        return switch (random.nextInt(7)) {
            case 0 -> logical("int", "date");
            case 1 -> logical("int", "time-millis");
            case 2 -> logical("long", "timestamp-millis");
            case 3 -> logical("long", "timestamp-micros");
            case 4 -> logical("string", "uuid");
            default ->
                logical("bytes", "decimal")
                        .put("precision", 4 + random.nextInt(2))
                        .put("scale", random.nextInt(2));
        };
    }

    private static ObjectNode logical(String type, String logical) {
        return JSON.objectNode().put("type", type).put("logicalType", logical);
    }

    private ObjectNode fixed() {
        return named("fixed").put("size", random.nextInt(3));
    }

    private ObjectNode enumeration() {
        ObjectNode type = named("enum");
        ArrayNode symbols = type.putArray("symbols");
        SYMBOLS.stream().filter(symbol -> oneIn(2)).forEach(symbols::add);
        if (symbols.isEmpty()) {
            symbols.add("P");
        }
        if (oneIn(3)) {
            type.set("default", symbols.get(random.nextInt(symbols.size())));
        }
        return type;
    }

    /** To a type that was defined before; to one that it is part of only where there is a way out. */
    private JsonNode reference() {
        if (defined.isEmpty()) {
            return primitive();
        }
        String name = one(new ArrayList<>(defined.keySet()));
        if (!enclosing.contains(name)) {
            return JSON.textNode(name);
        }
        return oneIn(2)
                ? JSON.objectNode().put("type", "array").put("items", name)
                : JSON.objectNode().put("type", "map").put("values", name);
    }

    private ArrayNode union(int depth) {
        ArrayNode union = JSON.arrayNode();
        Set<String> kinds = new LinkedHashSet<>();
        if (oneIn(2)) {
            union.add("null");
            kinds.add("null");
        }
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            boolean recursive = oneIn(5) && !enclosing.isEmpty() && kinds.contains("null");
            JsonNode branch = recursive ? JSON.textNode(one(enclosing)) : branch(depth - 1);
            if (kinds.add(kind(branch))) {
                union.add(branch);
            }
        }
        return union;
    }

    /** What may be only once in a union. */
    static String kind(JsonNode type) {
        if (type.isTextual()) {
            return type.textValue();
        }
        return type.has("name")
                ? type.get("name").textValue()
                : type.path("type").asText("union");
    }

    /** A default of this type; null where that is too far to seek. */
    JsonNode value(JsonNode type, int depth) {
        if (type.isArray()) {
            return type.isEmpty() ? null : value(type.get(oneIn(3) ? random.nextInt(type.size()) : 0), depth);
        }
        ObjectNode definition = type.isObject() ? (ObjectNode) type : defined.get(type.textValue());
        String kind =
                definition == null ? type.textValue() : definition.get("type").asText();
        return switch (kind) {
            case "null" -> JSON.nullNode();
            case "boolean" -> JSON.booleanNode(oneIn(2));
            case "int", "long" -> JSON.numberNode(random.nextInt(100));
            case "float", "double" -> JSON.numberNode(random.nextInt(100) / 4.0);
            case "bytes", "string" -> JSON.textNode("t");
            case "fixed" ->
                JSON.textNode(
                        "xx".substring(0, Math.min(2, definition.get("size").asInt())));
            case "enum" -> definition.get("symbols").get(0);
            case "array" -> values(definition.get("items"), depth);
            case "map" -> {
                JsonNode value = depth > 0 && oneIn(2) ? value(definition.get("values"), depth - 1) : null;
                yield value == null ? JSON.objectNode() : JSON.objectNode().set("k", value);
            }
            case "record" -> depth > 0 ? recordValue(definition, depth - 1) : null;
            default -> null;
        };
    }

    private JsonNode values(JsonNode items, int depth) {
        JsonNode value = depth > 0 && oneIn(2) ? value(items, depth - 1) : null;
        ArrayNode values = JSON.arrayNode();
        return value == null ? values : values.add(value);
    }

    private JsonNode recordValue(ObjectNode definition, int depth) {
        ObjectNode value = JSON.objectNode();
        if (definition.get("fields") == null) {
            return null;
        }
        for (JsonNode field : definition.get("fields")) {
            if (!field.has("default") || oneIn(2)) {
                JsonNode part = value(field.get("type"), depth);
                if (part == null) {
                    return null;
                }
                value.set(field.get("name").textValue(), part);
            }
        }
        return value;
    }

    /** A default that hardly is of the type it is of. */
    JsonNode odd() {
        return switch (random.nextInt(6)) {
            case 0 -> JSON.nullNode();
            case 1 -> JSON.textNode("NOT");
            case 2 -> JSON.numberNode(7);
            case 3 -> JSON.objectNode();
            case 4 -> JSON.arrayNode();
            default -> JSON.booleanNode(true);
        };
    }

    boolean oneIn(int many) {
        return random.nextInt(many) == 0;
    }

    <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    /** Takes what a schema defines for defined here, so that more of it can be made. */
    void continueWith(JsonNode schema) {
        defined.clear();
        enclosing.clear();
        define(schema);
    }

    private void define(JsonNode node) {
        if (node instanceof ObjectNode object && isDefinition(object)) {
            defined.put(object.get("name").textValue(), object);
        }
        node.forEach(this::define);
    }

    /** Whether this is a record, enum or fixed, in full. */
    static boolean isDefinition(JsonNode node) {
        return node.has("symbols") || node.has("size") || node.has("fields");
    }

    static JsonNode text(String name) {
        return TextNode.valueOf(name);
    }
}
