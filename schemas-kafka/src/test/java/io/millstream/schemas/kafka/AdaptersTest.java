package io.millstream.schemas.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The adapters as Kafka's clients use them. */
final class AdaptersTest {

    private static final Schema R = new Schema.Parser()
            .parse(
                    "{\"type\":\"record\",\"name\":\"R\",\"namespace\":\"n\",\"fields\":[{\"name\":\"a\",\"type\":\"long\"}]}");

    private RegistryServer registry;

    /** A class as an application has it. */
    public static final class Point {
        private long a;

        @Override
        public boolean equals(Object other) {
            return other instanceof Point point && point.a == a;
        }

        @Override
        public int hashCode() {
            return Objects.hash(a);
        }
    }

    @BeforeEach
    void aRegistry() throws IOException {
        registry = new RegistryServer();
    }

    @AfterEach
    void noMore() {
        registry.close();
    }

    private Map<String, Object> config(Object... more) {
        Map<String, Object> config = new HashMap<>();
        config.put("schema.registry.url", registry.url());
        for (int i = 0; i < more.length; i += 2) {
            config.put((String) more[i], more[i + 1]);
        }
        return config;
    }

    private Serializer<Object> serializer(Object... more) {
        KafkaAvroSerializer serializer = new KafkaAvroSerializer();
        serializer.configure(config(more), false);
        return serializer;
    }

    private Deserializer<Object> deserializer(Object... more) {
        KafkaAvroDeserializer deserializer = new KafkaAvroDeserializer();
        deserializer.configure(config(more), false);
        return deserializer;
    }

    private static GenericRecord r(long a) {
        GenericRecord record = new GenericData.Record(R);
        record.put("a", a);
        return record;
    }

    @Test
    void defaultsRegisterAndReadGenericRecords() {
        byte[] bytes = serializer().serialize("t", r(7));

        assertThat(bytes).containsExactly(0, 0, 0, 0, 1, 14);
        assertThat(deserializer().deserialize("t", bytes)).isEqualTo(r(7));
        assertThat(serializer().serialize("t", null)).isNull();
        assertThat(deserializer().deserialize("t", null)).isNull();
        assertThat(registry.asked()).containsExactly("POST /subjects/t-value/versions", "GET /schemas/ids/1");
    }

    @Test
    void keysHaveTheirOwnSubjectAndStrategy() {
        String others = "io.confluent.kafka.serializers.subject.";
        KafkaAvroSerializer keys = new KafkaAvroSerializer();
        keys.configure(
                config(
                        "key.subject.name.strategy",
                        others + "TopicRecordNameStrategy",
                        "value.subject.name.strategy",
                        others + "RecordNameStrategy",
                        "normalize.schemas",
                        "true"),
                true);

        keys.serialize("t", r(7));

        assertThat(registry.asked()).containsExactly("POST /subjects/t-n.R/versions?normalize=true");
    }

    @Test
    void withoutRegisteringTheSchemaMustBeThere() {
        Serializer<Object> strict = serializer("auto.register.schemas", false);

        assertThatThrownBy(() -> strict.serialize("t", r(7)))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("Subject 't-value' has no version");
        serializer().serialize("t", r(7));
        assertThat(strict.serialize("t", r(8))).startsWith(0, 0, 0, 0, 1);
    }

    @Test
    void theLatestVersionCountsOnceRegisteringIsOff() {
        serializer().serialize("t", r(7));
        registry.asked().clear();

        serializer("use.latest.version", "true").serialize("t", r(7));
        serializer("use.latest.version", "true", "auto.register.schemas", "false")
                .serialize("t", r(7));

        assertThat(registry.asked())
                .containsExactly("POST /subjects/t-value/versions", "GET /subjects/t-value/versions/latest");
    }

    @Test
    void plainClassesByReflection() {
        Point point = new Point();
        point.a = 5;
        byte[] bytes = serializer("schema.reflection", true).serialize("t", point);

        for (Object type : new Object[] {Point.class, Point.class.getName()}) {
            assertThat(deserializer("schema.reflection", true, "specific.avro.value.type", type)
                            .deserialize("t", bytes))
                    .isEqualTo(point);
        }
        assertThat(deserializer("avro.use.logical.type.converters", "true").deserialize("t", bytes))
                .isInstanceOf(GenericRecord.class);
    }

    @Test
    void whatIsWrongWithTheConfigurationIsNamedByItsKey() {
        assertThatThrownBy(() -> new KafkaAvroSerializer().configure(Map.of(), false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("schema.registry.url is missing");
        assertThatThrownBy(() -> serializer("schema.registry.url", "nowhere"))
                .hasMessageStartingWith("schema.registry.url: 'nowhere'");
        assertThatThrownBy(() -> serializer("auto.register.schemas", "yes"))
                .hasMessage("auto.register.schemas=yes is neither true nor false");
        assertThatThrownBy(() -> serializer("value.subject.name.strategy", "com.example.Mine"))
                .hasMessageStartingWith(
                        "value.subject.name.strategy: Unknown subject name strategy 'com.example.Mine'");
        assertThatThrownBy(() -> deserializer("specific.avro.reader", true))
                .hasMessageStartingWith("specific.avro.value.type is missing");
        assertThatThrownBy(() -> deserializer("specific.avro.reader", true, "specific.avro.value.type", "no.Such"))
                .hasMessage("specific.avro.value.type: there is no class no.Such");
        assertThatThrownBy(() -> deserializer("specific.avro.reader", true, "specific.avro.value.type", Point.class))
                .hasMessageEndingWith("Point is no class that Avro generated");
        assertThatThrownBy(() -> deserializer(
                        "schema.reflection", true, "specific.avro.value.type", "java.lang.Long,java.lang.Integer"))
                .hasMessageStartingWith("specific.avro.value.type names 2 classes");
        assertThatThrownBy(() -> serializer("basic.auth.credentials.source", "SASL_INHERIT"))
                .hasMessage("basic.auth.credentials.source=SASL_INHERIT is neither USER_INFO nor URL");
        for (String key : new String[] {"bearer.auth.token", "schema.registry.ssl.keystore.location"}) {
            assertThatThrownBy(() -> serializer(key, "x")).hasMessageStartingWith(key + " is not supported");
        }
    }

    @Test
    void poisonIsASerializationExceptionWithTheBytes() {
        byte[] json = "{\"a\":1}".getBytes(StandardCharsets.UTF_8);

        SerializationException refused = catchThrowableOfType(
                SerializationException.class, () -> deserializer().deserialize("t", json));

        assertThat(refused)
                .hasMessage("Topic t: the value cannot be decoded: First byte is 123, not 0: not an Avro record "
                        + "with a schema id; it begins with 7b 22 61 22 3a 31 7d: JSON, by the look of it");
    }

    @Test
    void kafkasProducerTakesItByName() {
        Map<String, Object> properties = config(
                "bootstrap.servers",
                "127.0.0.1:1",
                "key.serializer",
                "org.apache.kafka.common.serialization.StringSerializer",
                "value.serializer",
                KafkaAvroSerializer.class.getName());

        try (KafkaProducer<String, Object> producer = new KafkaProducer<>(properties)) {
            assertThat(producer.metrics()).isNotEmpty();
        }
    }
}
