package io.millstream.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What schemas consist of, counted in their JSON, where Avro's parser will see types, fields and branches; and how far that
 * one will have to walk. Names count without their namespaces here: some more walks are counted than there are.
 */
final class SchemaCount {

    private static final Set<String> PRIMITIVE =
            Set.of("null", "boolean", "int", "long", "float", "double", "bytes", "string", "array", "map");

    /** A named type, or what stands outside of all. */
    private static final class Type {
        private final List<Type> contains = new ArrayList<>();
        private final Set<Name> others = new HashSet<>();
        private int parts;
        private int visitedFor = -1;
    }

    /** A short name, and all types that it may be of. */
    private static final class Name {
        private final List<Type> types = new ArrayList<>();
        private int followedFor = -1;
    }

    private record Part(JsonNode json, Type owner) {}

    private final Deque<Part> left = new ArrayDeque<>();
    private final List<Type> types = new ArrayList<>();
    private final Map<String, Name> byName = new HashMap<>();
    private int fields;
    private int aliases;
    private int parts;

    /**
     * Adds a schema to the count.
     *
     * @throws SchemaException if there is more of something than {@link SchemaLimits} allows
     */
    void add(JsonNode schema) {
        left.push(new Part(schema, new Type()));
        while (!left.isEmpty()) {
            Part part = left.pop();
            part.owner.parts++;
            require(++parts, SchemaLimits.MAX_PARTS, "parts");
            if (part.json.isArray()) {
                require(part.json.size(), SchemaLimits.MAX_BRANCHES, "branches of a union");
                part.json.forEach(branch -> left.push(new Part(branch, part.owner)));
            } else if (part.json.isObject()) {
                object(part);
            } else if (!PRIMITIVE.contains(part.json.asText())) {
                part.owner.others.add(name(part.json));
            }
        }
    }

    private void object(Part part) {
        // As Avro's parser does, by the word alone: whatever else is there is a property of the author's.
        switch (part.json.path("type").asText()) {
            case "record", "error", "enum", "fixed" -> named(part);
            case "array" -> inner(part, "items");
            case "map" -> inner(part, "values");
            default -> inner(part, "type");
        }
    }

    private void inner(Part part, String name) {
        if (part.json.has(name)) {
            left.push(new Part(part.json.get(name), part.owner));
        }
    }

    private void named(Part part) {
        JsonNode json = part.json;
        Type type = new Type();
        part.owner.contains.add(type);
        types.add(type);
        name(json.path("name")).types.add(type);
        require(types.size(), SchemaLimits.MAX_TYPES, "named types");
        require(json.path("symbols").size(), SchemaLimits.MAX_SYMBOLS, "symbols of an enum");
        aliases(json);
        json.path("fields").forEach(field -> field(field, type));
    }

    private void field(JsonNode field, Type record) {
        require(++fields, SchemaLimits.MAX_FIELDS, "fields");
        aliases(field);
        left.push(new Part(field.path("type"), record));
    }

    private void aliases(JsonNode named) {
        aliases += named.path("aliases").size();
        require(aliases, SchemaLimits.MAX_ALIASES, "aliases");
    }

    /** Checks that all walks of Avro's parser, from each type to all that it leads to, are not too far together. */
    void checkWalks() {
        long steps = 0;
        Deque<Type> reached = new ArrayDeque<>();
        for (int i = 0; i < types.size(); i++) {
            reach(types.get(i), i, reached);
            while (!reached.isEmpty()) {
                Type type = reached.pop();
                steps += type.parts + type.contains.size() + type.others.size();
                SchemaLimits.require(
                        steps <= SchemaLimits.MAX_PARSER_STEPS,
                        "have types that lead to " + SchemaLimits.MAX_PARSER_STEPS + " parts, counted for each type",
                        "more");
                for (Type contained : type.contains) {
                    reach(contained, i, reached);
                }
                for (Name name : type.others) {
                    follow(name, i, reached);
                }
            }
        }
    }

    private static void reach(Type type, int from, Deque<Type> reached) {
        if (type.visitedFor != from) {
            type.visitedFor = from;
            reached.push(type);
        }
    }

    /** Once in a walk, or many types of one name that all speak of it would be tried over and over. */
    private static void follow(Name name, int from, Deque<Type> reached) {
        if (name.followedFor != from) {
            name.followedFor = from;
            name.types.forEach(named -> reach(named, from, reached));
        }
    }

    private Name name(JsonNode name) {
        String full = name.asText();
        return byName.computeIfAbsent(full.substring(full.lastIndexOf('.') + 1), absent -> new Name());
    }

    private static void require(int count, int most, String what) {
        SchemaLimits.require(count <= most, "have " + most + " " + what, "more");
    }
}
