package io.millstream.examples.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.Broker;
import io.millstream.broker.config.BrokerConfig;
import io.millstream.coordination.EmbeddedZooKeeper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.util.ToolRunner;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
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
    static void start() throws IOException {
        zooKeeper = EmbeddedZooKeeper.start(folder.resolve("zookeeper"), 0);
        broker = Broker.start(BrokerConfig.of(Map.of(
                "broker.id", "1",
                "listeners", "PLAINTEXT://127.0.0.1:0",
                "zookeeper.connect", zooKeeper.connectString(),
                "log.dirs", folder.resolve("log").toString(),
                "http.port", "-1")));
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

    @Test
    void sessions_end_after_half_an_hour_without_a_click_and_are_read_once() throws Exception {
        try (KafkaProducer<String, String> producer = producer()) {
            click(producer, 0, "ann /a");
            click(producer, 29, "ann /b");
            click(producer, 5, "bob /a");
            click(producer, 59, "ann /c");
        }
        String[] arguments = {
            broker.endpoint().toString(),
            zooKeeper.connectString(),
            folder.resolve("first").toString()
        };

        assertThat(ToolRunner.run(local(), new SessionizeClicks(), arguments)).isZero();
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
    void orders_meet_the_newest_of_their_customers() throws Exception {
        try (KafkaProducer<String, String> producer = producer()) {
            send(producer, new ProducerRecord<>("customers", "1", "Ann"));
            send(producer, new ProducerRecord<>("customers", "2", "Bob"));
            send(producer, new ProducerRecord<>("customers", "1", "Ann of Ayr"));
            send(producer, new ProducerRecord<>("customers", "2", null));
            send(producer, new ProducerRecord<>("orders", "1", "tea, milk"));
            send(producer, new ProducerRecord<>("orders", "2", "coal"));
        }
        String[] arguments = {
            broker.endpoint().toString(), folder.resolve("joined").toString()
        };

        assertThat(ToolRunner.run(local(), new JoinTopics(), arguments)).isZero();

        assertThat(Files.readAllLines(folder.resolve("joined/part-r-00000")))
                .containsExactly("1\ttea, milk\tAnn of Ayr");
    }
}
