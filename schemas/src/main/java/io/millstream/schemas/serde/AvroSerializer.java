package io.millstream.schemas.serde;

import io.millstream.schemas.SchemaException;
import io.millstream.schemas.SchemaException.Reason;
import io.millstream.schemas.SchemaRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;

/**
 * Writes Avro records, generic or of generated classes, in the wire format of the Confluent Schema Registry ({@link
 * Framing}). A schema is registered when its first record is written; the topic's values have the subject {@code
 * <topic>-value}, its keys {@code <topic>-key}.
 *
 * <p>Fits Kafka's {@code Serializer} as a lambda: {@code (topic, click) -> serializer.serialize(topic, click)}.
 *
 * <p>Safe for use by several threads. A new schema costs calls to the registry, which block; one seen before does not. Use
 * one {@link Schema} object for all records: each new one is looked up anew.
 */
public final class AvroSerializer {

    private static final int CACHED = 1000;
    private static final int TYPICAL_BYTES = 256;

    /** A schema under a subject. The schema by identity: to compare it would cost more than to write the record. */
    private record Use(String subject, Schema schema) {
        @Override
        @SuppressWarnings("ReferenceEquality") // See above.
        public boolean equals(Object other) {
            return other instanceof Use use && use.schema == schema && use.subject.equals(subject);
        }

        @Override
        public int hashCode() {
            return 31 * System.identityHashCode(schema) + subject.hashCode();
        }
    }

    private record Known(byte[] header, DatumWriter<Object> writer) {}

    private final SchemaRegistry registry;
    private final String suffix;
    private final Map<Use, Known> known = new ConcurrentHashMap<>();

    private AvroSerializer(SchemaRegistry registry, String suffix) {
        this.registry = registry;
        this.suffix = suffix;
    }

    /** For the values of records. */
    public static AvroSerializer forValues(SchemaRegistry registry) {
        return new AvroSerializer(registry, "-value");
    }

    /** For the keys of records. */
    public static AvroSerializer forKeys(SchemaRegistry registry) {
        return new AvroSerializer(registry, "-key");
    }

    /**
     * Encodes {@code record}.
     *
     * @param record may be null: a record without a value
     * @return null for null
     * @throws SchemaException if the record is not of its own schema, or that could not be registered
     */
    public byte[] serialize(String topic, IndexedRecord record) {
        if (record == null) {
            return null;
        }
        Known schema = known(topic + suffix, record);
        ByteArrayOutputStream out = new ByteArrayOutputStream(TYPICAL_BYTES);
        try {
            out.write(schema.header);
            BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
            schema.writer.write(record, encoder);
            encoder.flush();
            return out.toByteArray();
        } catch (IOException | RuntimeException e) {
            String message = "Topic " + topic + ": the record is not of its schema "
                    + record.getSchema().getFullName() + ": " + e.getMessage();
            throw new SchemaException(Reason.MISMATCH, message, e);
        }
    }

    private Known known(String subject, IndexedRecord record) {
        Use use = new Use(subject, record.getSchema());
        Known found = known.get(use);
        if (found != null) {
            return found;
        }
        int id = registry.register(subject, record.getSchema());
        Known created = new Known(Framing.header(id), writer(record));
        if (known.size() >= CACHED) {
            known.clear();
        }
        known.put(use, created);
        return created;
    }

    private static DatumWriter<Object> writer(IndexedRecord record) {
        return record instanceof SpecificRecord
                // A generated class says itself how its logical types are written.
                ? new SpecificDatumWriter<>(record.getSchema(), SpecificData.getForClass(record.getClass()))
                : new GenericDatumWriter<>(record.getSchema(), GenericData.get());
    }
}
