package io.millstream.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Changes schemas as people do, for better or worse: one thing or a few at once. */
final class RandomEvolution {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final Random random;
    private final RandomSchemas schemas;

    RandomEvolution(Random random, RandomSchemas schemas) {
        this.random = random;
        this.schemas = schemas;
    }

    /** {@code schema} with some changes; often one, and not always one that can be seen. */
    JsonNode evolve(JsonNode schema) {
        JsonNode evolved = schema.deepCopy();
        for (int i = schemas.oneIn(3) ? 1 + random.nextInt(3) : 1; i > 0; i--) {
            schemas.continueWith(evolved);
            change(evolved);
        }
        return evolved;
    }

    private void change(JsonNode schema) {
        switch (random.nextInt(14)) {
            case 0 -> addField(schema);
            case 1 -> removeField(schema);
            case 2 -> renameField(schema);
            case 3 -> shuffle(lists(schema, "fields"));
            case 4, 5 -> symbols(schema);
            case 6 -> size(schema);
            case 7, 8 -> rename(schema);
            case 9 -> alias(schema);
            case 10 -> changeDefault(schema);
            case 11 -> branches(schema);
            default -> changeType(schema);
        }
    }

    private void addField(JsonNode schema) {
        ArrayNode fields = pick(lists(schema, "fields"));
        if (fields != null) {
            fields.insert(random.nextInt(fields.size() + 1), schemas.field(schemas.one(RandomSchemas.FIELDS), 1));
        }
    }

    private void removeField(JsonNode schema) {
        ArrayNode fields = pick(lists(schema, "fields"));
        if (fields != null && !fields.isEmpty()) {
            fields.remove(random.nextInt(fields.size()));
        }
    }

    private void renameField(JsonNode schema) {
        ObjectNode field = pick(fields(schema));
        if (field != null) {
            String former = field.get("name").textValue();
            field.put("name", schemas.one(RandomSchemas.FIELDS));
            if (!schemas.oneIn(3)) {
                field.putArray("aliases").add(former);
            }
        }
    }

    private void symbols(JsonNode schema) {
        ObjectNode type = pick(objects(schema, "symbols"));
        if (type == null) {
            return;
        }
        ArrayNode symbols = (ArrayNode) type.get("symbols");
        switch (random.nextInt(4)) {
            case 0 -> symbols.insert(random.nextInt(symbols.size() + 1), schemas.one(List.of("P", "Q", "V", "W")));
            case 1 -> symbols.remove(random.nextInt(Math.max(1, symbols.size())));
            case 2 -> shuffle(List.of(symbols));
            default -> {
                if (type.remove("default") == null && !symbols.isEmpty()) {
                    type.set("default", symbols.get(random.nextInt(symbols.size())));
                }
            }
        }
    }

    private void size(JsonNode schema) {
        ObjectNode type = pick(objects(schema, "size"));
        if (type != null) {
            type.put("size", random.nextInt(4));
        }
    }

    /** A type, wherever it is spoken of. */
    private void rename(JsonNode schema) {
        ObjectNode type = pick(definitions(schema));
        if (type == null) {
            return;
        }
        String former = type.get("name").textValue();
        String name = schemas.oneIn(2) ? schemas.name() : (former.startsWith("x") ? "y" : "x") + former.substring(1);
        replace(schema, former, name);
        type.put("name", name);
        if (schemas.oneIn(2)) {
            type.putArray("aliases").add(former);
        }
    }

