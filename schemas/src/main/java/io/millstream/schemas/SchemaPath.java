package io.millstream.schemas;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;

/**
 * The way from a schema to a part of it. Becomes text only where there is something to say, and then a bounded one: names
 * are others'.
 */
final class SchemaPath {

    /** @param path like {@link Incompatibility#path} */
    record Found(String path, Clash clash, String reader, String writer) {}

    static final SchemaPath ROOT = new SchemaPath(null, "", 0);

    private static final int MAX_LENGTH = 400;
    private static final int MAX_NAME = 100;
    private static final int SOME = 8;

    private final SchemaPath parent;
    private final String step;
    private final int depth;

    private SchemaPath(SchemaPath parent, String step, int depth) {
        this.parent = parent;
        this.step = step;
        this.depth = depth;
    }

    SchemaPath step(String way) {
        return new SchemaPath(this, way, depth + 1);
    }

    SchemaPath field(String name) {
        return step(parent == null ? cut(name) : "." + cut(name));
    }

    /** Branches are named where a union has several besides null. */
    SchemaPath branch(Schema branch, Schema union) {
        long several = union.getTypes().stream()
                .filter(it -> it.getType() != Schema.Type.NULL)
                .limit(2)
                .count();
        return step(several < 2 ? "" : "<" + cut(branch.getFullName()) + ">");
    }

    /** How many steps it is from the schema. */
    int depth() {
        return depth;
    }

    Found found(Clash clash, String reader, String writer) {
        return new Found(toString(), clash, reader, writer);
    }

    @Override
    public String toString() {
        Deque<String> steps = new ArrayDeque<>();
        int length = 0;
        for (SchemaPath at = this; at != null; at = at.parent) {
            if (length + at.step.length() > MAX_LENGTH) {
                steps.push("...");
                break;
            }
            length += at.step.length();
            steps.push(at.step);
        }
        String path = String.join("", steps);
        return path.startsWith(".") && !path.startsWith("...") ? path.substring(1) : path;
    }

    /** A schema in a few words. */
    static String words(Schema schema) {
        return switch (schema.getType()) {
            case RECORD, ENUM, FIXED -> schema.getType().getName() + " " + cut(schema.getFullName()) + logical(schema);
            case ARRAY -> "an array";
            case MAP -> "a map";
            case UNION ->
                "a union of "
                        + some(
                                schema.getTypes().stream()
                                        .limit(SOME + 1L)
                                        .map(Schema::getFullName)
                                        .toList(),
                                schema.getTypes().size());
            case NULL, BOOLEAN, INT, LONG, FLOAT, DOUBLE, BYTES, STRING ->
                schema.getType().getName() + logical(schema);
        };
    }

    private static String logical(Schema schema) {
        return schema.getLogicalType() == null ? "" : " (" + logicalWords(schema.getLogicalType()) + ")";
    }

    /** A logical type with what it says of the values. */
    static String logicalWords(LogicalType type) {
        return type instanceof LogicalTypes.Decimal decimal
                ? "decimal of " + decimal.getPrecision() + " digits, " + decimal.getScale() + " behind the point"
                : cut(type.getName());
    }

    /** The first few of these names. */
    static String some(List<String> names) {
        return some(names, names.size());
    }

    private static String some(List<String> names, int all) {
        String first = names.stream().limit(SOME).map(SchemaPath::cut).collect(Collectors.joining(", "));
        return all > SOME ? first + " and " + (all - SOME) + " more" : first;
    }

    /** A name, or its beginning, in one line: not only parsers make schemas. */
    static String cut(String name) {
        String first = name.length() > MAX_NAME ? name.substring(0, MAX_NAME) + "..." : name;
        return first.replaceAll("\\p{Cntrl}", "?");
    }
}
