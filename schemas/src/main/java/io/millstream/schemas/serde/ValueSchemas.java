package io.millstream.schemas.serde;

import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericContainer;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.reflect.ReflectData;
import org.apache.avro.reflect.ReflectDatumWriter;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;

/** What schema a value is of by itself, and how it is written. */
final class ValueSchemas {

    private static final Schema BOOLEAN = Schema.create(Schema.Type.BOOLEAN);
    private static final Schema INT = Schema.create(Schema.Type.INT);
    private static final Schema LONG = Schema.create(Schema.Type.LONG);
    private static final Schema FLOAT = Schema.create(Schema.Type.FLOAT);
    private static final Schema DOUBLE = Schema.create(Schema.Type.DOUBLE);
    private static final Schema STRING = Schema.create(Schema.Type.STRING);

    private final boolean logicalTypes;
    private final ReflectData reflect;

    ValueSchemas(SerializerSettings settings) {
        logicalTypes = settings.logicalTypes();
        reflect = settings.reflection() == Reflection.NONE
                ? null
                : settings.reflection().model();
    }

    /** The value's schema, the same object for all values that share it; empty if it has none. */
    Optional<Schema> of(Object value) {
        if (value instanceof GenericContainer container) {
            return Optional.of(container.getSchema());
        }
        Schema simple = simple(value);
        if (simple != null) {
            return Optional.of(simple);
        }
        return reflect == null ? Optional.empty() : Optional.of(reflect.getSchema(value.getClass()));
    }

    private static Schema simple(Object value) {
        if (value instanceof CharSequence) {
            return STRING;
        } else if (value instanceof Long) {
            return LONG;
        } else if (value instanceof Integer) {
            return INT;
        } else if (value instanceof Boolean) {
            return BOOLEAN;
        } else if (value instanceof Double) {
            return DOUBLE;
        } else if (value instanceof Float) {
            return FLOAT;
        }
        return null;
    }

    /** A writer for values like this one, by their own schema. */
    DatumWriter<Object> writer(Schema schema, Object value) {
        if (value instanceof SpecificRecord) {
            // A generated class says itself how its logical types are written.
            return new SpecificDatumWriter<>(schema, SpecificData.getForClass(value.getClass()));
        }
        if (value instanceof GenericContainer || simple(value) != null) {
            return new GenericDatumWriter<>(schema, GenericModel.of(logicalTypes));
        }
        return new ReflectDatumWriter<>(schema, new PinnedReflection(value.getClass(), schema, reflect));
    }
}
