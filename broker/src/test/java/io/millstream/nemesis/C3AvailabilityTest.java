package io.millstream.nemesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millstream.fixture.cluster.ProcCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * C3: after a leader was killed, paused or stopped the others take over and acknowledge, in every partition, while it is
 * still away. The gap that producers saw is printed; how long it takes is measured by a benchmark.
 */
final class C3AvailabilityTest {

    private static final int SESSION_MILLIS = 3_000;
    private static final int RECORDS = 40;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    static Path directory;

    private static ProcCluster cluster;

    @BeforeAll
    static void start() {
        cluster = ProcCluster.start(
                directory, 3, Map.of("zookeeper.session.timeout.ms", Integer.toString(SESSION_MILLIS)));
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void whileTheKilledLeaderIsAway() {
        othersTakeOverFrom(
                "killed", ProcCluster::kill9, (all, id) -> all.restart(id).join());
    }

    @Test
    void whileThePausedLeaderSleeps() {
        othersTakeOverFrom("paused", ProcCluster::pause, ProcCluster::resume);
    }

    @Test
    void whileTheStoppedLeaderIsAway() {
        othersTakeOverFrom("stopped", (all, id) -> assertThat(all.terminate(id)).isZero(), (all, id) -> all.restart(id)
                .join());
    }

    private static void othersTakeOverFrom(
            String name, BiConsumer<ProcCluster, Integer> strike, BiConsumer<ProcCluster, Integer> bringBack) {
        Scene scene = new Scene(cluster, SESSION_MILLIS, name, 6, "of-" + name, new Random(0));
        scene.createTopic();
        await().atMost(PATIENCE).until(scene::isWhole);
        try (Workload workload = new Workload(scene, new Workload.Size(1, 0, 300, Workload.impatient()))) {
            workload.start();
            workload.awaitProgressEverywhere(RECORDS);
            workload.ackTimes().reset();
            int leader = scene.anyLeader();

            // when
            strike.accept(cluster, leader);

            // then
            await("others to lead; " + scene.states()).atMost(PATIENCE).until(() -> scene.isLedWithout(leader));
            workload.awaitProgressEverywhere(RECORDS);
            System.out.printf(
                    "C3 leader %s: longest time without an acknowledgement %d ms, session %d ms%n",
                    name, workload.ackTimes().longestGap().toMillis(), SESSION_MILLIS);
            bringBack.accept(cluster, leader);
            await("all replicas in sync").atMost(PATIENCE).until(scene::isWhole);
            workload.finish();
            assertThat(workload.errors()).isEmpty();
            assertThat(workload.history().check(true).toString()).isEmpty();
        }
    }
}
