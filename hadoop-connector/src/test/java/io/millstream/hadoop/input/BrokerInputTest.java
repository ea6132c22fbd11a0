package io.millstream.hadoop.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.broker.Broker;
import io.millstream.broker.config.BrokerConfig;
import io.millstream.client.Admin;
import io.millstream.client.ClientSettings;
import io.millstream.client.Cluster;
import io.millstream.coordination.CommittedOffset;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.EmbeddedZooKeeper;
import io.millstream.coordination.GroupOffsets;
import io.millstream.coordination.OffsetMetadata;
import io.millstream.coordination.ZooKeeperCoordination;
import io.millstream.core.Clock;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.record.Codec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.mapreduce.Job;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that read from a real broker what Kafka's own producer wrote there. */
class BrokerInputTest {

    private static final int PARTITIONS = 3;
    private static final int RECORDS = 30_000;
    private static final long FIRST_TIMESTAMP = 1_700_000_000_000L;
    private static final String TOPIC = "words";

    @TempDir
    private static Path folder;

    private static EmbeddedZooKeeper zooKeeper;
    private static Broker broker;
    private static String bootstrap;

    private final Configuration conf = new Configuration();

    @BeforeAll
    static void aTopicWrittenByKafkasProducer() throws Exception {
        zooKeeper = EmbeddedZooKeeper.start(folder.resolve("zookeeper"), 0);
        broker = Broker.start(BrokerConfig.of(Map.of(
                "broker.id", "1",
                "listeners", "PLAINTEXT://127.0.0.1:0",
                "zookeeper.connect", zooKeeper.connectString(),
                "log.dirs", folder.resolve("log").toString(),
                "http.port", "-1")));
        bootstrap = broker.endpoint().toString();
        try (Cluster cluster = Cluster.bootstrap(List.of(broker.endpoint()), ClientSettings.defaults("test"))) {
            new Admin(cluster).createTopic(new TopicName(TOPIC), PARTITIONS, 1, Map.of());
        }
        for (Codec codec : Codec.values()) {
            produce(codec);
        }
    }

