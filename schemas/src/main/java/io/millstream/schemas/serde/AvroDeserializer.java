package io.millstream.schemas.serde;

import io.millstream.core.Clock;
import io.millstream.core.TopicPartition;
import io.millstream.record.Record;
import io.millstream.schemas.SchemaLookup;
import io.millstream.schemas.serde.UndecodableException.Reason;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DatumReader;
import org.apache.avro.specific.SpecificRecord;

/**
 * Reads what {@link AvroSerializer}, or a serializer of the Confluent Schema Registry, wrote. Whatever the bytes are, work
 * and memory stay in proportion to their number. No class is loaded by a name in a schema that came with the data: the
 * classes are those that the reader names here, and those that their fields are of.
 *
 * <p>Safe for use by several threads.
 *
 * @param <T> what values become
 */
public final class AvroDeserializer<T> {

    private static final int CACHED = 10_000;

    /**
     * What an id has turned out to be.
     *
     * @param reader empty if nothing is to be made of what was written with this schema
     * @param refusal why it cannot be read at all; null if it can
     */
    private record Known(Schema writer, Optional<DatumReader<Object>> reader, UndecodableException refusal) {}

    private final SchemaLookup schemas;
    private final ReaderModel model;
    private final Class<T> type;
    private final Map<Integer, Known> known = new ConcurrentHashMap<>();
    private final UnknownIds unknown = new UnknownIds(Clock.system());

    private AvroDeserializer(SchemaLookup schemas, ReaderModel model, Class<T> type) {
        this.schemas = schemas;
        this.model = model;
        this.type = type;
    }

    /**
     * Gives each record the schema it was written with. Logical types stay what they are made of: a {@code
     * timestamp-millis} is a {@code Long}.
     */
    public static AvroDeserializer<GenericRecord> asWritten(SchemaLookup schemas) {
        return new AvroDeserializer<>(schemas, ReaderModel.generic(null, false), GenericRecord.class);
    }

    /** Gives all records {@code schema}, by Avro's rules of schema resolution; otherwise as {@link #asWritten}. */
    public static AvroDeserializer<GenericRecord> resolvedTo(Schema schema, SchemaLookup schemas) {
        return new AvroDeserializer<>(schemas, ReaderModel.generic(schema, false), GenericRecord.class);
    }

    /**
     * Takes values of any type: records, and the strings, numbers and so on that keys often are.
     *
     * @param schema as in {@link #resolvedTo}; null for the one that each was written with
     * @param logicalTypes whether logical types become Java's types for them ({@code Instant}, {@code BigDecimal} and so on)
     */
    public static AvroDeserializer<Object> ofAny(Schema schema, boolean logicalTypes, SchemaLookup schemas) {
        return new AvroDeserializer<>(schemas, ReaderModel.generic(schema, logicalTypes), Object.class);
    }

    /** Makes objects of a class that Avro generated, resolved to the schema of that class. */
    public static <T extends SpecificRecord> AvroDeserializer<T> generated(Class<T> type, SchemaLookup schemas) {
        return new AvroDeserializer<>(schemas, ReaderModel.generated(type), type);
    }

    /**
     * For topics with several kinds of records: makes objects of that class, among those given, whose schema has the name of
     * the one a record was written with, or has it as an alias. Other records are {@link Reason#INCOMPATIBLE}.
     */
    public static AvroDeserializer<SpecificRecord> oneOf(
            List<Class<? extends SpecificRecord>> types, SchemaLookup schemas) {
        return new AvroDeserializer<>(schemas, ReaderModel.oneOf(List.copyOf(types)), SpecificRecord.class);
    }

    /**
     * Makes objects of a plain class, resolved to the schema that Avro derives from its fields.
     *
     * @param reflection not {@link Reflection#NONE}
     */
    public static <T> AvroDeserializer<T> plain(Class<T> type, Reflection reflection, SchemaLookup schemas) {
        return new AvroDeserializer<>(schemas, ReaderModel.plain(type, reflection), type);
    }

