package io.millstream.benchmarks;

import io.millstream.core.BrokerEndpoint;
import io.millstream.fixture.BrokerProcess;
import io.millstream.fixture.GroupFleet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * How long it takes until all of many consumer groups are stable that join at once, as after the restart of a large
 * service: each member over a connection of its own, from this process to a fresh broker in another.
 */
@CommandLine.Command(
        name = "groups",
        description = "Measures how soon many consumer groups are stable that join at once.",
        mixinStandardHelpOptions = true)
public final class GroupBenchmark implements Callable<Integer> {

    private static final double SECOND = 1e9;

    @Option(names = "--groups", description = "How many (default: ${DEFAULT-VALUE}).")
    private int groups = 500;

    @Option(names = "--members", description = "Of each group (default: ${DEFAULT-VALUE}).")
    private int members = 3;

    @Option(names = "--rounds", description = "Each with a new broker (default: ${DEFAULT-VALUE}).")
    private int rounds = 3;

    @Option(
            names = "--initial-delay",
            description = "The broker's group.initial.rebalance.delay.ms (default: ${DEFAULT-VALUE}, as brokers have).")
    private int initialDelayMillis = 3_000;

    @Option(names = "--broker-heap", description = "Of the broker started (default: ${DEFAULT-VALUE}).")
    private String heap = "512m";

    /** Runs the command; exits 0, or 2 on bad usage. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new GroupBenchmark()).execute(args));
    }

    @Override
    public Integer call() {
        System.out.printf("%d groups of %d members, initial delay %d ms%n", groups, members, initialDelayMillis);
        List<Double> took = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            took.add(measure());
            report(String.valueOf(round), took.get(took.size() - 1));
        }
        took.sort(Comparator.naturalOrder());
        report("median", took.get(took.size() / 2));
        return 0;
    }

    private static void report(String round, double seconds) {
        System.out.printf(Locale.ROOT, "%-8s %8.2f s until all are stable%n", round, seconds);
    }

    private double measure() {
        String[] dev = {
            "dev",
            "--port",
            "0",
            "--zookeeper-port",
            "0",
            "--http-port",
            "0",
            "--set",
            "group.initial.rebalance.delay.ms=" + initialDelayMillis
        };
        try (BrokerProcess broker = BrokerProcess.run(List.of("-Xmx" + heap), dev);
                GroupFleet fleet = new GroupFleet(BrokerEndpoint.parse(broker.bootstrap()), groups, members)) {
            long start = System.nanoTime();
            fleet.join().join();
            return (System.nanoTime() - start) / SECOND;
        }
    }
}