    private static void produce(Codec codec) throws Exception {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", bootstrap, "compression.type", codec.label(), "linger.ms", 5, "batch.size", 8_000);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = 0; i < RECORDS / Codec.values().length; i++) {
                byte[] value =
                        ("all " + codec.label() + (i % 2 == 0 ? " even" : " odd")).getBytes(StandardCharsets.UTF_8);
                int partition = i % 10 == 0 ? 1 : i % 11 == 0 ? 2 : 0; // partition 0 is hot
                sent.add(producer.send(new ProducerRecord<>(TOPIC, partition, FIRST_TIMESTAMP + i, null, value)));
            }
            for (Future<RecordMetadata> each : sent) {
                each.get();
            }
        }
    }

    @AfterAll
    static void stop() {
        broker.close();
        zooKeeper.close();
    }

    @BeforeEach
    void readTheTopic() {
        TopicInputFormat.setBootstrap(conf, bootstrap);
        TopicInputFormat.setTopics(conf, TOPIC);
    }

    @Test
    void a_word_count_over_many_small_splits_counts_each_record_once(@TempDir Path job) throws Exception {
        conf.set("millstream.input.split.bytes", "30000");
        List<TopicSplit> splits = TopicInputFormat.plan(conf);
        assertThat(splits.size()).isBetween(8, 60);
        assertThat(splits.stream().mapToLong(TopicSplit::offsets).sum()).isEqualTo(RECORDS);
        assertThat(splits.get(0).getLocations()).containsExactly("127.0.0.1");

        Job wordCount = WordCount.job(conf, job);

        assertThat(wordCount.waitForCompletion(false)).isTrue();
        Map<String, Long> expected =
                new HashMap<>(Map.of("all", (long) RECORDS, "even", RECORDS / 2L, "odd", RECORDS / 2L));
        for (Codec codec : Codec.values()) {
            expected.put(codec.label(), (long) RECORDS / Codec.values().length);
        }
        assertThat(WordCount.counts(job)).isEqualTo(expected);
        assertThat(wordCount.getCounters().findCounter(InputCounter.OFFSETS).getValue())
                .isEqualTo(RECORDS);
        assertThat(wordCount.getCounters().findCounter(InputCounter.GAP_OFFSETS).getValue())
                .isZero();
    }

    @Test
    void offsets_below_the_middle_of_batches_are_read_exactly() throws IOException {
        TopicPartition hot = new TopicPartition(TOPIC, 0);
        conf.unset("millstream.input.topics");
        TopicInputFormat.setRanges(conf, List.of(range(hot, 1, 2), range(hot, 777, 4242), range(hot, 9999, 10_000)));

        List<Long> offsets = new ArrayList<>();
        for (TopicSplit split : TopicInputFormat.plan(conf)) {
            TopicRecordReader reader = new TopicRecordReader();
            reader.initialize(split, new Task().context(conf));
            while (reader.nextKeyValue()) {
                offsets.add(reader.getCurrentValue().offset());
            }
            reader.close();
        }

        List<Long> expected = new ArrayList<>(List.of(1L));
        for (long offset = 777; offset < 4242; offset++) {
            expected.add(offset);
        }
        expected.add(9999L);
        assertThat(offsets).isEqualTo(expected);
    }

    @Test
    void a_window_begins_at_its_first_record() throws IOException {
        conf.set("millstream.input.from", Long.toString(FIRST_TIMESTAMP + 1));
        long all = RECORDS - 1L; // only the first record of partition 1 is earlier

        assertThat(TopicInputFormat.plan(conf).stream()
                        .mapToLong(TopicSplit::offsets)
                        .sum())
                .isEqualTo(all);

        conf.set("millstream.input.from", Long.toString(FIRST_TIMESTAMP + RECORDS));
        assertThat(TopicInputFormat.plan(conf)).isEmpty();
    }

    @Test
    void a_group_reads_on_from_what_it_committed() throws IOException {
        TopicPartition hot = new TopicPartition(TOPIC, 0);
        commit("hourly", hot, 100);
        conf.set("millstream.input.group", "hourly");
        conf.set("millstream.input.zookeeper", zooKeeper.connectString());

        List<TopicSplit> splits = TopicInputFormat.plan(conf);

        assertThat(splits.get(0).ranges().get(0).from()).isEqualTo(100);
        assertThat(splits.stream().mapToLong(TopicSplit::offsets).sum()).isEqualTo(RECORDS - 100L);
    }

    private static void commit(String group, TopicPartition partition, long offset) {
        try (Coordination connection =
                        ZooKeeperCoordination.connect(zooKeeper.connectString(), 10_000, 10_000, Clock.system());
                Cluster cluster = Cluster.zooKeeper(connection, ClientSettings.defaults("test"))) {
            OffsetMetadata metadata =
                    new OffsetMetadata(cluster.topicId(partition.topic()).orElseThrow(), -1, "");
            Coordination.await(GroupOffsets.prepare(connection, group, List.of(partition.topic())));
            GroupOffsets read =
                    Coordination.await(GroupOffsets.read(connection, group, new TreeSet<>(List.of(partition))));
            Coordination.await(connection.commit(read.set(Map.of(partition, new CommittedOffset(offset, metadata)))));
        }
    }

    @Test
    void offsets_that_do_not_exist_are_refused_at_planning() {
        conf.unset("millstream.input.topics");
        TopicInputFormat.setRanges(conf, List.of(range(new TopicPartition(TOPIC, 1), 0, RECORDS)));

        assertThatThrownBy(() -> TopicInputFormat.plan(conf))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("words-1 ends at");
    }

    private static OffsetRange range(TopicPartition partition, long from, long to) {
        return new OffsetRange(partition, from, to);
    }
}
