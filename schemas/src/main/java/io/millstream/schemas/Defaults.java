package io.millstream.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.apache.avro.Schema;

/**
 * Whether a field's default is one that Avro's readers make the value of that was meant. Avro's parser lets more pass: in a
 * union, a default of any branch; but a reader takes a list, map, enum or record that comes before that branch for it. For
 * an enum, any text.
 */
final class Defaults {

    /** How deep a default may lie in itself: records whose defaults are made of others' defaults. */
    private static final int MAX_DEPTH = 100;

    private final Work work;

    private Defaults(Work work) {
        this.work = work;
    }

    /** Whether a reader can fill in {@code field}, which has a default. False also if the work ran out. */
    static boolean usable(Schema.Field field, Work work) {
        return new Defaults(work).usable(field.schema(), FieldDefault.of(field), 0);
    }

    /** Whether each field of {@code reader}, wherever it is, that has a default has a usable one. */
    static boolean allUsable(Schema reader, Work work) {
        Set<Schema> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Schema> left = new ArrayDeque<>(List.of(reader));
        while (!left.isEmpty() && work.spend(1)) {
            Schema schema = left.pop();
            if (!seen.add(schema)) {
                continue;
            }
            SchemaParts.of(schema).forEach(left::push);
            if (schema.getType() == Schema.Type.RECORD
                    && schema.getFields().stream().anyMatch(field -> field.hasDefaultValue() && !usable(field, work))) {
                return false;
            }
        }
        return true;
    }

    private boolean usable(Schema schema, JsonNode value, int depth) {
        if (value == null || depth > MAX_DEPTH || !work.spend(1)) {
            return false;
        }
        return switch (schema.getType()) {
            case NULL -> value.isNull();
            case BOOLEAN -> value.isBoolean();
            case INT -> value.isIntegralNumber() && value.canConvertToInt() && LogicalTypeRules.isOne(schema, value);
            case LONG -> value.isIntegralNumber() && value.canConvertToLong() && LogicalTypeRules.isOne(schema, value);
            case FLOAT, DOUBLE -> value.isNumber();
            case STRING, BYTES, FIXED -> value.isTextual() && LogicalTypeRules.isOne(schema, value);
            case ENUM -> value.isTextual() && schema.hasEnumSymbol(value.textValue());
            case ARRAY -> value.isArray() && allUsable(schema.getElementType(), value, depth);
            case MAP -> value.isObject() && allUsable(schema.getValueType(), value, depth);
            case RECORD -> value.isObject() && recordUsable(schema, value, depth);
            case UNION -> {
                Schema taken = branch(schema, value);
                yield taken != null && usable(taken, value, depth + 1);
            }
        };
    }

    private boolean allUsable(Schema items, JsonNode values, int depth) {
        for (JsonNode value : values) {
            if (!usable(items, value, depth + 1)) {
                return false;
            }
        }
        return true;
    }

    private boolean recordUsable(Schema record, JsonNode value, int depth) {
        for (Schema.Field field : record.getFields()) {
            JsonNode own = value.get(field.name());
            if (!usable(field.schema(), own != null ? own : FieldDefault.of(field), depth + 1)) {
                return false;
            }
        }
        return true;
    }

    /** The branch that a reader takes the default to be of. */
    private Schema branch(Schema union, JsonNode value) {
        for (Schema branch : union.getTypes()) {
            work.spend(1);
            boolean taken =
                    switch (branch.getType()) {
                        case RECORD, ENUM, ARRAY, MAP, UNION -> true;
                        case FIXED, STRING, BYTES -> value.isTextual();
                        case INT, LONG, FLOAT, DOUBLE -> value.isNumber();
                        case BOOLEAN -> value.isBoolean();
                        case NULL -> value.isNull();
                    };
            if (taken) {
                return branch;
            }
        }
        return null;
    }
}