    private static void replace(JsonNode node, String former, String name) {
        if (node instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> entry : object.properties()) {
                if (entry.getValue().isTextual()
                        && entry.getValue().textValue().equals(former)
                        && List.of("type", "items", "values").contains(entry.getKey())) {
                    entry.setValue(RandomSchemas.text(name));
                }
                replace(entry.getValue(), former, name);
            }
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                if (array.get(i).isTextual() && array.get(i).textValue().equals(former)) {
                    array.set(i, RandomSchemas.text(name));
                }
                replace(array.get(i), former, name);
            }
        }
    }

    private void alias(JsonNode schema) {
        ObjectNode one = pick(objects(schema, "name"));
        if (one != null) {
            one.withArray("aliases")
                    .add(RandomSchemas.isDefinition(one) ? schemas.name() : schemas.one(RandomSchemas.FIELDS));
        }
    }

    private void changeDefault(JsonNode schema) {
        ObjectNode field = pick(fields(schema));
        if (field != null && (!field.has("default") || schemas.oneIn(2))) {
            JsonNode value = schemas.oneIn(4) ? schemas.odd() : schemas.value(field.get("type"), 3);
            if (value != null) {
                field.set("default", value);
            }
        } else if (field != null) {
            field.remove("default");
        }
    }

    private void branches(JsonNode schema) {
        List<ArrayNode> unions = new ArrayList<>();
        for (String key : List.of("type", "items", "values")) {
            unions.addAll(lists(schema, key));
        }
        ArrayNode union = pick(unions);
        if (union == null) {
            return;
        }
        switch (random.nextInt(4)) {
            case 0 -> union.insert(random.nextInt(union.size() + 1), schemas.type(0));
            case 1 -> union.remove(random.nextInt(Math.max(1, union.size())));
            case 2 -> shuffle(List.of(union));
            default -> {
                if (!union.isEmpty()) {
                    union.set(random.nextInt(union.size()), schemas.type(1));
                }
            }
        }
    }

    private void changeType(JsonNode schema) {
        String key = schemas.one(List.of("type", "type", "items", "values"));
        ObjectNode holder = pick(objects(schema, key).stream()
                .filter(it -> !key.equals("type") || (it.has("name") && !RandomSchemas.isDefinition(it)))
                .toList());
        if (holder == null) {
            return;
        }
        JsonNode type = holder.get(key);
        holder.set(
                key,
                switch (random.nextInt(5)) {
                    case 0 -> schemas.type(1);
                    case 1, 2 -> wider(type);
                    case 3 -> type.isArray() ? schemas.one(List.of(type, JSON.textNode("null"))) : optional(type);
                    default ->
                        type.isArray() && !type.isEmpty() ? type.get(random.nextInt(type.size())) : logical(type);
                });
    }

    private JsonNode wider(JsonNode type) {
        return switch (type.isTextual() ? type.textValue() : "") {
            case "int" -> RandomSchemas.text(schemas.one(List.of("long", "float", "double")));
            case "long" -> RandomSchemas.text(schemas.one(List.of("float", "double")));
            case "float" -> RandomSchemas.text("double");
            case "string" -> RandomSchemas.text("bytes");
            case "bytes" -> RandomSchemas.text("string");
            default -> type;
        };
    }

    private JsonNode logical(JsonNode type) {
        return type.has("logicalType") ? schemas.one(List.of(schemas.logical(), type.get("type"))) : schemas.logical();
    }

    private JsonNode optional(JsonNode type) {
        ArrayNode union = JSON.arrayNode();
        return schemas.oneIn(2) ? union.add("null").add(type) : union.add(type).add("null");
    }

    private static List<ArrayNode> lists(JsonNode schema, String key) {
        return objects(schema, key).stream()
                .map(it -> it.get(key))
                .filter(JsonNode::isArray)
                .map(ArrayNode.class::cast)
                .toList();
    }

    private static List<ObjectNode> fields(JsonNode schema) {
        List<ObjectNode> fields = new ArrayList<>();
        lists(schema, "fields").forEach(list -> list.forEach(field -> fields.add((ObjectNode) field)));
        return fields;
    }

    /** All objects, however deep, that have {@code key}. */
    private static List<ObjectNode> objects(JsonNode node, String key) {
        List<ObjectNode> found = new ArrayList<>();
        if (node instanceof ObjectNode object && object.has(key)) {
            found.add(object);
        }
        node.forEach(part -> found.addAll(objects(part, key)));
        return found;
    }

    private static List<ObjectNode> definitions(JsonNode schema) {
        return objects(schema, "name").stream()
                .filter(RandomSchemas::isDefinition)
                .toList();
    }

    private void shuffle(List<ArrayNode> lists) {
        ArrayNode list = pick(lists);
        if (list != null) {
            List<JsonNode> items = new ArrayList<>();
            list.forEach(items::add);
            Collections.shuffle(items, random);
            list.removeAll();
            list.addAll(items);
        }
    }

    private <T> T pick(List<T> of) {
        return of.isEmpty() ? null : of.get(random.nextInt(of.size()));
    }
}
