package io.millstream.benchmarks;

import io.millstream.core.BrokerEndpoint;
import io.millstream.fixture.BrokerProcess;
import io.millstream.net.ConnectionSettings;
import io.millstream.net.Connections;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * What connections cost a broker that ask for its versions and then say nothing: its resident memory and processors' time
 * before and with them.
 */
@CommandLine.Command(
        name = "idle-connections",
        description = "Measures the memory of a broker with many idle connections.",
        mixinStandardHelpOptions = true)
public final class IdleConnectionsBenchmark implements Callable<Integer> {

    private static final int KB_IN_MB = 1024;

    @Option(names = "--connections", description = "How many (default: ${DEFAULT-VALUE}).")
    private int count = 5_000;

    @Option(names = "--seconds", description = "For how long they are idle (default: ${DEFAULT-VALUE}).")
    private int seconds = 15;

    /** Runs the command; exits 0, or 2 on bad usage. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new IdleConnectionsBenchmark()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        Path data = Files.createTempDirectory("millstream-idle");
        String[] dev = {"dev", "--data", data.toString(), "--port", "0", "--zookeeper-port", "0", "--http-port", "0"};
        try (BrokerProcess broker = BrokerProcess.run(List.of("-Xmx256m"), dev);
                Connections connections = Connections.tcp(ConnectionSettings.defaults("idle"))) {
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(5)); // started up for good
            double before = ProcessUse.residentMegabytes(broker.pid());
            for (int i = 0; i < count; i++) {
                var unused = connections
                        .open(BrokerEndpoint.parse(broker.bootstrap()))
                        .get(1, TimeUnit.MINUTES);
            }
            double connected = ProcessUse.residentMegabytes(broker.pid());
            double used = ProcessUse.processorSeconds(broker.pid());
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(seconds));
            double idle = ProcessUse.residentMegabytes(broker.pid());
            System.out.printf(
                    Locale.ROOT,
                    "%,d idle connections: %.0f MiB before, %.0f MiB once connected, %.0f MiB after %d s"
                            + " (%.1f KiB each); %.1f %% of a processor%n",
                    count,
                    before,
                    connected,
                    idle,
                    seconds,
                    (idle - before) * KB_IN_MB / count,
                    100 * (ProcessUse.processorSeconds(broker.pid()) - used) / seconds);
            broker.terminate();
        } finally {
            ScratchLogs.delete(data);
        }
        return 0;
    }
}
