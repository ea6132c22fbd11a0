package io.millstream.benchmarks;

import io.millstream.coordination.PartitionState;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.fixture.cluster.ProcCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * How long a partition cannot be written to when its leader is killed (SIGKILL) or stopped (SIGTERM): three brokers, three
 * replicas, {@code acks=all}. Measured at the brokers, by a client that asks all of them all the time, and beside it what a
 * stock producer notices, which also has to find out who leads.
 */
@CommandLine.Command(
        name = "failover",
        description = "Measures how long a partition cannot be written to when its leader goes.",
        mixinStandardHelpOptions = true)
public final class FailoverBenchmark implements Callable<Integer> {

    private static final String TOPIC = "failover";
    private static final TopicPartition PARTITION = new TopicPartition(new TopicName(TOPIC), 0);
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(2);

    /** Long enough that what was started anew has settled, and that connections are warm. */
    private static final long BETWEEN_NANOS = TimeUnit.SECONDS.toNanos(3);

    @Option(names = "--rounds", description = "Of each kind (default: ${DEFAULT-VALUE}).")
    private int rounds = 20;

    @Option(names = "--session", description = "zookeeper.session.timeout.ms (default: ${DEFAULT-VALUE}).")
    private int sessionMillis = 6_000;

    /** Runs the command; exits 0, or 2 on bad usage. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new FailoverBenchmark()).execute(args));
    }

    private enum Departure {
        SIGKILL,
        SIGTERM
    }

    @Override
    public Integer call() throws Exception {
        Path directory = Files.createTempDirectory("failover-");
        Map<String, String> settings = Map.of(
                "zookeeper.session.timeout.ms",
                Integer.toString(sessionMillis),
                "auto.leader.rebalance.enable",
                "false");
        System.out.printf("ZooKeeper session %d ms%n", sessionMillis);
        try (ProcCluster cluster = ProcCluster.start(directory, 3, settings)) {
            createTopic(cluster);
            for (Departure departure : Departure.values()) {
                measure(cluster, departure);
            }
        } finally {
            ScratchLogs.delete(directory);
        }
        return 0;
    }

    private static void createTopic(ProcCluster cluster) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrap()))) {
            NewTopic topic = new NewTopic(TOPIC, 1, (short) 3).configs(Map.of("min.insync.replicas", "2"));
            admin.createTopics(List.of(topic)).all().get(1, TimeUnit.MINUTES);
        }
    }

    private void measure(ProcCluster cluster, Departure departure) {
        List<Long> atBrokers = new ArrayList<>();
        List<Long> atProducer = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            awaitWhole(cluster);
            try (BrokerGap brokers = new BrokerGap(cluster, PARTITION);
                    ProducerGap producer = new ProducerGap(cluster.bootstrap(), TOPIC)) {
                brokers.await(PATIENCE_NANOS);
                pause(BETWEEN_NANOS);
                int leader = leader(cluster);
                brokers.reset();
                producer.reset();
                if (departure == Departure.SIGKILL) {
                    cluster.kill9(leader);
                } else {
                    cluster.terminate(leader);
                }
                brokers.awaitOther(leader, PATIENCE_NANOS);
                producer.await(PATIENCE_NANOS);
                atBrokers.add(brokers.longestMillis());
                atProducer.add(producer.longestMillis());
                cluster.restart(leader).join();
            }
            System.out.printf(
                    "%s %d: %d ms at the brokers, %d ms at a stock producer%n",
                    departure, round, atBrokers.get(round - 1), atProducer.get(round - 1));
        }
        report(departure + " at the brokers", atBrokers);
        report(departure + " at a stock producer", atProducer);
    }

    private static void report(String what, List<Long> millis) {
        List<Long> sorted = new ArrayList<>(millis);
        Collections.sort(sorted);
        System.out.printf(
                Locale.ROOT,
                "%-32s median %,6d ms, worst of %d %,6d ms%n",
                what,
                sorted.get(sorted.size() / 2),
                sorted.size(),
                sorted.get(sorted.size() - 1));
    }

    private static int leader(ProcCluster cluster) {
        return cluster.state(PARTITION).orElseThrow().leader();
    }

    private static void awaitWhole(ProcCluster cluster) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (cluster.state(PARTITION)
                        .map(PartitionState::isr)
                        .orElse(List.of())
                        .size()
                < 3) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("Not all replicas are in sync: " + cluster.state(PARTITION));
            }
            pause(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    private static void pause(long nanos) {
        LockSupport.parkNanos(nanos);
    }
}
