package io.millstream.schemas;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.apache.avro.LogicalType;
import org.apache.avro.Schema;

/**
 * What is different in a later schema, in words: "added `referrer` (nullable string, default null)". One line for each
 * difference, in the order of the later schema's fields; parts that are spoken of in several places are compared where they
 * come first. Pure.
 */
public final class SchemaDiff {

    /** Most lines that are given; a last one says if there would be more. */
    static final int MAX_LINES = 1000;

    private static final int MAX_STEPS = 1_000_000;

    private record Visit(Schema earlier, Schema later, SchemaPath path) {}

    private final List<String> lines = new ArrayList<>();
    private final Set<SchemaPair> seen = new HashSet<>();
    private final Deque<Visit> stack = new ArrayDeque<>();
    private final List<Visit> parts = new ArrayList<>();
    private final Work work = new Work(MAX_STEPS);

    private SchemaDiff() {}

    /** The differences; empty if there is none that matters to a reader, a writer or a person. */
    public static List<String> between(Schema earlier, Schema later) {
        SchemaDiff diff = new SchemaDiff();
        diff.walk(earlier, later);
        return List.copyOf(diff.lines);
    }

    private void walk(Schema earlier, Schema later) {
        stack.push(new Visit(earlier, later, SchemaPath.ROOT));
        while (!stack.isEmpty()) {
            if (lines.size() >= MAX_LINES || !work.spend(1)) {
                lines.add("and more that is not listed");
                return;
            }
            Visit visit = stack.pop();
            if (seen.add(new SchemaPair(visit.later, visit.earlier))) {
                compare(visit);
                for (int i = parts.size() - 1; i >= 0; i--) {
                    stack.push(parts.get(i));
                }
                parts.clear();
            }
        }
    }

    private void compare(Visit visit) {
        if (visit.earlier.getType() == Schema.Type.UNION || visit.later.getType() == Schema.Type.UNION) {
            unions(visit);
        } else if (visit.earlier.getType() != visit.later.getType()) {
            boolean promoted = PairCheck.promotes(visit.earlier.getType(), visit.later.getType());
            lines.add((promoted ? "promoted " : "changed the type of ") + place(visit.path) + " from "
                    + SchemaPath.words(visit.earlier) + " to " + SchemaPath.words(visit.later));
        } else {
            sameType(visit);
        }
    }

    private void sameType(Visit visit) {
        switch (visit.later.getType()) {
            case RECORD -> {
                named(visit);
                fields(visit);
            }
            case ENUM -> {
                named(visit);
                symbols(visit);
            }
            case FIXED -> {
                named(visit);
                change("the size of " + place(visit.path), visit.earlier.getFixedSize(), visit.later.getFixedSize());
                logicalType(visit);
            }
            case ARRAY ->
                parts.add(
                        new Visit(visit.earlier.getElementType(), visit.later.getElementType(), visit.path.step("[]")));
            case MAP ->
                parts.add(new Visit(visit.earlier.getValueType(), visit.later.getValueType(), visit.path.step("{}")));
            case NULL, BOOLEAN, INT, LONG, FLOAT, DOUBLE, BYTES, STRING -> logicalType(visit);
            case UNION -> throw new AssertionError("unions are compared elsewhere");
        }
    }

    private void unions(Visit visit) {
        Map<String, Schema> earlier = branches(visit.earlier);
        Map<String, Schema> later = branches(visit.later);
        boolean wasNullable = earlier.remove("null") != null;
        boolean nullable = later.remove("null") != null;
        if (wasNullable != nullable) {
            lines.add("made " + place(visit.path) + (nullable ? " nullable" : " no longer nullable"));
        }
        if (earlier.size() == 1 && later.size() == 1) {
            parts.add(new Visit(only(earlier), only(later), visit.path.step("")));
            return;
        }
        later.forEach((name, branch) -> {
            if (!earlier.containsKey(name)) {
                lines.add("added " + SchemaPath.words(branch) + " to the types of " + place(visit.path));
            } else {
                SchemaPath path = visit.path.branch(branch, visit.later);
                parts.add(new Visit(earlier.get(name), branch, path));
            }
        });
        earlier.forEach((name, branch) -> {
            if (!later.containsKey(name)) {
                lines.add("removed " + SchemaPath.words(branch) + " from the types of " + place(visit.path));
            }
        });
    }

    private Map<String, Schema> branches(Schema schema) {
        Map<String, Schema> branches = new LinkedHashMap<>();
        if (schema.getType() != Schema.Type.UNION) {
            branches.put(schema.getFullName(), schema);
        } else {
            work.spend(schema.getTypes().size());
            schema.getTypes().forEach(branch -> branches.put(branch.getFullName(), branch));
        }
        return branches;
    }

    private static Schema only(Map<String, Schema> branches) {
        return branches.values().iterator().next();
    }

