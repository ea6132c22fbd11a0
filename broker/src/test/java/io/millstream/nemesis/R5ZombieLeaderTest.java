package io.millstream.nemesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millstream.coordination.PartitionState;
import io.millstream.core.TopicPartition;
import io.millstream.fixture.cluster.DirectAppends;
import io.millstream.fixture.cluster.ProcCluster;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.Produce;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * R5: a leader that does not know yet that another one leads acknowledges nothing that was sent to it after the new term
 * began; and what it acknowledged before is in the log.
 */
final class R5ZombieLeaderTest {

    private static final int SESSION_MILLIS = 3_000;
    private static final int APPENDS = 100;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    static Path directory;

    private static ProcCluster cluster;

    private record Tried(long value, CompletableFuture<Produce.Result> result) {

        boolean isAcknowledgedSoon() {
            result.handle((answer, failure) -> null).join();
            return isAcknowledged();
        }

        boolean isAcknowledged() {
            return result.isDone()
                    && !result.isCompletedExceptionally()
                    && result.join().error() == ErrorCode.NONE;
        }
    }

    @BeforeAll
    static void start() {
        cluster = ProcCluster.start(
                directory,
                3,
                Map.of(
                        "zookeeper.session.timeout.ms", Integer.toString(SESSION_MILLIS),
                        "replica.lag.time.max.ms", "2000",
                        "auto.leader.rebalance.enable", "false"));
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.saveOutputs(Path.of("target", "nemesis-r5"));
            cluster.close();
        }
    }

    @Test
    void aLeaderCutOffFromZooKeeperAloneAcknowledgesNothingAfterTheNewTermBegan() {
        Scene scene = scene("cut-off");
        int zombie = leader(scene);
        List<Tried> all = new ArrayList<>();
        try (DirectAppends appends = DirectAppends.open(cluster.direct(zombie), PATIENCE)) {
            await().atMost(PATIENCE).until(() -> append(appends, scene, all).isAcknowledgedSoon());

            // when
            cluster.network().partition(ProcCluster.node(zombie), ProcCluster.ZOOKEEPER);
            await().atMost(PATIENCE).until(() -> {
                append(appends, scene, all);
                return leader(scene) != zombie;
            });
            List<Tried> late = new ArrayList<>();
            while (late.size() < APPENDS) {
                late.add(append(appends, scene, all));
            }

            // then
            await().atMost(PATIENCE).until(() -> all.stream().allMatch(each -> each.result.isDone()));
            assertThat(late).noneMatch(Tried::isAcknowledged);
        } finally {
            cluster.network().heal();
        }
        assertThatAcknowledgedRecordsAreStored(scene, all);
    }

    @Test
    void aLeaderThatWakesUpAfterItsSessionAcknowledgesNothingOfWhatWaitedForIt() {
        Scene scene = scene("asleep");
        int zombie = leader(scene);
        List<Tried> all = new ArrayList<>();
        try (DirectAppends appends = DirectAppends.open(cluster.direct(zombie), PATIENCE)) {
            await().atMost(PATIENCE).until(() -> append(appends, scene, all).isAcknowledgedSoon());

            // when
            cluster.pause(zombie);
            await().atMost(PATIENCE).until(() -> leader(scene) != zombie);
            List<Tried> late = new ArrayList<>();
            while (late.size() < APPENDS) {
                late.add(append(appends, scene, all));
            }
            cluster.resume(zombie);

            // then
            await().atMost(PATIENCE).until(() -> all.stream().allMatch(each -> each.result.isDone()));
            assertThat(late).noneMatch(Tried::isAcknowledged);
        } finally {
            cluster.resume(zombie);
        }
        assertThatAcknowledgedRecordsAreStored(scene, all);
    }

    private static Scene scene(String topic) {
        Scene scene = new Scene(cluster, SESSION_MILLIS, topic, 1, "nobody", new Random(0));
        scene.createTopic();
        await().atMost(PATIENCE).until(scene::isWhole);
        return scene;
    }

    private static int leader(Scene scene) {
        return cluster.state(scene.partition(0)).map(PartitionState::leader).orElse(PartitionState.NO_LEADER);
    }

    /** Appends a record; does not wait for the answer. */
    private static Tried append(DirectAppends appends, Scene scene, List<Tried> all) {
        TopicPartition partition = scene.partition(0);
        Value value = new Value(0, all.size());
        Tried tried = new Tried(value.packed(), appends.append(partition, Payload.write(value)));
        all.add(tried);
        return tried;
    }

    private static void assertThatAcknowledgedRecordsAreStored(Scene scene, List<Tried> all) {
        await("all replicas in sync").atMost(PATIENCE).until(scene::isWhole);
        Map<Long, Long> offsets = read(scene);
        List<Tried> acknowledged = all.stream().filter(Tried::isAcknowledged).toList();
        assertThat(acknowledged).isNotEmpty();
        for (Tried each : acknowledged) {
            assertThat(offsets)
                    .as("what is stored in the end")
                    .containsEntry(each.value, each.result.join().baseOffset());
        }
    }

    /** Offsets by values. */
    private static Map<Long, Long> read(Scene scene) {
        var partition = new org.apache.kafka.common.TopicPartition(scene.topic(), 0);
        Map<Long, Long> found = new HashMap<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", cluster.bootstrap()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(100))
                        .forEach(
                                record -> found.put(Payload.read(record.value()).packed(), record.offset()));
            }
        }
        return found;
    }
}
