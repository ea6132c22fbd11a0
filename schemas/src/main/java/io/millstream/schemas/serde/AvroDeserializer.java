package io.millstream.schemas.serde;

import io.millstream.schemas.SchemaLookup;
import io.millstream.schemas.serde.UndecodableException.Reason;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DecoderFactory;

/**
 * Reads what {@link AvroSerializer}, or a serializer of the Confluent Schema Registry, wrote. Whatever the bytes are, work
 * and memory stay in proportion to their number. Records are generic; logical types stay what they are made of (a {@code
 * timestamp-millis} is a {@code Long}); no class is loaded by a name in a schema.
 *
 * <p>Safe for use by several threads.
 */
public final class AvroDeserializer {

    private static final int CACHED = 10_000;

    /** A model of our own: others may add conversions to the one that all share. */
    private static final GenericData DATA = new GenericData();

    private record Known(Schema writer, DatumReader<Object> reader) {}

    private final SchemaLookup schemas;
    private final Schema readerSchema;
    private final Map<Integer, Known> known = new ConcurrentHashMap<>();

    private AvroDeserializer(SchemaLookup schemas, Schema readerSchema) {
        this.schemas = schemas;
        this.readerSchema = readerSchema;
    }

    /** Gives each record the schema it was written with. */
    public static AvroDeserializer asWritten(SchemaLookup schemas) {
        return new AvroDeserializer(schemas, null);
    }

    /** Gives all records {@code schema}, by Avro's rules of schema resolution. */
    public static AvroDeserializer resolvedTo(Schema schema, SchemaLookup schemas) {
        return new AvroDeserializer(schemas, schema);
    }

    /**
     * Decodes a record's value or key.
     *
     * @param framed as it was in the record; null is {@linkplain Reason#NOT_AVRO not Avro}
     * @throws UndecodableException if the bytes are at fault
     * @throws io.millstream.schemas.SchemaException if the schema could not be looked up: not the bytes' fault
     */
    public GenericRecord deserialize(byte[] framed) throws UndecodableException {
        int id = Framing.schemaId(framed);
        Known schema = known(id);
        PayloadCheck.check(framed, Framing.HEADER_BYTES, schema.writer);
        Object value;
        try {
            int length = framed.length - Framing.HEADER_BYTES;
            value = schema.reader.read(
                    null, DecoderFactory.get().binaryDecoder(framed, Framing.HEADER_BYTES, length, null));
        } catch (IOException e) {
            throw new UndecodableException(Reason.CORRUPT, "Not a value of schema " + id + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            // The bytes have been checked, so the two schemas do not go together.
            throw incompatible(id, e);
        }
        if (value instanceof GenericRecord result) {
            return result;
        }
        String message =
                "Schema " + id + " is of type " + schema.writer.getType().getName() + ", not a record";
        throw new UndecodableException(Reason.INCOMPATIBLE, message, null);
    }

    private Known known(int id) throws UndecodableException {
        Known found = known.get(id);
        if (found != null) {
            return found;
        }
        Optional<Schema> writer = schemas.find(id);
        if (writer.isEmpty()) {
            throw new UndecodableException(Reason.UNKNOWN_ID, "No schema has the id " + id, null);
        }
        Known created = new Known(writer.get(), reader(id, writer.get()));
        if (known.size() >= CACHED) {
            known.clear();
        }
        known.put(id, created);
        return created;
    }

    private DatumReader<Object> reader(int id, Schema writer) throws UndecodableException {
        try {
            return DATA.getFastReaderBuilder()
                    // Some releases load the classes that a schema names unless told not to.
                    .withClassPropEnabled(false)
                    .withKeyClassEnabled(false)
                    .createDatumReader(writer, readerSchema == null ? writer : readerSchema);
        } catch (IOException | RuntimeException e) {
            throw incompatible(id, e);
        }
    }

    private static UndecodableException incompatible(int id, Exception cause) {
        String message = "Written with schema " + id + ", which cannot be read: " + cause.getMessage();
        return new UndecodableException(Reason.INCOMPATIBLE, message, cause);
    }
}
