package io.millstream.examples.schemas;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millstream.broker.Broker;
import io.millstream.broker.config.BrokerConfig;
import io.millstream.client.Admin;
import io.millstream.client.ClientSettings;
import io.millstream.client.Cluster;
import io.millstream.client.Producer;
import io.millstream.client.ProducerSettings;
import io.millstream.client.RangeReader;
import io.millstream.client.ReadSettings;
import io.millstream.coordination.EmbeddedZooKeeper;
import io.millstream.core.TopicName;
import io.millstream.schemas.EventSchemas;
import io.millstream.schemas.SchemaClient;
import io.millstream.schemas.SchemaClientSettings;
import io.millstream.schemas.kafka.KafkaAvroDeserializer;
import io.millstream.schemas.kafka.KafkaAvroSerializer;
import io.millstream.schemas.serde.AvroDeserializer;
import io.millstream.schemas.serde.AvroSerializer;
import io.millstream.schemas.serde.JsonReader;
import io.millstream.schemas.serde.UndecodableException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kafka's own clients with the adapters, and the native one, against a broker and its registry: each reads the other's. */
@Timeout(120)
final class StockClientsTest {

    @TempDir
    static Path directory;

    private static EmbeddedZooKeeper zooKeeper;
    private static Broker broker;
    private static String registry;

    @BeforeAll
    static void start() throws IOException {
        zooKeeper = EmbeddedZooKeeper.start(directory.resolve("zookeeper"), 0);
        broker = Broker.start(BrokerConfig.of(Map.of(
                "broker.id", "1",
                "listeners", "PLAINTEXT://127.0.0.1:0",
                "http.port", "0",
                "zookeeper.connect", zooKeeper.connectString(),
                "log.dirs", directory.resolve("broker").toString())));
        registry = "http://127.0.0.1:" + broker.httpPort();
    }

    @AfterAll
    static void stop() {
        broker.close();
        zooKeeper.close();
    }

    private static GenericRecord audit(int version, String actor) throws Exception {
        return (GenericRecord) new JsonReader(EventSchemas.AUDIT.version(version))
                .read("{\"event_id\":\"e\",\"ts\":1,\"actor\":\"" + actor
                        + "\",\"action\":\"a\",\"took_ms\":3,\"details\":{}}");
    }

    private static Map<String, Object> config(Map<String, Object> more) {
        Map<String, Object> config = new HashMap<>(more);
        config.put("bootstrap.servers", broker.endpoint().toString());
        config.put("schema.registry.url", registry);
        return config;
    }

    private static KafkaProducer<Object, Object> producer() {
        return new KafkaProducer<>(config(Map.of(
                "key.serializer", KafkaAvroSerializer.class.getName(),
                "value.serializer", KafkaAvroSerializer.class.getName())));
    }

    private static KafkaConsumer<Object, Object> consumer(String topic) {
        KafkaConsumer<Object, Object> consumer = new KafkaConsumer<>(config(Map.of(
                "key.deserializer", KafkaAvroDeserializer.class.getName(),
                "value.deserializer", KafkaAvroDeserializer.class.getName())));
        TopicPartition partition = new TopicPartition(topic, 0);
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        return consumer;
    }

    private static List<ConsumerRecord<Object, Object>> read(String topic, int count) {
        List<ConsumerRecord<Object, Object>> records = new ArrayList<>();
        try (KafkaConsumer<Object, Object> consumer = consumer(topic)) {
            while (records.size() < count) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        }
        return records;
    }

    private static Cluster cluster() {
        return Cluster.bootstrap(
                List.of(io.millstream.core.BrokerEndpoint.parse(
                        broker.endpoint().toString())),
                ClientSettings.defaults("test"));
    }

    private static SchemaClient schemas() {
        return SchemaClient.of(SchemaClientSettings.parse(registry));
    }

    @Test
    void theNativeClientReadsWhatKafkasWroteAndTheReverse() throws Exception {
        // given
        TopicName topic = new TopicName("audit");
        io.millstream.core.TopicPartition partition = new io.millstream.core.TopicPartition(topic, 0);
        try (KafkaProducer<Object, Object> stock = producer();
                Cluster cluster = cluster()) {
            // when
            stock.send(new ProducerRecord<>("audit", 0, "k1", audit(2, "stock")))
                    .get();
            AvroSerializer values = AvroSerializer.forValues(schemas());
            AvroSerializer keys = AvroSerializer.forKeys(schemas());
            try (Producer own = new Producer(cluster, ProducerSettings.defaults())) {
                own.send(topic, keys.serialize("audit", "k2"), values.serialize("audit", audit(3, "native")))
                        .get(30, TimeUnit.SECONDS);
            }

            // then
            List<ConsumerRecord<Object, Object>> seen = read("audit", 2);
            assertThat(seen).extracting(each -> each.key().toString()).containsExactly("k1", "k2");
            assertThat(seen.get(1).value()).isEqualTo(audit(3, "native"));
            AvroDeserializer<GenericRecord> newest =
                    AvroDeserializer.resolvedTo(EventSchemas.AUDIT.newest(), schemas());
            long end = new Admin(cluster).endOffsets(List.of(partition)).get(partition);
            try (RangeReader reader = RangeReader.open(cluster, partition, 0, end, ReadSettings.defaults())) {
                assertThat(newest.value(partition, reader.next()).get("outcome"))
                        .as("of the older version, by the newer one")
                        .hasToString("UNKNOWN");
                assertThat(newest.value(partition, reader.next())).isEqualTo(audit(3, "native"));
            }
        }
    }

    @Test
    void poisonIsNamedByBothClients() throws Exception {
        // given
        TopicName topic = new TopicName("poison");
        io.millstream.core.TopicPartition partition = new io.millstream.core.TopicPartition(topic, 0);
        try (KafkaProducer<byte[], byte[]> plain =
                        new KafkaProducer<>(config(Map.of()), new ByteArraySerializer(), new ByteArraySerializer());
                Cluster cluster = cluster();
                KafkaConsumer<Object, Object> consumer = consumer("poison")) {
            plain.send(new ProducerRecord<>("poison", 0, null, "{\"a\":1}".getBytes(UTF_8)))
                    .get();

            // when
            RecordDeserializationException stock = catchThrowableOfType(RecordDeserializationException.class, () -> {
                while (true) {
                    assertThat(consumer.poll(Duration.ofMillis(200))).isEmpty();
                }
            });
            UndecodableException own;
            try (RangeReader reader = RangeReader.open(cluster, partition, 0, 1, ReadSettings.defaults())) {
                own = catchThrowableOfType(UndecodableException.class, () -> AvroDeserializer.asWritten(schemas())
                        .value(partition, reader.next()));
            }

            // then
            assertThat(stock).hasMessageContaining("partition poison-0").hasMessageContaining("offset 0");
            assertThat(stock).hasRootCauseInstanceOf(UndecodableException.class);
            assertThat(stock.getCause()).hasMessageContaining("it begins with 7b 22 61 22 3a 31 7d: JSON");
            assertThat(own).hasMessageStartingWith("Topic poison, partition 0, offset 0: the value cannot be decoded");
        }
    }
}
