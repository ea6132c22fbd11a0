package io.millstream.nemesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millstream.core.TopicPartition;
import io.millstream.fixture.cluster.ProcCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * C1: each fault at each target while stock producers and consumers are at work: every record that was acknowledged is there,
 * once, in its place and in order, and consumers saw nothing else. In the end the replicas have the same bytes.
 *
 * <p>A usual build strikes once in four cells of the matrix, and twice in all of them with {@code -Pnemesis}. {@code -Dseed=N} repeats what a run
 * decided by chance, {@code -Dcell=SIGKILL:LEADER} runs one cell.
 */
final class C1NemesisTest {

    private static final List<Cell> USUAL = List.of(
            new Cell(Fault.SIGKILL, Target.LEADER),
            new Cell(Fault.SIGSTOP, Target.CONTROLLER),
            new Cell(Fault.PARTITION, Target.LEADER),
            new Cell(Fault.SESSION_EXPIRY, Target.COORDINATOR));

    private static final long SEED = Long.getLong("seed", 5);
    private static final int SESSION_MILLIS = 3_000;
    private static final int PARTITIONS = 3;
    private static final int STRIKES = Boolean.getBoolean("nemesis.all") ? 2 : 1;
    private static final int RECORDS_BETWEEN_STRIKES = 200;
    private static final int RECORDS_PER_SECOND = 400;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    static Path directory;

    private static final List<TopicPartition> USED = new ArrayList<>();

    private static ProcCluster cluster;

    record Cell(Fault fault, Target target) {

        @Override
        public String toString() {
            return fault + ":" + target;
        }
    }

    static Stream<Cell> cells() {
        String one = System.getProperty("cell");
        Stream<Cell> all = Arrays.stream(Fault.values())
                .flatMap(fault -> Arrays.stream(Target.values()).map(target -> new Cell(fault, target)));
        if (one != null) {
            return all.filter(cell -> cell.toString().equals(one));
        }
        return Boolean.getBoolean("nemesis.all") ? all : USUAL.stream();
    }

    @BeforeAll
    static void start() {
        Map<String, String> settings = Map.of(
                "zookeeper.session.timeout.ms", Integer.toString(SESSION_MILLIS),
                "replica.lag.time.max.ms", "2000",
                "group.initial.rebalance.delay.ms", "0",
                "group.min.session.timeout.ms", "1000",
                "auto.create.topics.enable", "false");
        cluster = cells().anyMatch(cell -> cell.fault == Fault.CLOCK_JUMP)
                ? ProcCluster.startWithClocks(directory, 3, settings)
                : ProcCluster.start(directory, 3, settings);
    }

    @AfterAll
    static void replicasAreTheSame() {
        if (cluster == null) {
            return; // it did not start, and said why
        }
        try {
            ReplicaComparison.assertSame(cluster, directory, USED);
        } finally {
            cluster.saveOutputs(Path.of("target", "nemesis"));
            cluster.close();
        }
    }

    @ParameterizedTest
    @MethodSource("cells")
    void nothingIsLostDoubledOrReordered(Cell cell) {
        String topic = cell.toString().toLowerCase(Locale.ROOT).replace(':', '-');
        Scene scene = new Scene(
                cluster,
                SESSION_MILLIS,
                topic,
                PARTITIONS,
                "of-" + topic,
                new Random(SEED + cell.toString().hashCode()));
        scene.createTopic();
        try (Workload workload =
                new Workload(scene, new Workload.Size(2, 2, RECORDS_PER_SECOND, Workload.impatient()))) {
            workload.start();
            workload.awaitProgress(RECORDS_BETWEEN_STRIKES);

            // when
            for (int strike = 0; strike < STRIKES; strike++) {
                cell.fault.strike(scene, cell.target.find(scene));
                workload.awaitProgress(RECORDS_BETWEEN_STRIKES);
            }
            awaitWhole(scene);
            workload.finish();

            // then
            Findings findings = workload.history().check(true);
            System.out.printf(
                    "C1 %s seed %d: %,d records acknowledged, errors [%s], longest gap %d ms; %s%n",
                    cell,
                    SEED,
                    workload.history().acknowledged(),
                    workload.errorSummary(),
                    workload.ackTimes().longestGap().toMillis(),
                    findings.isEmpty() ? "no anomaly" : findings);
            assertThat(findings.isEmpty())
                    .as("%s, seed %d:%n%s", cell, SEED, findings)
                    .isTrue();
            scene.eachPartition().forEach(USED::add);
        }
    }

    private static void awaitWhole(Scene scene) {
        await("all replicas in sync").atMost(PATIENCE).until(scene::isWhole);
    }
}
