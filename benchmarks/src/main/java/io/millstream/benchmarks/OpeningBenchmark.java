package io.millstream.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.millstream.broker.log.LogConfig;
import io.millstream.broker.log.LogDirectories;
import io.millstream.broker.log.PartitionLog;
import io.millstream.broker.log.PreviousStop;
import io.millstream.core.TopicPartition;
import io.netty.buffer.ByteBuf;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * How long a broker takes to open its logs, after a clean stop and after kill -9. Each opening is in a process of its own, as
 * a broker's is: nothing is compiled yet. That process appends a batch to each log, and is then told to stop or gets SIGKILL
 * with all of them open; the next one says which of the two it has found. The kernel still has the files in memory.
 */
@CommandLine.Command(
        name = "opening",
        description = "Measures how long many logs take to open, after a clean stop and after kill -9.",
        mixinStandardHelpOptions = true)
public final class OpeningBenchmark implements Callable<Integer> {

    private static final int VALUE_BYTES = 1024;
    private static final int LEADER_EPOCH = 3;
    private static final double MILLISECOND = 1e6;
    private static final int SIGKILLED = 128 + 9;

    @Option(names = "--partitions", description = "Logs to open (default: ${DEFAULT-VALUE}).")
    private int partitions = 1_000;

    @Option(names = "--megabytes", description = "2^20 bytes in all logs together (default: ${DEFAULT-VALUE}).")
    private int megabytes = 1_024;

    @Option(names = "--rounds", description = "Openings of each kind (default: ${DEFAULT-VALUE}).")
    private int rounds = 5;

    @Option(names = "--directory", hidden = true, description = "Of the process that opens the logs.")
    private Path directory;

    /**
     * What an opening took.
     *
     * @param millis by the clock
     * @param cpuMillis of all cores together, the compiler's share included
     * @param found how the process before has stopped
     */
    private record Opening(double millis, double cpuMillis, PreviousStop found) {

        static Opening parse(String line) {
            String[] words = line.split(" ", -1);
            return new Opening(
                    Double.parseDouble(words[0]), Double.parseDouble(words[1]), PreviousStop.valueOf(words[2]));
        }
    }

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
            measure(scratch, "clean stop", PreviousStop.CLEAN);
            opening(scratch, PreviousStop.CRASH); // finds a clean stop, and leaves what a kill leaves
            measure(scratch, "kill -9", PreviousStop.CRASH);
        } finally {
            ScratchLogs.delete(scratch);
        }
        return 0;
    }

    private void fill(Path scratch) {
        SampleBatches samples = ofToday();
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

    /** A segment whose first record is a week old would be ended at each start, and the logs would be others each round. */
    private static SampleBatches ofToday() {
        return new SampleBatches(VALUE_BYTES, System.currentTimeMillis());
    }

    private void measure(Path scratch, String stop, PreviousStop expected) throws IOException, InterruptedException {
        List<Opening> all = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            Opening opening = opening(scratch, expected);
            if (opening.found != expected) {
                throw new IOException("Stop " + opening.found + " was found, where " + expected + " is measured");
            }
            all.add(opening);
        }
        System.out.printf(
                Locale.ROOT,
                "after %-10s median %5.0f ms, %5.0f ms of CPU%n",
                stop,
                median(all, Opening::millis),
                median(all, Opening::cpuMillis));
    }

    private static double median(List<Opening> all, ToDoubleFunction<Opening> figure) {
        return all.stream()
                .mapToDouble(figure)
                .sorted()
                .skip(all.size() / 2)
                .findFirst()
                .orElse(Double.NaN);
    }

    /** Lets another process open the logs, and stops it, one way or the other. */
    private static Opening opening(Path scratch, PreviousStop next) throws IOException, InterruptedException {
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
            if (next == PreviousStop.CLEAN) {
                child.getOutputStream().close();
            } else {
                child.destroyForcibly();
            }
            int code = child.waitFor();
            if (code != (next == PreviousStop.CLEAN ? 0 : SIGKILLED)) {
                throw new IOException("The process that opened the logs has ended with " + code);
            }
            return Opening.parse(line);
        } finally {
            child.destroyForcibly();
        }
    }

    private static long cpuNanos() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }

    /** What is not closed cleanly has an end that was never flushed, and indexes that were never completed. */
    private static void append(LogDirectories logs) {
        ByteBuf batch = ofToday().plain();
        for (PartitionLog log : logs.logs()) {
            ByteBuf copy = batch.copy();
            log.append(copy, LEADER_EPOCH);
            copy.release();
        }
        batch.release();
    }

    /** In the other process: opens, tells how long that took, and closes when standard input ends. */
    private void open() throws IOException {
        // What a broker has loaded by then.
        LoggerFactory.getLogger(OpeningBenchmark.class).debug("Opening {}", directory);
        new SampleBatches(VALUE_BYTES).plain().release();
        long busy = cpuNanos();
        long start = System.nanoTime();
        try (LogDirectories logs = ScratchLogs.open(directory, LogConfig.DEFAULT)) {
            Opening took = new Opening(
                    (System.nanoTime() - start) / MILLISECOND,
                    (cpuNanos() - busy) / MILLISECOND,
                    logs.directories().get(0).previousStop());
            if (!logs.failures().isEmpty()) {
                throw new IOException("Logs that did not open: " + logs.failures());
            }
            append(logs);
            System.out.println(took.millis + " " + took.cpuMillis + " " + took.found);
            while (System.in.read() >= 0) {
                // Nobody sends anything; what counts is the end.
            }
        }
    }
}
