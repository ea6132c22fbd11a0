package io.millstream.schemas.kafka;

import io.millstream.schemas.SchemaException;
import io.millstream.schemas.SchemaLookup;
import io.millstream.schemas.serde.AvroDeserializer;
import io.millstream.schemas.serde.RecordPart;
import io.millstream.schemas.serde.Reflection;
import io.millstream.schemas.serde.UndecodableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * {@link AvroDeserializer} as a {@code key.deserializer} or {@code value.deserializer} of Kafka's consumer. Takes the keys
 * {@code schema.registry.url} (one URL or several), {@code specific.avro.reader}, {@code specific.avro.key.type} and {@code
 * specific.avro.value.type} (the class to read, or several), {@code schema.reflection}, {@code avro.reflection.allow.null},
 * {@code avro.use.logical.type.converters}, {@code basic.auth.credentials.source} ({@code USER_INFO}) and {@code
 * basic.auth.user.info}.
 *
 * <p>Generic records are what it makes if nothing else is said. A class is never loaded because a schema names it.
 */
public final class KafkaAvroDeserializer implements Deserializer<Object> {

    private AvroDeserializer<?> deserializer;
    private RecordPart part;

    /** For Kafka's client, which calls {@link #configure} next. */
    public KafkaAvroDeserializer() {}

    /** @throws IllegalArgumentException if a key is missing or has an impossible value; it names the key */
    @Override
    public void configure(Map<String, ?> configs, boolean isKey) {
        AdapterConfig config = new AdapterConfig(configs, isKey);
        part = config.part();
        deserializer = of(config);
    }

    private static AvroDeserializer<?> of(AdapterConfig config) {
        SchemaLookup schemas = config.registry();
        if (config.reflection() != Reflection.NONE) {
            return AvroDeserializer.plain(config.onlyType(), config.reflection(), schemas);
        }
        if (!config.generated()) {
            return AvroDeserializer.ofAny(null, config.logicalTypes(), schemas);
        }
        List<Class<? extends SpecificRecord>> types = new ArrayList<>();
        for (Class<?> type : config.types()) {
            if (!SpecificRecord.class.isAssignableFrom(type)) {
                throw new IllegalArgumentException("specific.avro."
                        + config.part().label() + ".type: " + type.getName() + " is no class that Avro generated");
            }
            types.add(type.asSubclass(SpecificRecord.class));
        }
        return types.size() == 1
                ? AvroDeserializer.generated(types.get(0), schemas)
                : AvroDeserializer.oneOf(types, schemas);
    }

    /**
     * Decodes one value. Kafka's consumer adds partition and offset to what is thrown.
     *
     * @throws SerializationException if the bytes are at fault, or the schema could not be looked up; the cause says which
     */
    @Override
    public Object deserialize(String topic, byte[] bytes) {
        try {
            return deserializer.deserialize(topic, part, bytes);
        } catch (UndecodableException | SchemaException e) {
            throw new SerializationException(e.getMessage(), e);
        }
    }
}
