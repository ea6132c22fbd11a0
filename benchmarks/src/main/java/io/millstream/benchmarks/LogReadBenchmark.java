package io.millstream.benchmarks;

import io.millstream.broker.log.FirstBatch;
import io.millstream.broker.log.LogConfig;
import io.millstream.broker.log.LogSlice;
import io.millstream.broker.log.OffsetChunk;
import io.millstream.broker.log.PartitionLog;
import io.millstream.broker.log.TimestampedOffset;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Finding what to send, in a log of 256 MB: four segments, whose batches and indexes the kernel has in memory. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class LogReadBenchmark {

    private static final int LOG_BYTES = 256 << 20;
    private static final int SEGMENT_BYTES = 64 << 20;
    private static final int FETCH_BYTES = 1 << 20;
    private static final int CHUNK_BYTES = 16 << 20;
    private static final int LEADER_EPOCH = 3;
    private static final long SEED = 20_261_122;

    @Param({"100", "1024"})
    private int valueBytes;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private ScratchLogs logs;
    private PartitionLog log;
    private long end;

    /** Fills the log. */
    @Setup(Level.Trial)
    public void fill() throws IOException {
        LogConfig config = LogConfig.DEFAULT;
        LogConfig.Rolling rolling = config.rolling();
        logs = new ScratchLogs(config.with(
                new LogConfig.Rolling(SEGMENT_BYTES, rolling.segmentMillis(), rolling.indexIntervalBytes())));
        log = logs.log("read");
        SampleBatches samples = new SampleBatches(valueBytes);
        for (int bytes = 0; bytes < LOG_BYTES; bytes += SampleBatches.BATCH_BYTES) {
            ByteBuf batch = samples.plain();
            log.append(batch, LEADER_EPOCH);
            batch.release();
        }
        log.flush();
        end = log.view().endOffset();
    }

    /** Gives everything up. */
    @TearDown(Level.Trial)
    public void release() throws IOException {
        logs.close();
    }

    private int plan(long offset, int maxBytes) {
        LogSlice slice = log.read(offset, maxBytes, Long.MAX_VALUE, FirstBatch.ALWAYS);
        int size = slice.sizeInBytes();
        slice.release();
        return size;
    }

    /** A consumer that reads along: the last batch. */
    @Benchmark
    public int planAtEnd() {
        return plan(end - 1, FETCH_BYTES);
    }

    /** A consumer anywhere: up to 1 MB of whole batches. */
    @Benchmark
    public int planAnywhere() {
        return plan(random.nextLong(end), FETCH_BYTES);
    }

    /** The batch that holds an offset. */
    @Benchmark
    public int findOffset() {
        return plan(random.nextLong(end), 1);
    }

    /** The first record at or after a time: the index, the headers, and the records of one batch. */
    @Benchmark
    public Optional<TimestampedOffset> findTime() {
        return log.firstAtOrAfter(SampleBatches.FIRST_TIMESTAMP + random.nextLong(end), Long.MAX_VALUE);
    }

    /** Cutting the log into stretches of 16 MB, as a split planner asks for. */
    @Benchmark
    public List<OffsetChunk> planRanges() {
        return log.ranges(0, end, CHUNK_BYTES);
    }
}
