package io.millstream.nemesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millstream.fixture.cluster.ProcCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is done to a cluster is really done to it. */
final class ProcClusterTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String TOPIC = "stamped";

    @TempDir
    static Path directory;

    private static ProcCluster cluster;
    private static KafkaProducer<byte[], byte[]> producer;

    @BeforeAll
    static void start() {
        cluster = ProcCluster.startWithClocks(directory, 1, Map.of("zookeeper.session.timeout.ms", "2000"));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrap()))) {
            NewTopic topic = new NewTopic(TOPIC, 1, (short) 1);
            Scene.get(admin.createTopics(List.of(topic.configs(Map.of("message.timestamp.type", "LogAppendTime"))))
                    .all());
        }
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", cluster.bootstrap()), new ByteArraySerializer(), new ByteArraySerializer());
    }

    @AfterAll
    static void stop() {
        if (producer != null) {
            producer.close(Duration.ZERO);
        }
        if (cluster != null) {
            cluster.close();
        }
    }

    private static Future<RecordMetadata> send() {
        return producer.send(new ProducerRecord<>(TOPIC, new byte[1]));
    }

    private static RecordMetadata sent() {
        try {
            return send().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aClockJumpsAndComesBack() {
        Instant tomorrow = Instant.now().plus(23, ChronoUnit.HOURS);
        cluster.setClock(1, TimeUnit.DAYS.toMillis(1));
        await().atMost(PATIENCE)
                .until(() -> Instant.ofEpochMilli(sent().timestamp()).isAfter(tomorrow));

        cluster.setClock(1, 0);
        await().atMost(PATIENCE)
                .until(() -> Instant.ofEpochMilli(sent().timestamp()).isBefore(tomorrow));
    }

    @Test
    void aBlockedWayHoldsWhatIsSentUntilItIsOpen() {
        for (boolean answers : new boolean[] {false, true}) {
            assertThat(sent().hasOffset()).isTrue();
            cluster.network()
                    .block(
                            answers ? ProcCluster.node(1) : ProcCluster.CLIENTS,
                            answers ? ProcCluster.CLIENTS : ProcCluster.node(1));

            Future<RecordMetadata> held = send();
            await().during(Duration.ofMillis(500)).atMost(PATIENCE).until(() -> !held.isDone());
            cluster.network().heal();

            await().atMost(PATIENCE).until(held::isDone);
        }
    }

    @Test
    void aPausedBrokerAnswersOnceItGoesOn() {
        assertThat(sent().hasOffset()).isTrue();
        cluster.pause(1);

        Future<RecordMetadata> held = send();
        await().during(Duration.ofMillis(500)).atMost(PATIENCE).until(() -> !held.isDone());
        cluster.resume(1);

        await().atMost(PATIENCE).until(held::isDone);
    }

    @Test
    void theSessionOfABrokerThatIsCutOffFromZooKeeperEnds() {
        int before = cluster.controller().orElseThrow();
        cluster.network().partition(ProcCluster.node(1), ProcCluster.ZOOKEEPER);
        await().atMost(PATIENCE).until(() -> cluster.controller().isEmpty());

        cluster.network().heal();

        await().atMost(PATIENCE)
                .until(() -> cluster.controller().filter(id -> id == before).isPresent());
        assertThat(sent().hasOffset()).isTrue();
    }
}
