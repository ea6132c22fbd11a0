package io.millstream.benchmarks;

import io.millstream.broker.log.LogConfig;
import io.millstream.broker.log.PartitionLog;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Opening one log of 256 MB after a kill: every batch read and checked, the indexes made anew. An operation is a megabyte,
 * 2^20 bytes.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5)
@Measurement(iterations = 10)
@Fork(1)
public class LogRecoveryBenchmark {

    private static final int MEGABYTES = 256;
    private static final int LEADER_EPOCH = 3;

    @Param({"100", "1024"})
    private int valueBytes;

    private ScratchLogs logs;
    private long end;

    /** Fills the log. */
    @Setup(Level.Trial)
    public void fill() throws IOException {
        logs = new ScratchLogs(LogConfig.DEFAULT);
        PartitionLog log = logs.log("recovery");
        SampleBatches samples = new SampleBatches(valueBytes);
        for (long bytes = 0; bytes < (long) MEGABYTES << 20; ) {
            ByteBuf batch = samples.plain();
            bytes += batch.readableBytes();
            log.append(batch, LEADER_EPOCH);
            batch.release();
        }
        end = log.view().endOffset();
    }

    /** Leaves it as a kill does. */
    @Setup(Level.Invocation)
    public void crash() throws IOException {
        logs.crash();
    }

    /** Gives everything up. */
    @TearDown(Level.Trial)
    public void release() throws IOException {
        logs.close();
    }

    /** Recovers the log. */
    @Benchmark
    @OperationsPerInvocation(MEGABYTES)
    public PartitionLog recover() {
        logs.open();
        PartitionLog log = logs.log("recovery");
        if (log.view().endOffset() != end) {
            throw new IllegalStateException("It ends at " + log.view().endOffset() + " instead of " + end);
        }
        return log;
    }
}
