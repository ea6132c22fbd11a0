package io.millstream.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.IdentityHashMap;
import java.util.List;
import org.apache.avro.Schema;

/**
 * How many values fields' defaults stand for: a record's default leaves out what has a default itself, which can leave out
 * more. Readers make all of it, for each record again; so does Avro's parser, to validate it. Here each default, and each
 * value in one as each type that it could be of, is looked at once, and the looks are counted.
 */
final class DefaultSizes {

    /** Of a default that is none of the field's type. */
    static final long NOT_OF_THE_TYPE = -1;

    /** Of a default that is part of itself. */
    private static final long ENDLESS = Integer.MAX_VALUE;

    /** How often a value is looked at as one of a type, in all defaults of a schema: they take a tenth of a second. */
    static final long MAX_STEPS = 1_000_000;

    private final IdentityHashMap<Schema.Field, Long> sizes = new IdentityHashMap<>();
    private final IdentityHashMap<Schema, IdentityHashMap<JsonNode, Long>> inside = new IdentityHashMap<>();
    private final Work work = new Work(MAX_STEPS);

    /** How many values the default of {@code field} stands for, or {@link #NOT_OF_THE_TYPE}. Throws if that takes too long. */
    long of(Schema.Field field) {
        Long known = sizes.putIfAbsent(field, ENDLESS);
        if (known != null) {
            return known;
        }
        long size = size(field.schema(), FieldDefault.of(field));
        sizes.put(field, size);
        return size;
    }

    private long size(Schema schema, JsonNode value) {
        SchemaLimits.require(work.spend(1), "have defaults that are checked in " + MAX_STEPS + " steps", "others");
        if (!value.isContainerNode()) {
            return fresh(schema, value);
        }
        IdentityHashMap<JsonNode, Long> known = inside.computeIfAbsent(schema, absent -> new IdentityHashMap<>(4));
        Long size = known.get(value);
        if (size == null) {
            size = fresh(schema, value);
            known.put(value, size);
        }
        return size;
    }

    private long fresh(Schema schema, JsonNode value) {
        return switch (schema.getType()) {
            case NULL -> one(value.isNull());
            case BOOLEAN -> one(value.isBoolean());
            case INT -> one(value.isIntegralNumber() && value.canConvertToInt());
            case LONG -> one(value.isIntegralNumber() && value.canConvertToLong());
            case FLOAT, DOUBLE -> one(value.isNumber());
            case STRING, BYTES, FIXED, ENUM -> one(value.isTextual());
            case ARRAY -> value.isArray() ? all(schema.getElementType(), value) : NOT_OF_THE_TYPE;
            case MAP -> value.isObject() ? all(schema.getValueType(), value) : NOT_OF_THE_TYPE;
            case RECORD -> value.isObject() ? record(schema, value) : NOT_OF_THE_TYPE;
            case UNION -> largest(schema.getTypes(), value);
        };
    }

    /** Of the branches that the default could be of. */
    private long largest(List<Schema> branches, JsonNode value) {
        long largest = NOT_OF_THE_TYPE;
        for (Schema branch : branches) {
            largest = Math.max(largest, size(branch, value));
            if (largest > SchemaLimits.MAX_DEFAULT_VALUES) {
                return largest; // too many, whatever the others are
            }
        }
        return largest;
    }

    private static long one(boolean fits) {
        return fits ? 1 : NOT_OF_THE_TYPE;
    }

    private long all(Schema items, JsonNode values) {
        long all = 1;
        for (JsonNode value : values) {
            all = sum(all, size(items, value));
        }
        return all;
    }

    private long record(Schema record, JsonNode value) {
        long all = 1;
        for (Schema.Field field : record.getFields()) {
            JsonNode own = value.get(field.name());
            if (own == null && !field.hasDefaultValue()) {
                return NOT_OF_THE_TYPE;
            }
            all = sum(all, own == null ? of(field) : size(field.schema(), own));
        }
        return all;
    }

    private static long sum(long one, long other) {
        return one < 0 || other < 0 ? NOT_OF_THE_TYPE : Math.min(one + other, ENDLESS);
    }
}
