package io.millstream.examples.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.Broker;
import io.millstream.broker.config.BrokerConfig;
import io.millstream.coordination.EmbeddedZooKeeper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.util.ToolRunner;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example jobs, in this process, against a real broker. */
final class JobsTest {

    private static final long SEVEN = Instant.parse("2026-11-22T07:00:00Z").toEpochMilli();

    @TempDir
    private static Path folder;

    private static EmbeddedZooKeeper zooKeeper;
    private static Broker broker;

    @BeforeAll
    static void start() throws Exception {
        zooKeeper = EmbeddedZooKeeper.start(folder.resolve("zookeeper"), 0);
        broker = Broker.start(BrokerConfig.of(Map.of(
                "broker.id", "1",
                "listeners", "PLAINTEXT://127.0.0.1:0",
                "zookeeper.connect", zooKeeper.connectString(),
                "log.dirs", folder.resolve("log").toString(),
                "http.port", "-1")));
        try (KafkaProducer<String, String> producer = producer()) {
            click(producer, 0, "ann /a");
            click(producer, 29, "ann /b");
            click(producer, 5, "bob /a");
            click(producer, 59, "ann /c");
            click(producer, 60, "nothing");
        }
    }

    @AfterAll
    static void stop() {
        broker.close();
        zooKeeper.close();
    }

    private static Configuration local() {
        Configuration conf = new Configuration();
        conf.set("mapreduce.framework.name", "local");
        conf.set("fs.defaultFS", "file:///");
        conf.set("hadoop.tmp.dir", folder.resolve("tmp").toString());
        conf.setInt("mapreduce.client.completion.pollinterval", 20);
        conf.setInt("mapreduce.client.progressmonitor.pollinterval", 20);
        return conf;
    }

    private static KafkaProducer<String, String> producer() {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.endpoint().toString()),
                new StringSerializer(),
                new StringSerializer());
    }

    private static void send(KafkaProducer<String, String> producer, ProducerRecord<String, String> record)
            throws Exception {
        producer.send(record).get();
    }

    private static void click(KafkaProducer<String, String> producer, long minute, String click) throws Exception {
        send(producer, new ProducerRecord<>("clicks", null, SEVEN + minute * 60_000, null, click));
    }

    /** Runs it, and says what it skipped. */
    private static Map<String, Long> skipped(Job job) throws Exception {
        assertThat(job.waitForCompletion(false)).isTrue();
        Map<String, Long> skipped = new HashMap<>();
        job.getCounters().getGroup("Skipped").forEach(each -> skipped.put(each.getName(), each.getValue()));
        return skipped;
    }

    @Test
    void sessions_end_after_half_an_hour_without_a_click_and_are_read_once() throws Exception {
        SessionizeClicks example = new SessionizeClicks();
        example.setConf(local());
        String[] arguments = {
            broker.endpoint().toString(),
            zooKeeper.connectString(),
            folder.resolve("first").toString()
        };

        assertThat(skipped(example.job(arguments))).isEqualTo(Map.of("clicks without a URL", 1L));
        assertThat(Files.readAllLines(folder.resolve("first/part-r-00000")))
                .containsExactly(
                        "ann\t2026-11-22T07:00:00Z\t1740\t2",
                        "ann\t2026-11-22T07:59:00Z\t0\t1",
                        "bob\t2026-11-22T07:05:00Z\t0\t1");

        arguments[2] = folder.resolve("second").toString();
        assertThat(ToolRunner.run(local(), new SessionizeClicks(), arguments)).isZero();
        assertThat(Files.readAllLines(folder.resolve("second/part-r-00000"))).isEmpty();
    }

    @Test
    void top_urls_of_an_hour_are_written_to_a_topic_once() throws Exception {
        try (Admin admin =
                Admin.create(Map.of("bootstrap.servers", broker.endpoint().toString()))) {
            admin.createTopics(List.of(new NewTopic("top-urls", 1, (short) 1)))
                    .all()
                    .get();
        }
        TopUrls example = new TopUrls();
        example.setConf(local());
        String[] arguments = {broker.endpoint().toString(), zooKeeper.connectString()};

        assertThat(skipped(example.job(arguments))).isEqualTo(Map.of("clicks without a URL", 1L));
        assertThat(ToolRunner.run(local(), new TopUrls(), arguments)).isZero(); // nothing is new
        try (KafkaProducer<String, String> producer = producer()) {
            click(producer, 61, "jürgen /a");
        }
        assertThat(ToolRunner.run(local(), new TopUrls(), arguments)).isZero();

        assertThat(read("top-urls", 4))
                .containsExactly(
                        "2026-11-22T07:00:00Z /a 2",
                        "2026-11-22T07:00:00Z /b 1",
                        "2026-11-22T07:00:00Z /c 1",
                        "2026-11-22T08:00:00Z /a 1");
    }

    private static List<String> read(String topic, int count) {
        List<String> lines = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.endpoint().toString()),
                new StringDeserializer(),
                new StringDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            while (lines.size() < count) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> lines.add(record.key() + " " + record.value()));
            }
        }
        return lines;
    }

    @Test
    void orders_meet_the_newest_of_their_customers() throws Exception {
        try (KafkaProducer<String, String> producer = producer()) {
            send(producer, new ProducerRecord<>("customers", "1", "Ann"));
            send(producer, new ProducerRecord<>("customers", "2", "Bob"));
            send(producer, new ProducerRecord<>("customers", "1", "Ann of Ayr"));
            send(producer, new ProducerRecord<>("customers", "2", null));
            send(producer, new ProducerRecord<>("orders", "1", "tea, milk"));
            send(producer, new ProducerRecord<>("orders", "2", "coal"));
            send(producer, new ProducerRecord<>("orders", "1", null));
            send(producer, new ProducerRecord<>("orders", "salt"));
        }
        JoinTopics example = new JoinTopics();
        example.setConf(local());
        String[] arguments = {
            broker.endpoint().toString(), folder.resolve("joined").toString()
        };

        assertThat(skipped(example.job(arguments)))
                .isEqualTo(Map.of("records without a key", 1L, "orders without a value", 1L));

        assertThat(Files.readAllLines(folder.resolve("joined/part-r-00000")))
                .containsExactly("1\ttea, milk\tAnn of Ayr");
    }
}
