package io.millstream.schemas.kafka;

import io.millstream.schemas.SchemaException;
import io.millstream.schemas.serde.AvroSerializer;
import java.util.Map;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serializer;

/**
 * {@link AvroSerializer} as a {@code key.serializer} or {@code value.serializer} of Kafka's producer. Takes the keys {@code
 * schema.registry.url} (one URL or several), {@code auto.register.schemas} (default true), {@code use.latest.version}, {@code
 * normalize.schemas}, {@code key.subject.name.strategy}, {@code value.subject.name.strategy}, {@code schema.reflection},
 * {@code avro.reflection.allow.null}, {@code avro.use.logical.type.converters}, {@code basic.auth.credentials.source} ({@code
 * USER_INFO}) and {@code basic.auth.user.info}.
 */
public final class KafkaAvroSerializer implements Serializer<Object> {

    private AvroSerializer serializer;

    /** For Kafka's client, which calls {@link #configure} next. */
    public KafkaAvroSerializer() {}

    /** @throws IllegalArgumentException if a key is missing or has an impossible value; it names the key */
    @Override
    public void configure(Map<String, ?> configs, boolean isKey) {
        AdapterConfig config = new AdapterConfig(configs, isKey);
        serializer = AvroSerializer.of(config.registry(), config.serializer());
    }

    /** @throws SerializationException if the value is not of its schema, or the registry did not give or take one */
    @Override
    public byte[] serialize(String topic, Object value) {
        try {
            return serializer.serialize(topic, value);
        } catch (SchemaException e) {
            throw new SerializationException(e.getMessage(), e);
        }
    }
}
