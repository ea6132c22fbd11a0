package io.millstream.cli;

import io.millstream.core.TopicPartition;
import io.millstream.record.Record;
import io.millstream.schemas.SchemaException;
import io.millstream.schemas.serde.AvroDeserializer;
import io.millstream.schemas.serde.Framing;
import io.millstream.schemas.serde.JsonWriter;
import io.millstream.schemas.serde.RecordPart;
import io.millstream.schemas.serde.UndecodableException;
import java.util.Optional;

/** What is Avro with an id that the registry knows, as JSON; everything else stays as it is. */
final class ValueDecoder {

    private final RegistryOption registry;
    private Schemas schemas;

    /** Not made before the first value that may need it. */
    private record Schemas(io.millstream.schemas.SchemaClient client, AvroDeserializer<Object> deserializer) {}

    /** @param registry null if nothing is to be decoded */
    ValueDecoder(RegistryOption registry) {
        this.registry = registry;
    }

    Optional<String> value(TopicPartition from, Record record) {
        return decoded(from, record, RecordPart.VALUE, record.value());
    }

    Optional<String> key(TopicPartition from, Record record) {
        return decoded(from, record, RecordPart.KEY, record.key());
    }

    private Optional<String> decoded(TopicPartition from, Record record, RecordPart part, byte[] bytes) {
        if (registry == null || bytes == null || bytes.length < Framing.HEADER_BYTES || bytes[0] != Framing.MAGIC) {
            return Optional.empty();
        }
        try {
            Schemas known = schemas();
            Object decoded = part == RecordPart.KEY
                    ? known.deserializer.key(from, record)
                    : known.deserializer.value(from, record);
            // The client knows it by now, and does not ask again.
            return known.client.find(Framing.schemaId(bytes)).map(writer -> JsonWriter.write(decoded, writer));
        } catch (UndecodableException e) {
            if (e.reason() == UndecodableException.Reason.UNKNOWN_ID) {
                return Optional.empty();
            }
            throw new FailureException(e.getMessage(), "See it as it is with --raw, or begin behind it with -o", e);
        } catch (SchemaException e) {
            throw new FailureException(
                    "Partition " + from + ", offset " + record.offset() + " looks like Avro: " + e.getMessage(),
                    "Name the registry with --registry, or print records as they are with --raw",
                    e);
        }
    }

    private Schemas schemas() {
        if (schemas == null) {
            io.millstream.schemas.SchemaClient client = registry.client();
            schemas = new Schemas(client, AvroDeserializer.ofAny(null, false, client));
        }
        return schemas;
    }
}
