package io.millstream.nemesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millstream.fixture.cluster.ProcCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * C4: every broker is stopped and started again, one after the other, while producers and consumers with Kafka's default
 * settings are at work: none of their calls fails. Five times round.
 */
final class C4RollingRestartTest {

    private static final int ROUNDS = Integer.getInteger("rolling.restarts", Boolean.getBoolean("nemesis.all") ? 5 : 1);
    private static final int RECORDS = 20;

    /** Little: what takes long is to start brokers, and on a small machine the more so the more the clients do. */
    private static final int RECORDS_PER_SECOND = 100;

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    Path directory;

    @Test
    void noCallOfAClientFails() {
        try (ProcCluster cluster = ProcCluster.start(directory, 3, Map.of())) {
            Scene scene = new Scene(cluster, 6_000, "rolled", 6, "of-rolled", new Random(0));
            scene.createTopic();
            try (Workload workload = new Workload(scene, new Workload.Size(2, 2, RECORDS_PER_SECOND, Map.of()))) {
                workload.start();
                workload.awaitProgressEverywhere(RECORDS);
                workload.ackTimes().reset();

                // when
                for (int restart = 0; restart < ROUNDS * cluster.ids().size(); restart++) {
                    int id = 1 + restart % cluster.ids().size();
                    assertThat(cluster.terminate(id)).isZero();
                    workload.awaitProgressEverywhere(RECORDS);
                    cluster.restart(id).join();
                    await("all replicas in sync").atMost(PATIENCE).until(scene::isWhole);
                }
                workload.finish();

                // then
                System.out.printf(
                        "C4 %d restarts: %,d records acknowledged, longest time without an acknowledgement %d ms%n",
                        ROUNDS * cluster.ids().size(),
                        workload.history().acknowledged(),
                        workload.ackTimes().longestGap().toMillis());
                assertThat(workload.errors()).isEmpty();
                assertThat(workload.history().check(true).toString()).isEmpty();
            } finally {
                cluster.saveOutputs(Path.of("target", "nemesis-c4"));
            }
        }
    }
}
