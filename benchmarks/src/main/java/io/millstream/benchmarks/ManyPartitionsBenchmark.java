package io.millstream.benchmarks;

import io.millstream.fixture.cluster.ProcCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicPartitionInfo;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * Many partitions with three replicas each on three brokers: how long it takes to make them, and, when a broker is killed,
 * until each has a leader again; and what processors do meanwhile, when nobody does anything.
 */
@CommandLine.Command(
        name = "many-partitions",
        description = "Measures creation, failover and idling of many partitions on three brokers.",
        mixinStandardHelpOptions = true)
public final class ManyPartitionsBenchmark implements Callable<Integer> {

    private static final String TOPIC = "many";
    private static final double SECOND = 1e9;
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(5);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    @Option(names = "--partitions", description = "How many (default: ${DEFAULT-VALUE}).")
    private int partitions = 2_000;

    @Option(names = "--session", description = "zookeeper.session.timeout.ms (default: ${DEFAULT-VALUE}).")
    private int sessionMillis = 6_000;

    @Option(names = "--idle", description = "Seconds over which idling is measured (default: ${DEFAULT-VALUE}).")
    private int idleSeconds = 30;

    /** Runs the command; exits 0, or 2 on bad usage. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new ManyPartitionsBenchmark()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        Path directory = Files.createTempDirectory("many-partitions-");
        Map<String, String> settings = Map.of("zookeeper.session.timeout.ms", Integer.toString(sessionMillis));
        try (ProcCluster cluster = ProcCluster.start(directory, 3, settings);
                Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrap()))) {
            measure(cluster, admin);
        } finally {
            ScratchLogs.delete(directory);
        }
        return 0;
    }

    private void measure(ProcCluster cluster, Admin admin) throws Exception {
        long start = System.nanoTime();
        admin.createTopics(List.of(new NewTopic(TOPIC, partitions, (short) 3)))
                .all()
                .get(5, TimeUnit.MINUTES);
        await(admin, each -> each.leader() != null && each.isr().size() == 3);
        report("created, all replicas in sync", start);

        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(10)); // what creation left to do
        idle(cluster);

        int victim = cluster.controller().orElse(1) == 1 ? 2 : 1;
        long killed = System.nanoTime();
        cluster.kill9(victim);
        await(admin, each -> each.leader() != null && each.leader().id() != victim);
        report("broker killed, all partitions led (session " + sessionMillis + " ms)", killed);

        long restarted = System.nanoTime();
        cluster.restart(victim).join();
        report("broker started again and serving", restarted);
        await(admin, each -> each.isr().size() == 3);
        report("all replicas in sync again, from the start", restarted);
    }

    private void report(String what, long since) {
        System.out.printf(
                Locale.ROOT, "%,d partitions: %s in %.1f s%n", partitions, what, (System.nanoTime() - since) / SECOND);
    }

    private void idle(ProcCluster cluster) throws IOException {
        double[] before = new double[4];
        for (int id : cluster.ids()) {
            before[id] = ProcessUse.processorSeconds(cluster.pid(id));
        }
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(idleSeconds));
        for (int id : cluster.ids()) {
            double share = 100 * (ProcessUse.processorSeconds(cluster.pid(id)) - before[id]) / idleSeconds;
            System.out.printf(
                    Locale.ROOT, "%,d partitions: broker %d idles at %.1f %% of a processor%n", partitions, id, share);
        }
    }

    private static void await(Admin admin, Predicate<TopicPartitionInfo> condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!describe(admin).stream().allMatch(condition)) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("Not all partitions got there");
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private static List<TopicPartitionInfo> describe(Admin admin) throws InterruptedException {
        try {
            return admin.describeTopics(List.of(TOPIC))
                    .allTopicNames()
                    .get(1, TimeUnit.MINUTES)
                    .get(TOPIC)
                    .partitions();
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }
}
