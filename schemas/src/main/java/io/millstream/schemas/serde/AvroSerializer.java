package io.millstream.schemas.serde;

import io.millstream.schemas.Compatibility;
import io.millstream.schemas.CompatibilityLevel;
import io.millstream.schemas.RegisteredSchema;
import io.millstream.schemas.SchemaException;
import io.millstream.schemas.SchemaException.Reason;
import io.millstream.schemas.SchemaIds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificRecord;

/**
 * Writes Avro values in the wire format of the Confluent Schema Registry ({@link Framing}): generic records, objects of
 * generated classes, plain ones if {@link Reflection} is on, and strings, numbers and booleans, which keys often are.
 *
 * <p>For the native client: {@code producer.send(topic, keys.serialize(name, id), values.serialize(name, click))}. Fits
 * Kafka's {@code Serializer} as a lambda: {@code values::serialize}.
 *
 * <p>Safe for use by several threads. A new schema costs calls to the registry, which block; one seen before does not. Use
 * one {@link Schema} object for all records: each new one is looked up anew.
 */
public final class AvroSerializer {

    private static final int CACHED = 1000;
    private static final int TYPICAL_BYTES = 256;

    /**
     * A schema in a topic. The schema by identity: to compare it would cost more than to write the record.
     *
     * @param generated objects of generated classes are written otherwise than generic ones of the same schema
     */
    private record Use(String topic, Schema schema, boolean generated) {
        @Override
        @SuppressWarnings("ReferenceEquality") // See above.
        public boolean equals(Object other) {
            return other instanceof Use use
                    && use.schema == schema
                    && use.generated == generated
                    && use.topic.equals(topic);
        }

        @Override
        public int hashCode() {
            return 31 * System.identityHashCode(schema) + topic.hashCode();
        }
    }

    private record Known(byte[] header, DatumWriter<Object> writer) {}

    private final SchemaIds registry;
    private final SerializerSettings settings;
    private final ValueSchemas values;
    private final Map<Use, Known> known = new ConcurrentHashMap<>();

    private AvroSerializer(SchemaIds registry, SerializerSettings settings) {
        this.registry = registry;
        this.settings = settings;
        this.values = new ValueSchemas(settings);
    }

    /** With these settings. */
    public static AvroSerializer of(SchemaIds registry, SerializerSettings settings) {
        return new AvroSerializer(registry, settings);
    }

    /** For the values of records, with default settings. */
    public static AvroSerializer forValues(SchemaIds registry) {
        return of(registry, SerializerSettings.defaults(RecordPart.VALUE));
    }

    /** For the keys of records, with default settings. */
    public static AvroSerializer forKeys(SchemaIds registry) {
        return of(registry, SerializerSettings.defaults(RecordPart.KEY));
    }

    /**
     * Encodes {@code value}.
     *
     * @param value may be null: a record without a value
     * @return null for null
     * @throws SchemaException if the value has no schema or is not of it ({@link Reason#MISMATCH}), or the registry did not
     *     give or take a schema
     */
    public byte[] serialize(String topic, Object value) {
        if (value == null) {
            return null;
        }
        Schema schema = schemaOf(topic, value);
        Known how = known(topic, schema, value);
        ByteArrayOutputStream out = new ByteArrayOutputStream(TYPICAL_BYTES);
        try {
            out.write(how.header);
            BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
            how.writer.write(value, encoder);
            encoder.flush();
            return out.toByteArray();
        } catch (IOException | RuntimeException e) {
            throw mismatch(topic, "cannot be written by its schema " + schema.getFullName() + ": " + e.getMessage(), e);
        }
    }

    private Schema schemaOf(String topic, Object value) {
        Optional<Schema> found;
        try {
            found = values.of(value);
        } catch (RuntimeException e) { // Avro's, of a class whose fields it cannot make a schema of
            throw mismatch(topic, "is of " + value.getClass() + ", which has no schema: " + e.getMessage(), e);
        }
        return found.orElseThrow(() -> mismatch(
                topic,
                "is of " + value.getClass() + ", which says no schema; give a record, or turn reflection on",
                null));
    }

    private Known known(String topic, Schema schema, Object value) {
        Use use = new Use(topic, schema, value instanceof SpecificRecord);
        Known found = known.get(use);
        if (found != null) {
            return found;
        }
        Known created = find(topic, schema, value);
        if (known.size() >= CACHED) {
            known.clear();
        }
        known.put(use, created);
        return created;
    }

    private Known find(String topic, Schema schema, Object value) {
        String subject = settings.subjects().subject(topic, settings.part(), schema);
        DatumWriter<Object> own = values.writer(schema, value);
        return switch (settings.use()) {
            case REGISTER -> new Known(Framing.header(registry.register(subject, schema, settings.normalize())), own);
            case REGISTERED -> new Known(Framing.header(registered(subject, schema)), own);
            case NEWEST -> newest(topic, registry.newest(subject), schema, own);
        };
    }

    private int registered(String subject, Schema schema) {
        return registry.idOf(subject, schema, settings.normalize())
                .orElseThrow(() -> new SchemaException(
                        Reason.NOT_FOUND,
                        "Subject '" + subject + "' has no version that is the value's schema " + schema.getFullName()
                                + ": register it first, or let the serializer do so",
                        null));
    }

    private Known newest(String topic, RegisteredSchema newest, Schema own, DatumWriter<Object> writer) {
        byte[] header = Framing.header(newest.id());
        if (newest.schema().equals(own)) {
            return new Known(header, writer);
        }
        String where = "version " + newest.version() + " of subject '" + newest.subject() + "'";
        Losses.first(own, newest.schema()).ifPresent(loss -> {
            throw mismatch(
                    topic,
                    "has " + loss.what() + ", which " + where + " has no place for: register a version that has",
                    null);
        });
        // Also what Avro resolves though it means something else, such as a decimal of another scale.
        Compatibility.check(CompatibilityLevel.BACKWARD, newest.schema(), List.of(own)).stream()
                .findFirst()
                .ifPresent(reason -> {
                    String said = reason.message("the value's own schema");
                    throw mismatch(topic, "cannot be written by " + where + ": " + said, null);
                });
        try {
            return new Known(header, new Translation(writer, own, newest.schema(), where));
        } catch (IOException | RuntimeException e) {
            throw mismatch(topic, "cannot be written by " + where + ": " + e.getMessage(), e);
        }
    }

    private SchemaException mismatch(String topic, String what, Exception cause) {
        String line = "Topic " + topic + ": the " + settings.part().label() + " " + what;
        return new SchemaException(Reason.MISMATCH, OneLine.of(line), cause);
    }
}
