package io.millstream.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millstream.broker.Broker;
import io.millstream.broker.config.BrokerConfig;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.EmbeddedZooKeeper;
import io.millstream.coordination.ZooKeeperCoordination;
import io.millstream.core.Clock;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.record.Codec;
import io.millstream.record.Header;
import io.millstream.record.Record;
import io.millstream.wire.ApiKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** This client against a real broker, and beside Kafka's own. */
@Timeout(120)
final class NativeClientTest {

    /** What the native client asks of a broker. */
    private static final Set<ApiKey> ASKED = EnumSet.of(
            ApiKey.API_VERSIONS,
            ApiKey.METADATA,
            ApiKey.PRODUCE,
            ApiKey.FETCH,
            ApiKey.LIST_OFFSETS,
            ApiKey.INIT_PRODUCER_ID,
            ApiKey.CREATE_TOPICS,
            ApiKey.DELETE_TOPICS,
            ApiKey.DELETE_RECORDS,
            ApiKey.DESCRIBE_CONFIGS,
            ApiKey.DESCRIBE_RANGES);

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int PARTITIONS = 3;

    @TempDir
    private static Path folder;

    private static EmbeddedZooKeeper zooKeeper;
    private static Broker broker;
    private static int tests;

    private final TopicName topic = new TopicName("topic-" + tests++);
    private final TopicPartition first = new TopicPartition(topic, 0);
    private Cluster cluster;
    private Admin admin;

    @BeforeAll
    static void start() throws Exception {
        zooKeeper = EmbeddedZooKeeper.start(folder.resolve("zookeeper"), 0);
        broker = startBroker(0);
    }

    private static Broker startBroker(int port) {
        return Broker.start(BrokerConfig.of(Map.of(
                "broker.id",
                "1",
                "listeners",
                "PLAINTEXT://127.0.0.1:" + port,
                "zookeeper.connect",
                zooKeeper.connectString(),
                "log.dirs",
                folder.resolve("log").toString(),
                "http.port",
                "-1")));
    }

    @AfterAll
    static void stop() {
        broker.close();
        zooKeeper.close();
    }

