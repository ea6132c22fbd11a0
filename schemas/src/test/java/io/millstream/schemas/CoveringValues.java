package io.millstream.schemas;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;

/**
 * Values of a schema, one after the other such that each branch of each union and each symbol gets its turn wherever it
 * stands, and lists and maps are not empty unless they lead too deep.
 */
final class CoveringValues {

    /** What no value can be of, however deep. */
    private static final int NEVER = 1000;

    private static final int MAX_DEPTH = 6;

    private final Random random;
    private final IdentityHashMap<Schema, Integer> turns = new IdentityHashMap<>();
    private final IdentityHashMap<Schema, Integer> depths = new IdentityHashMap<>();

    CoveringValues(Schema schema, Random random) {
        this.random = random;
        boolean changed = true;
        while (changed) {
            changed = measure(schema, new IdentityHashMap<>());
        }
    }

    /** Whether there is any value at all. */
    boolean isInhabited(Schema schema) {
        return depth(schema) < NEVER;
    }

    /** Finds how deep the flattest value of each part is: until nothing gets flatter. */
    private boolean measure(Schema schema, IdentityHashMap<Schema, Boolean> seen) {
        if (seen.put(schema, true) != null) {
            return false;
        }
        boolean changed = false;
        for (Schema part : SchemaParts.of(schema)) {
            changed |= measure(part, seen);
        }
        int depth =
                switch (schema.getType()) {
                    case RECORD ->
                        1
                                + schema.getFields().stream()
                                        .mapToInt(it -> depth(it.schema()))
                                        .max()
                                        .orElse(0);
                    case UNION ->
                        schema.getTypes().stream().mapToInt(this::depth).min().orElse(NEVER);
                    case ENUM -> schema.getEnumSymbols().isEmpty() ? NEVER : 0;
                    case ARRAY, MAP, FIXED, NULL, BOOLEAN, INT, LONG, FLOAT, DOUBLE, BYTES, STRING -> 0;
                };
        if (depth < depth(schema)) {
            depths.put(schema, depth);
            return true;
        }
        return changed;
    }

    private int depth(Schema schema) {
        return depths.getOrDefault(schema, NEVER);
    }

    Object next(Schema schema) {
        return value(schema, MAX_DEPTH);
    }

    private Object value(Schema schema, int depth) {
        return switch (schema.getType()) {
            case NULL -> null;
            case BOOLEAN -> random.nextBoolean();
            case INT -> random.nextInt();
            case LONG -> random.nextLong();
            case FLOAT -> random.nextFloat();
            case DOUBLE -> random.nextDouble();
            case BYTES -> ByteBuffer.wrap(new byte[] {1, 2});
            case STRING -> "s";
            case FIXED -> new GenericData.Fixed(schema, new byte[schema.getFixedSize()]);
            case ENUM -> new GenericData.EnumSymbol(schema, turn(schema, schema.getEnumSymbols()));
            case UNION -> branch(schema, depth);
            case ARRAY -> {
                List<Object> list = new ArrayList<>();
                if (!skips(schema.getElementType(), depth)) {
                    list.add(value(schema.getElementType(), depth - 1));
                }
                yield list;
            }
            case MAP -> {
                Map<String, Object> map = new HashMap<>();
                if (!skips(schema.getValueType(), depth)) {
                    map.put("k", value(schema.getValueType(), depth - 1));
                }
                yield map;
            }
            case RECORD -> {
                GenericData.Record record = new GenericData.Record(schema);
                schema.getFields().forEach(field -> record.put(field.pos(), value(field.schema(), depth - 1)));
                yield record;
            }
        };
    }

    private boolean skips(Schema items, int depth) {
        return depth <= 0 || depth(items) >= NEVER;
    }

    private Object branch(Schema union, int depth) {
        List<Schema> possible = union.getTypes().stream()
                .filter(it -> depth(it) < NEVER)
                .filter(it -> depth > 0 || depth(it) == depth(union))
                .toList();
        return value(turn(union, possible), depth);
    }

    private <T> T turn(Schema of, List<T> from) {
        // Turns alone can keep in step with each other such that some never comes with another.
        int turn = random.nextBoolean() ? turns.merge(of, 1, Integer::sum) : random.nextInt(from.size());
        return from.get(turn % from.size());
    }
}
