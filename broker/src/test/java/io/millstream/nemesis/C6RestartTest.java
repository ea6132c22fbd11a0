package io.millstream.nemesis;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.fixture.BrokerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * C6: a broker with many partitions serves all of them again after SIGKILL, and again after a clean stop. How long each took
 * is printed, from the start of the process. {@code -Dpartitions=1000 -Dmegabytes=1024} is what is published.
 */
final class C6RestartTest {

    private static final int PARTITIONS = Integer.getInteger("partitions", 100);
    private static final int MEGABYTES = Integer.getInteger("megabytes", 16);
    private static final int VALUE_BYTES = 16 << 10;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    Path directory;

    @Test
    void everythingIsServedAgain() throws Exception {
        int perPartition = Math.max(1, (int) ((long) MEGABYTES * (1 << 20) / VALUE_BYTES / PARTITIONS));
        try (BrokerProcess zooKeeper = BrokerProcess.run(
                        "zookeeper",
                        "--port",
                        "0",
                        "--data",
                        directory.resolve("zookeeper").toString());
                BrokerProcess broker = BrokerProcess.run(
                        "broker",
                        "--set",
                        "zookeeper.connect=" + zooKeeper.zookeeper(),
                        "--set",
                        "listeners=PLAINTEXT://127.0.0.1:0",
                        "--set",
                        "http.port=-1",
                        "--set",
                        "log.dirs=" + directory.resolve("data"))) {
            fill(broker.bootstrap(), perPartition);

            // when
            broker.kill9();
            long killed = restart(broker);

            // then
            assertThat(ends(broker.bootstrap())).hasSize(PARTITIONS).allMatch(end -> end == perPartition);

            // when
            assertThat(broker.terminate()).isZero();
            long stopped = restart(broker);

            // then
            assertThat(ends(broker.bootstrap())).hasSize(PARTITIONS).allMatch(end -> end == perPartition);
            System.out.printf(
                    "C6 %,d partitions, %,d MB: serving after SIGKILL in %,d ms, after a clean stop in %,d ms%n",
                    PARTITIONS, MEGABYTES, killed, stopped);
        }
    }

    private static long restart(BrokerProcess broker) {
        long start = System.nanoTime();
        broker.restart();
        return Duration.ofNanos(System.nanoTime() - start).toMillis();
    }

    private static void fill(String bootstrap, int perPartition) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            Scene.get(admin.createTopics(List.of(new NewTopic("many", PARTITIONS, (short) 1)))
                    .all());
        }
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap), new ByteArraySerializer(), new ByteArraySerializer())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int record = 0; record < perPartition * PARTITIONS; record++) {
                sent.add(producer.send(new ProducerRecord<>("many", record % PARTITIONS, null, new byte[VALUE_BYTES])));
            }
            for (Future<RecordMetadata> each : sent) {
                each.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
        }
    }

    private static List<Long> ends(String bootstrap) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            var latest = IntStream.range(0, PARTITIONS)
                    .boxed()
                    .collect(Collectors.toMap(
                            number -> new TopicPartition("many", number), number -> OffsetSpec.latest()));
            return Scene.get(admin.listOffsets(latest).all()).values().stream()
                    .map(each -> each.offset())
                    .toList();
        }
    }
}
