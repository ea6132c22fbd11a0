package io.millstream.benchmarks;

import io.millstream.broker.log.Compaction;
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
 * A compaction pass over 128 MB, eight segments, in which every key occurs about eight times. An operation is a megabyte
 * of what is compacted, 2^20 bytes: read for its keys, read again, and an eighth of it written.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3)
@Measurement(iterations = 7)
@Fork(1)
public class LogCompactionBenchmark {

    private static final int MEGABYTES = 128;
    private static final int SEGMENT_BYTES = 16 << 20;
    private static final int TIMES_EACH_KEY = 8;
    private static final int LEADER_EPOCH = 3;
    private static final Compaction.Memory MEMORY = new Compaction.Memory(128 << 20, 0.9);

    @Param({"100", "1024"})
    private int valueBytes;

    private ScratchLogs logs;
    private PartitionLog log;

    /** Makes a log that has never been compacted. */
    @Setup(Level.Invocation)
    public void fill() throws IOException {
        LogConfig config = LogConfig.DEFAULT;
        LogConfig.Rolling rolling = config.rolling();
        LogConfig.Cleanup cleanup = config.cleanup();
        logs = new ScratchLogs(
                config.with(new LogConfig.Rolling(SEGMENT_BYTES, rolling.segmentMillis(), rolling.indexIntervalBytes()))
                        .with(new LogConfig.Cleanup(
                                LogConfig.Policy.COMPACT,
                                cleanup.deleteRetentionMillis(),
                                cleanup.minLagMillis(),
                                cleanup.maxLagMillis(),
                                cleanup.minDirtyRatio())));
        log = logs.log("compaction");
        SampleBatches samples = new SampleBatches(valueBytes);
        int keys = (MEGABYTES << 20) / (valueBytes + 24) / TIMES_EACH_KEY;
        while (log.view().segmentCount() <= (MEGABYTES << 20) / SEGMENT_BYTES) {
            ByteBuf batch = samples.keyed(keys);
            log.append(batch, LEADER_EPOCH);
            batch.release();
        }
        log.flush();
    }

    /** Gives it up. */
    @TearDown(Level.Invocation)
    public void release() throws IOException {
        logs.close();
    }

    /** Compacts all but the segment that is appended to. */
    @Benchmark
    @OperationsPerInvocation(MEGABYTES)
    public Compaction.Outcome compact() {
        try (Compaction pass = log.compact(Long.MAX_VALUE, MEMORY).orElseThrow()) {
            while (!pass.done()) {
                pass.advance();
            }
            return pass.outcome();
        }
    }
}