    @BeforeEach
    void connect() {
        cluster = Cluster.bootstrap(List.of(broker.endpoint()), ClientSettings.defaults("test"));
        admin = new Admin(cluster);
        admin.createTopic(topic, PARTITIONS, 1, Map.of());
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private List<Sent> produce(int records, ProducerSettings settings) {
        List<CompletableFuture<Sent>> sent = new ArrayList<>();
        try (Producer producer = new Producer(cluster, settings)) {
            for (int i = 0; i < records; i++) {
                sent.add(producer.send(
                        Outgoing.of(topic, null, bytes("v" + i)).to(0).at(1_000_000 + i)));
            }
        }
        return sent.stream().map(CompletableFuture::join).toList();
    }

    private List<Record> read(long from, long to, ReadSettings settings) {
        List<Record> records = new ArrayList<>();
        try (RangeReader reader = RangeReader.open(cluster, first, from, to, settings)) {
            reader.forEachRemaining(records::add);
            assertThat(reader.position()).isEqualTo(to);
            assertThat(reader.gaps()).isZero();
        }
        return records;
    }

    @Test
    void recordsBelowAnOffsetAreDeleted() {
        produce(10, ProducerSettings.defaults());

        assertThat(admin.deleteRecords(Map.of(first, 4L, new TopicPartition(topic, 1), 0L)))
                .isEqualTo(Map.of(first, 4L, new TopicPartition(topic, 1), 0L));

        assertThat(admin.startOffsets(List.of(first))).isEqualTo(Map.of(first, 4L));
        assertThat(read(4, 10, ReadSettings.defaults())).hasSize(6);
        assertThatThrownBy(() -> admin.deleteRecords(Map.of(first, 11L)))
                .isInstanceOf(ClientException.class)
                .hasMessageContaining(first.toString())
                .hasMessageContaining("OFFSET_OUT_OF_RANGE");
        assertThatThrownBy(() -> admin.deleteRecords(Map.of(first, -1L))).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void whatOurProducerSendsOurReaderReads(Codec codec) {
        List<Sent> sent = produce(5_000, ProducerSettings.defaults().withCodec(codec));
        assertThat(sent)
                .extracting(Sent::offset)
                .isEqualTo(LongStream.range(0, 5_000).boxed().toList());

        List<Record> records = read(7, 4_993, ReadSettings.defaults().withFetchBytes(30_000));

        assertThat(records).hasSize(4_986);
        for (int i = 0; i < records.size(); i++) {
            assertThat(records.get(i))
                    .isEqualTo(new Record(i + 7, 1_000_000 + i + 7, null, bytes("v" + (i + 7)), List.of()));
        }
    }

    @Test
    void whatKafkasProducerSendsOurReaderReadsAndTheKeysLieWhereOursWouldPutThem() throws Exception {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", broker.endpoint().toString());
        Map<String, Integer> partitions = new HashMap<>();
        try (KafkaProducer<byte[], byte[]> theirs =
                        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
                Producer ours = new Producer(cluster, ProducerSettings.defaults())) {
            for (int i = 0; i < 100; i++) {
                String key = "key-" + i;
                partitions.put(
                        key,
                        theirs.send(new ProducerRecord<>(topic.value(), bytes(key), bytes("theirs-" + i)))
                                .get()
                                .partition());
                assertThat(ours.send(topic, bytes(key), bytes("ours-" + i))
                                .join()
                                .partition()
                                .partition())
                        .isEqualTo(partitions.get(key));
            }
        }

        List<TopicPartition> all = IntStream.range(0, PARTITIONS)
                .mapToObj(i -> new TopicPartition(topic, i))
                .toList();
        Map<TopicPartition, Long> ends = admin.endOffsets(all);
        int found = 0;
        for (TopicPartition each : all) {
            try (RangeReader reader = RangeReader.open(cluster, each, 0, ends.get(each), ReadSettings.defaults())) {
                while (reader.hasNext()) {
                    assertThat(partitions.get(text(reader.next().key()))).isEqualTo(each.partition());
                    found++;
                }
            }
        }
        assertThat(found).isEqualTo(200);
    }

    @Test
    void whatOurProducerSendsKafkasConsumerReads() {
        List<Header> headers = List.of(new Header("a", bytes("1")), new Header("a", null));
        try (Producer producer =
                new Producer(cluster, ProducerSettings.defaults().withCodec(Codec.ZSTD))) {
            for (int i = 0; i < 1_000; i++) {
                var unused = producer.send(new Outgoing(
                        topic, OptionalInt.of(0), OptionalLong.of(5_000 + i), bytes("k" + i), null, headers));
            }
        }

        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        Map<String, Object> settings =
                Map.of("bootstrap.servers", broker.endpoint().toString());
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            org.apache.kafka.common.TopicPartition theirs =
                    new org.apache.kafka.common.TopicPartition(topic.value(), 0);
            consumer.assign(List.of(theirs));
            consumer.seekToBeginning(List.of(theirs));
            await().until(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
                return records.size() >= 1_000;
            });
        }

        assertThat(records).hasSize(1_000);
        ConsumerRecord<byte[], byte[]> last = records.get(999);
        assertThat(last.offset()).isEqualTo(999);
        assertThat(last.timestamp()).isEqualTo(5_999);
        assertThat(last.key()).isEqualTo(bytes("k999"));
        assertThat(last.value()).isNull();
        assertThat(last.headers().toArray()).hasSize(2);
        assertThat(last.headers().toArray()[0].value()).isEqualTo(bytes("1"));
        assertThat(last.headers().toArray()[1].value()).isNull();
    }

