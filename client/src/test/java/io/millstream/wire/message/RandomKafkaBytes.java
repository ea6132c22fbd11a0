package io.millstream.wire.message;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.RawTaggedField;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.Struct;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.protocol.types.Type;
import org.apache.kafka.common.record.internal.MemoryRecords;

/** Random messages made from Kafka's own schemas, which say what may be null. */
final class RandomKafkaBytes {

    /** Which tagged fields structures end in. */
    enum Tags {
        /** Those that are spoken here, now and then. */
        SPOKEN,
        /** Whatever there is, and what there is not. */
        MANY
    }

    /** The tagged fields that are spoken here. */
    private static final Set<String> SPOKEN = Set.of("diverging_epoch");

    private final RandomValues random;
    private final Tags tags;

    RandomKafkaBytes(RandomValues random, Tags tags) {
        this.random = random;
        this.tags = tags;
    }

    /** The body of one random message. */
    byte[] next(Schema schema) {
        Struct struct = struct(schema);
        ByteBuffer buffer = ByteBuffer.allocate(struct.sizeOf());
        struct.writeTo(buffer);
        return buffer.array();
    }

    private Struct struct(Schema schema) {
        Struct struct = new Struct(schema);
        for (BoundField field : schema.fields()) {
            struct.set(field, value(field.def.name, field.def.type));
        }
        return struct;
    }

    private Object value(String name, Type type) {
        if (type instanceof TaggedFields known) {
            return tagged(known);
        }
        if (type.isNullable() && random.oneIn(4)) {
            return null;
        }
        if (type instanceof Schema schema) {
            return struct(schema);
        }
        if (type.isArray()) {
            return array(name, type.arrayElementType().orElseThrow());
        }
        return primitive(name, type);
    }

    private NavigableMap<Integer, Object> tagged(TaggedFields known) {
        NavigableMap<Integer, Object> fields = new TreeMap<>();
        known.fields().forEach((tag, field) -> {
            if ((tags == Tags.MANY || SPOKEN.contains(field.name)) && random.bool()) {
                fields.put(tag, value(field.name, field.type));
            }
        });
        if (tags == Tags.SPOKEN) {
            return fields;
        }
        for (int i = random.count(); i > 0; i--) {
            int tag = 1_000 + random.upTo(1_000_000);
            fields.put(tag, new RawTaggedField(tag, random.bytes()));
        }
        return fields;
    }

    private Object[] array(String name, Type element) {
        List<Object> list = new ArrayList<>();
        for (int i = random.count(); i > 0; i--) {
            list.add(value(name, element));
        }
        return list.toArray();
    }

    private Object primitive(String name, Type type) {
        String kind = ((Type.DocumentedType) type).typeName();
        if (kind.endsWith("STRING")) {
            return random.string();
        }
        if (kind.endsWith("BYTES")) {
            return ByteBuffer.wrap(random.bytes());
        }
        if (kind.endsWith("RECORDS")) {
            return MemoryRecords.readableRecords(ByteBuffer.wrap(random.bytes()));
        }
        return switch (kind) {
            case "BOOLEAN" -> random.bool();
            case "INT8" -> name.equals("config_type") ? random.upTo(9).byteValue() : random.int8();
            case "INT16" -> name.equals("error_code") ? random.error().code() : random.int16();
            case "INT32" -> random.int32();
            case "INT64" -> random.int64();
            case "UUID" -> {
                UUID id = random.uuid();
                yield new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits());
            }
            default -> throw new AssertionError("No random value for " + kind);
        };
    }
}