    private void named(Visit visit) {
        if (!visit.earlier.getFullName().equals(visit.later.getFullName())) {
            boolean alias = visit.later.getAliases().contains(visit.earlier.getFullName());
            lines.add("renamed " + SchemaPath.words(visit.earlier) + " to " + SchemaPath.cut(visit.later.getFullName())
                    + (alias ? " (the old name is an alias)" : ""));
        }
        doc(place(visit.path), visit.earlier.getDoc(), visit.later.getDoc());
        Set<String> added = new TreeSet<>(visit.later.getAliases());
        added.removeAll(visit.earlier.getAliases());
        added.remove(visit.earlier.getFullName());
        list("gave " + SchemaPath.words(visit.later) + " the alias ", "", added);
    }

    private void symbols(Visit visit) {
        Set<String> added = new TreeSet<>(visit.later.getEnumSymbols());
        Set<String> removed = new TreeSet<>(visit.earlier.getEnumSymbols());
        work.spend(added.size() + removed.size());
        added.removeAll(visit.earlier.getEnumSymbols());
        removed.removeAll(visit.later.getEnumSymbols());
        list("added ", " to the symbols of " + place(visit.path), added);
        list("removed ", " from the symbols of " + place(visit.path), removed);
        if (added.isEmpty()
                && removed.isEmpty()
                && !visit.earlier.getEnumSymbols().equals(visit.later.getEnumSymbols())) {
            lines.add("changed the order of the symbols of " + place(visit.path));
        }
        change(
                "the default symbol of " + place(visit.path),
                visit.earlier.getEnumDefault(),
                visit.later.getEnumDefault());
    }

    private void fields(Visit visit) {
        Set<String> matched = new HashSet<>();
        List<Integer> places = new ArrayList<>();
        for (Schema.Field field : visit.later.getFields()) {
            work.spend(1 + field.aliases().size());
            SchemaPath path = visit.path.field(field.name());
            Schema.Field former = former(field, visit);
            if (former == null) {
                lines.add("added " + place(path) + " (" + words(field) + ")");
                continue;
            }
            matched.add(former.name());
            places.add(former.pos());
            if (!former.name().equals(field.name())) {
                lines.add("renamed " + place(visit.path.field(former.name())) + " to `" + SchemaPath.cut(field.name())
                        + "` (the old name is an alias)");
            }
            field(former, field, path);
        }
        for (Schema.Field field : visit.earlier.getFields()) {
            if (!matched.contains(field.name())) {
                lines.add("removed " + place(visit.path.field(field.name())) + " (" + words(field) + ")");
            }
        }
        if (!places.equals(places.stream().sorted().toList())) {
            lines.add("changed the order of the fields of " + place(visit.path));
        }
    }

    /** What a field was before: of its name, else of one of its aliases that is no other field's name now. */
    private static Schema.Field former(Schema.Field field, Visit visit) {
        Schema.Field same = visit.earlier.getField(field.name());
        if (same != null) {
            return same;
        }
        return field.aliases().stream()
                .filter(alias -> visit.later.getField(alias) == null)
                .map(visit.earlier::getField)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private void field(Schema.Field earlier, Schema.Field later, SchemaPath path) {
        parts.add(new Visit(earlier.schema(), later.schema(), path));
        doc(place(path), earlier.doc(), later.doc());
        change("the default of " + place(path), defaultOf(earlier), defaultOf(later));
        Set<String> added = new TreeSet<>(later.aliases());
        added.removeAll(earlier.aliases());
        added.remove(earlier.name());
        list("gave " + place(path) + " the alias ", "", added);
    }

    private void logicalType(Visit visit) {
        change("the logical type of " + place(visit.path), logical(visit.earlier), logical(visit.later));
    }

    private static String logical(Schema schema) {
        LogicalType type = schema.getLogicalType();
        return type == null ? null : SchemaPath.logicalWords(type);
    }

    private void doc(String what, String earlier, String later) {
        if (!Objects.equals(earlier, later)) {
            lines.add((earlier == null ? "added" : later == null ? "removed" : "changed") + " the doc of " + what);
        }
    }

    private void change(String what, Object earlier, Object later) {
        if (Objects.equals(earlier, later)) {
            return;
        }
        if (earlier == null) {
            lines.add("added " + what + ": " + later);
        } else if (later == null) {
            lines.add("removed " + what + ": it was " + earlier);
        } else {
            lines.add("changed " + what + " from " + earlier + " to " + later);
        }
    }

    private void list(String before, String after, Set<String> names) {
        if (!names.isEmpty()) {
            lines.add(before + SchemaPath.some(List.copyOf(names)) + after);
        }
    }

    private static String words(Schema.Field field) {
        String value = defaultOf(field);
        return type(field.schema()) + (value == null ? ", no default" : ", default " + value);
    }

    private static String type(Schema schema) {
        if (schema.getType() == Schema.Type.UNION && schema.getTypes().size() == 2 && schema.isNullable()) {
            List<Schema> types = schema.getTypes();
            return "nullable " + SchemaPath.words(types.get(types.get(0).getType() == Schema.Type.NULL ? 1 : 0));
        }
        return SchemaPath.words(schema);
    }

    private static String defaultOf(Schema.Field field) {
        return field.hasDefaultValue() ? SchemaPath.cut(FieldDefault.of(field).toString()) : null;
    }

    private static String place(SchemaPath path) {
        String text = path.toString();
        return text.isEmpty() ? "the schema itself" : "`" + text + "`";
    }
}