    @Test
    void planningCallsAgreeWithWhatIsThere() {
        produce(10_000, ProducerSettings.defaults().withBatches(2_000, Duration.ZERO));
        TopicPartition empty = new TopicPartition(topic, 1);

        assertThat(admin.startOffsets(List.of(first, empty))).isEqualTo(Map.of(first, 0L, empty, 0L));
        assertThat(admin.endOffsets(List.of(first, empty))).isEqualTo(Map.of(first, 10_000L, empty, 0L));
        assertThat(admin.offsetsForTimes(Map.of(first, 1_004_321L)).get(first))
                .contains(new TimedOffset(4_321, 1_004_321));
        assertThat(admin.offsetsForTimes(Map.of(first, 2_000_000L)).get(first)).isEmpty();

        List<RangeChunk> chunks = admin.describeRanges(Map.of(first, new RangeQuery(123, 9_876, 20_000)))
                .orElseThrow()
                .get(first);
        assertThat(chunks.get(0).offset()).isEqualTo(123);
        assertThat(chunks.size()).isBetween(5, 30);
        assertThat(new TreeSet<>(chunks.stream().map(RangeChunk::offset).toList()))
                .hasSize(chunks.size());
        assertThat(chunks).allMatch(chunk -> chunk.bytes() > 0 && chunk.maxTimestamp() >= 1_000_000 + chunk.offset());
    }

    @Test
    void bothViewsOfTheClusterSayTheSame() {
        try (Coordination coordination =
                        ZooKeeperCoordination.connect(zooKeeper.connectString(), 10_000, 10_000, Clock.system());
                Cluster byZooKeeper = Cluster.zooKeeper(coordination, ClientSettings.defaults("test"))) {
            assertThat(byZooKeeper.topics()).isEqualTo(cluster.topics()).contains(topic);
            assertThat(byZooKeeper.partitions(topic)).isEqualTo(cluster.partitions(topic));
            assertThat(byZooKeeper.leader(first)).isEqualTo(cluster.leader(first));
            assertThat(byZooKeeper.replicaHosts(first)).isEqualTo(cluster.replicaHosts(first));
            assertThat(byZooKeeper.topicId(topic)).isPresent();

            admin.deleteTopic(topic);
            await().untilAsserted(() -> assertThat(byZooKeeper.view().topics()).doesNotContainKey(topic));
            assertThat(byZooKeeper.topics()).doesNotContain(topic);
        }
    }

    @Test
    void offsetsBeyondTheEndAreAnError() {
        produce(10, ProducerSettings.defaults());

        assertThatThrownBy(() -> read(50, 60, ReadSettings.defaults()))
                .isInstanceOf(OffsetOutOfRangeException.class)
                .hasMessageContaining("ends at 10, below offset 50");
    }

    @Test
    void everyApiOfThisClientIsSpoken() throws ExecutionException, InterruptedException {
        try (var connection = cluster.anyConnection().get()) {
            for (ApiKey api : ASKED) {
                assertThat(connection.version(api)).isEqualTo(api.max());
            }
        }
    }

    @Test
    void aBrokerRestartedUnderLoadCostsNoRecordAndRepeatsNone() {
        int port = broker.endpoint().port();
        ProducerSettings small = ProducerSettings.defaults().withBatches(1_000, Duration.ZERO);
        List<CompletableFuture<Sent>> sent = new ArrayList<>();
        try (Producer producer = new Producer(cluster, small);
                RangeReader reader = RangeReader.open(cluster, first, 0, 30_000, ReadSettings.defaults())) {
            for (int i = 0; i < 30_000; i++) {
                if (i == 10_000 || i == 20_000) {
                    broker.close();
                    broker = startBroker(port);
                }
                sent.add(producer.send(Outgoing.of(topic, null, bytes("v" + i)).to(0)));
            }
            producer.flush(LONG);

            for (int i = 0; i < 30_000; i++) {
                assertThat(reader.hasNext()).isTrue();
                Record record = reader.next();
                if (record.offset() != i || !text(record.value()).equals("v" + i)) {
                    throw new AssertionError(record + " " + text(record.value()) + " where v" + i + " is due");
                }
            }
            assertThat(reader.hasNext()).isFalse();
        }
        assertThat(sent).allMatch(each -> each.join().offset() >= Sent.UNKNOWN_OFFSET);
        assertThat(admin.endOffsets(List.of(first))).containsEntry(first, 30_000L);
    }
}
