package io.millstream.nemesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millstream.fixture.cluster.ProcCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * C1, mixed: one fault after the other, each at a target by chance, for a long time, and no waiting in between for what the
 * last one left behind. Not part of any build; CONTRIBUTING.md says how it is run. {@code -Dminutes=20} is how long it takes,
 * {@code -Dseed=N} repeats what a run decided by chance.
 */
final class MixedFaultsRun {

    private static final long SEED = Long.getLong("seed", System.currentTimeMillis() % 10_000);
    private static final Duration LENGTH = Duration.ofMinutes(Long.getLong("minutes", 20));
    private static final int SESSION_MILLIS = 3_000;
    private static final int PRODUCERS = 3;
    private static final int RECORDS_PER_SECOND = 600;
    private static final int RECORDS_BETWEEN_FAULTS = 500;
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @TempDir
    Path directory;

    @Test
    void nothingIsLostDoubledOrReordered() {
        System.out.printf("Mixed faults for %s, seed %d%n", LENGTH, SEED);
        Map<String, String> settings = Map.of(
                "zookeeper.session.timeout.ms", Integer.toString(SESSION_MILLIS),
                "replica.lag.time.max.ms", "3000",
                "group.initial.rebalance.delay.ms", "0",
                "log.segment.bytes", Integer.toString(16 << 20),
                "leader.imbalance.check.interval.seconds", "20");
        try (ProcCluster cluster = ProcCluster.startWithClocks(directory, 3, settings)) {
            Scene scene = new Scene(cluster, SESSION_MILLIS, "mixed", 6, "of-mixed", new Random(SEED));
            scene.createTopic();
            try (Workload workload =
                    new Workload(scene, new Workload.Size(PRODUCERS, 3, RECORDS_PER_SECOND, Workload.impatient()))) {
                run(scene, workload);
            } finally {
                cluster.saveOutputs(Path.of("target", "nemesis-mixed"));
            }
            ReplicaComparison.assertSame(cluster, directory, scene.eachPartition());
        }
    }

    private void run(Scene scene, Workload workload) {
        workload.start();
        workload.awaitProgress(RECORDS_BETWEEN_FAULTS);
        Map<Fault, Integer> faults = strikeForLong(scene, workload);
        await("all replicas in sync").atMost(PATIENCE).until(scene::isWhole);
        workload.finish();
        Findings findings = workload.history().check(true);
        report(workload, faults, findings);
        assertThat(findings.isEmpty()).as("seed %d:%n%s", SEED, findings).isTrue();
    }

    private static Map<Fault, Integer> strikeForLong(Scene scene, Workload workload) {
        Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
        long end = System.nanoTime() + LENGTH.toNanos();
        while (System.nanoTime() < end) {
            Fault fault = any(List.of(Fault.values()), scene.random());
            Target target = any(List.of(Target.values()), scene.random());
            int victim = target.find(scene);
            long acknowledged = workload.history().acknowledged();
            fault.strike(scene, victim);
            workload.awaitProgress(RECORDS_BETWEEN_FAULTS);
            faults.merge(fault, 1, Integer::sum);
            System.out.printf(
                    "%s at %s (broker %d): %,d records acknowledged meanwhile, %,d in all%n",
                    fault,
                    target,
                    victim,
                    workload.history().acknowledged() - acknowledged,
                    workload.history().acknowledged());
        }
        return faults;
    }

    private static <T> T any(List<T> all, Random random) {
        return all.get(random.nextInt(all.size()));
    }

    private static void report(Workload workload, Map<Fault, Integer> faults, Findings findings) {
        System.out.printf(
                "lost %d, duplicated %d, reordered %d, other anomalies %d; %,d records acknowledged, %d faults %s; "
                        + "errors: [%s]; longest time without an acknowledgement %d ms%n",
                findings.count(Anomaly.LOST_WRITE) + findings.count(Anomaly.TAKEN_BACK),
                findings.count(Anomaly.DUPLICATE),
                findings.count(Anomaly.REORDERED),
                findings.others(Anomaly.LOST_WRITE, Anomaly.TAKEN_BACK, Anomaly.DUPLICATE, Anomaly.REORDERED),
                workload.history().acknowledged(),
                faults.values().stream().mapToInt(Integer::intValue).sum(),
                faults,
                workload.errorSummary(),
                workload.ackTimes().longestGap().toMillis());
    }
}
