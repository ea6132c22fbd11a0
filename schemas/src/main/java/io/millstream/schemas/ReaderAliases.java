package io.millstream.schemas;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.Schema;

/**
 * What a reader's aliases make of a writer's names. Avro's readers rename all of the writer's schema by all aliases of
 * their own first, whatever stands opposite each other, and compare names then; where two claim the same, the last one wins.
 */
final class ReaderAliases {

    private final Map<String, String> types = new HashMap<>();
    private final Map<String, Map<String, String>> fields = new HashMap<>();
    private final Set<Schema> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Runnable> steps = new ArrayDeque<>();
    private final Work work;

    private ReaderAliases(Work work) {
        this.work = work;
    }

    /** The aliases of {@code reader}; not all of them if the work ran out. */
    static ReaderAliases of(Schema reader, Work work) {
        ReaderAliases aliases = new ReaderAliases(work);
        aliases.steps.push(() -> aliases.enter(reader));
        while (!aliases.steps.isEmpty() && work.spend(1)) {
            aliases.steps.pop().run();
        }
        aliases.steps.clear();
        aliases.seen.clear();
        return aliases;
    }

    private void enter(Schema schema) {
        switch (schema.getType()) {
            case RECORD -> record(schema);
            case ENUM, FIXED -> named(schema);
            case ARRAY -> steps.push(() -> enter(schema.getElementType()));
            case MAP -> steps.push(() -> enter(schema.getValueType()));
            case UNION -> {
                List<Schema> branches = schema.getTypes();
                for (int i = branches.size() - 1; i >= 0; i--) {
                    Schema branch = branches.get(i);
                    steps.push(() -> enter(branch));
                }
            }
            case NULL, BOOLEAN, INT, LONG, FLOAT, DOUBLE, BYTES, STRING -> {}
        }
    }

    private void named(Schema schema) {
        for (String alias : schema.getAliases()) {
            work.spend(1);
            types.put(alias, schema.getFullName());
        }
    }

    private void record(Schema record) {
        named(record);
        if (!seen.add(record)) {
            return;
        }
        // Last of all, when the fields' types have been entered: the order in which Avro lets aliases overwrite others.
        steps.push(() -> {
            Map<String, String> own = fields.get(record.getFullName());
            if (own != null) {
                record.getAliases().forEach(alias -> fields.put(alias, own));
            }
        });
        List<Schema.Field> inOrder = record.getFields();
        for (int i = inOrder.size() - 1; i >= 0; i--) {
            Schema.Field field = inOrder.get(i);
            steps.push(() -> {
                for (String alias : field.aliases()) {
                    work.spend(1);
                    fields.computeIfAbsent(record.getFullName(), name -> new HashMap<>())
                            .put(alias, field.name());
                }
                enter(field.schema());
            });
        }
    }

    boolean isEmpty() {
        return types.isEmpty() && fields.isEmpty();
    }

    /** The full name that the writer's named type goes by. */
    String typeName(Schema writer) {
        return types.getOrDefault(writer.getFullName(), writer.getFullName());
    }

    /** The same, without the namespace. */
    String shortName(Schema writer) {
        String full = types.get(writer.getFullName());
        return full == null ? writer.getName() : full.substring(full.lastIndexOf('.') + 1);
    }

    /** Whether fields of this record of the writer's may have other names. */
    boolean renamesFieldsOf(Schema writer) {
        return fields.containsKey(typeName(writer));
    }

    /** The name that the field of the writer's record goes by. */
    String fieldName(Schema writer, String field) {
        return fields.getOrDefault(typeName(writer), Map.of()).getOrDefault(field, field);
    }

    /**
     * Finds what Avro's readers fail or err at while they rename, before they read anything: two fields of a record, or two
     * branches of a union, that would get the same name; or an alias for what another alias makes of a name, since some
     * readers rename twice.
     *
     * @return the record, enum, fixed or union of the writer's, or null if there is none
     */
    Schema collision(Schema writer) {
        if (isEmpty()) {
            return null;
        }
        Set<Schema> visited = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Schema> left = new ArrayDeque<>(List.of(writer));
        while (!left.isEmpty() && work.spend(1)) {
            Schema schema = left.pop();
            if (visited.add(schema)) {
                if (collides(schema)) {
                    return schema;
                }
                SchemaParts.of(schema).forEach(left::push);
            }
        }
        return null;
    }

    private boolean collides(Schema schema) {
        Set<String> names = new HashSet<>();
        return switch (schema.getType()) {
            case RECORD -> renamedTwice(schema) || (renamesFieldsOf(schema) && fieldsCollide(schema));
            case ENUM, FIXED -> renamedTwice(schema);
            case UNION -> !schema.getTypes().stream().allMatch(branch -> names.add(typeName(branch)));
            case ARRAY, MAP, NULL, BOOLEAN, INT, LONG, FLOAT, DOUBLE, BYTES, STRING -> false;
        };
    }

    private boolean fieldsCollide(Schema record) {
        Set<String> names = new HashSet<>();
        return !record.getFields().stream().allMatch(field -> {
            String name = fieldName(record, field.name());
            return names.add(name) && name.equals(fieldName(record, name));
        });
    }

    private boolean renamedTwice(Schema schema) {
        String name = typeName(schema);
        return !types.getOrDefault(name, name).equals(name);
    }
}