    /**
     * Decodes the value of a record that the native client read.
     *
     * @return null if it has none
     * @throws UndecodableException if the bytes are at fault; it names topic, partition and offset
     * @throws io.millstream.schemas.SchemaException if the schema could not be looked up: not the bytes' fault
     */
    public T value(TopicPartition from, Record record) throws UndecodableException {
        return part(from, record, RecordPart.VALUE, record.value());
    }

    /** Decodes the key of a record that the native client read, as {@link #value} does. */
    public T key(TopicPartition from, Record record) throws UndecodableException {
        return part(from, record, RecordPart.KEY, record.key());
    }

    private T part(TopicPartition from, Record record, RecordPart part, byte[] bytes) throws UndecodableException {
        try {
            return bytes == null ? null : deserialize(bytes);
        } catch (UndecodableException e) {
            throw e.at(
                    "Topic " + from.topic() + ", partition " + from.partition() + ", offset " + record.offset(),
                    part,
                    bytes);
        }
    }

    /**
     * Decodes a value or key of which only the topic is known.
     *
     * @param framed may be null
     * @return null for null
     * @throws UndecodableException if the bytes are at fault; it names the topic, the first bytes and a likely cause
     * @throws io.millstream.schemas.SchemaException if the schema could not be looked up: not the bytes' fault
     */
    public T deserialize(String topic, RecordPart part, byte[] framed) throws UndecodableException {
        try {
            return framed == null ? null : deserialize(framed);
        } catch (UndecodableException e) {
            throw e.at("Topic " + topic, part, framed);
        }
    }

    /**
     * Decodes a record's value or key.
     *
     * @param framed as it was in the record; null is {@linkplain Reason#NOT_AVRO not Avro}
     * @throws UndecodableException if the bytes are at fault
     * @throws io.millstream.schemas.SchemaException if the schema could not be looked up: not the bytes' fault
     */
    public T deserialize(byte[] framed) throws UndecodableException {
        int id = Framing.schemaId(framed);
        Known schema = known(id);
        if (schema.refusal != null) {
            throw schema.refusal;
        }
        PayloadCheck.check(framed, Framing.HEADER_BYTES, schema.writer);
        if (schema.reader.isEmpty()) {
            String message =
                    "Schema " + id + " is " + schema.writer.getFullName() + ", which this reader has no class for";
            throw new UndecodableException(Reason.INCOMPATIBLE, message, null);
        }
        Object value = read(id, framed, schema.reader.get());
        if (type.isInstance(value) || (value == null && type == Object.class)) {
            return type.cast(value);
        }
        String message =
                "Schema " + id + " is of type " + schema.writer.getType().getName() + ", not a record";
        throw new UndecodableException(Reason.INCOMPATIBLE, message, null);
    }

    private static Object read(int id, byte[] framed, DatumReader<Object> reader) throws UndecodableException {
        try {
            return PayloadDecoder.read(reader, framed, Framing.HEADER_BYTES);
        } catch (IOException e) {
            String message = OneLine.of("Not a value of schema " + id + ": " + e.getMessage());
            throw new UndecodableException(Reason.CORRUPT, message, e);
        } catch (RuntimeException e) {
            // The bytes have been checked, so the two schemas do not go together.
            throw incompatible(id, e);
        }
    }

    private Known known(int id) throws UndecodableException {
        Known found = known.get(id);
        if (found != null) {
            return found;
        }
        Known created = created(id, writer(id));
        if (known.size() >= CACHED) {
            known.clear();
        }
        known.put(id, created);
        return created;
    }

    private Schema writer(int id) throws UndecodableException {
        if (!unknown.contains(id)) {
            Optional<Schema> found = schemas.find(id);
            if (found.isPresent()) {
                return found.get();
            }
            unknown.add(id);
        }
        throw new UndecodableException(Reason.UNKNOWN_ID, "No schema has the id " + id, null);
    }

    private Known created(int id, Schema writer) {
        try {
            return new Known(writer, model.reader(writer), null);
        } catch (IOException | RuntimeException e) {
            return new Known(writer, Optional.empty(), incompatible(id, e));
        }
    }

    private static UndecodableException incompatible(int id, Exception cause) {
        String message = OneLine.of("Written with schema " + id + ", which cannot be read: " + cause.getMessage());
        return new UndecodableException(Reason.INCOMPATIBLE, message, cause);
    }
}
