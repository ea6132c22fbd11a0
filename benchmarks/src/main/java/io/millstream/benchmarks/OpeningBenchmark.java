package io.millstream.benchmarks;

import io.millstream.broker.log.LogConfig;
import io.millstream.broker.log.LogDirectories;
import io.millstream.core.TopicPartition;
import io.netty.buffer.ByteBuf;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * How long a broker takes to open its logs, after a clean stop and after kill -9. Each opening is in a process of its own, as
 * a broker's is: nothing is compiled yet. The kernel still has the files in memory.
 */
@CommandLine.Command(
        name = "opening",
        description = "Measures how long many logs take to open, after a clean stop and after kill -9.",
        mixinStandardHelpOptions = true)
public final class OpeningBenchmark implements Callable<Integer> {

    private static final int VALUE_BYTES = 1024;
    private static final int LEADER_EPOCH = 3;
    private static final double MILLISECOND = 1e6;

    @Option(names = "--partitions", description = "Logs to open (default: ${DEFAULT-VALUE}).")
    private int partitions = 1_000;

    @Option(names = "--megabytes", description = "2^20 bytes in all logs together (default: ${DEFAULT-VALUE}).")
    private int megabytes = 1_024;

    @Option(names = "--rounds", description = "Openings of each kind (default: ${DEFAULT-VALUE}).")
    private int rounds = 5;

    @Option(names = "--directory", hidden = true, description = "Of the process that opens the logs.")
    private Path directory;

    /** Runs the command; exits 0, or 2 on bad usage. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new OpeningBenchmark()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        if (directory != null) {
            open();
            return 0;
        }
        Path scratch = Files.createTempDirectory("millstream-opening");
        try {
            fill(scratch);
            System.out.printf("%d logs, %d MB in all%n", partitions, megabytes);
            measure(scratch, "clean stop", true);
            openingMillis(scratch, false); // closed cleanly once more; the next one finds what a kill leaves
            measure(scratch, "kill -9", false);
        } finally {
            ScratchLogs.delete(scratch);
        }
        return 0;
    }

    private void fill(Path scratch) {
        SampleBatches samples = new SampleBatches(VALUE_BYTES);
        long each = ((long) megabytes << 20) / partitions;
        try (LogDirectories logs = ScratchLogs.open(scratch, LogConfig.DEFAULT)) {
            for (int i = 0; i < partitions; i++) {
                var log = logs.create(new TopicPartition("opening", i), new UUID(1, 2), LogConfig.DEFAULT);
                while (log.view().sizeInBytes() < each) {
                    ByteBuf batch = samples.plain();
                    log.append(batch, LEADER_EPOCH);
                    batch.release();
                }
            }
        }
    }

    private void measure(Path scratch, String stop, boolean clean) throws IOException, InterruptedException {
        List<Double> all = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            all.add(openingMillis(scratch, clean));
        }
        List<Double> sorted = all.stream().sorted().toList();
        System.out.printf(
                Locale.ROOT, "after %-10s median %5.0f ms of %s%n", stop, sorted.get(sorted.size() / 2), inMillis(all));
    }

    private static List<Long> inMillis(List<Double> all) {
        return all.stream().map(Math::round).toList();
    }

    /** Lets another process open the logs, and stops it, one way or the other. */
    private static double openingMillis(Path scratch, boolean cleanStop) throws IOException, InterruptedException {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        OpeningBenchmark.class.getName(),
                        "--directory",
                        scratch.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            String line = out.readLine();
            if (line == null) {
                throw new IOException("The process that should open the logs has said nothing");
            }
            if (cleanStop) {
                child.getOutputStream().close();
            } else {
                child.destroyForcibly();
            }
            child.waitFor();
            return Double.parseDouble(line);
        } finally {
            child.destroyForcibly();
        }
    }

    /** In the other process: opens, tells how long that took, and closes when standard input ends. */
    private void open() throws IOException {
        long start = System.nanoTime();
        try (LogDirectories logs = ScratchLogs.open(directory, LogConfig.DEFAULT)) {
            double took = (System.nanoTime() - start) / MILLISECOND;
            if (!logs.failures().isEmpty()) {
                throw new IOException("Logs that did not open: " + logs.failures());
            }
            System.out.println(took);
            while (System.in.read() >= 0) {
                // Nobody sends anything; what counts is the end.
            }
        }
    }
}
