package io.millstream.benchmarks;

import io.millstream.broker.log.Appended;
import io.millstream.broker.log.FirstBatch;
import io.millstream.broker.log.LogConfig;
import io.millstream.broker.log.LogSlice;
import io.millstream.broker.log.PartitionLog;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.SplittableRandom;
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

/** What a log costs that has many segments: the figures for 10 and for 10,000 should be the same. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 7, time = 1)
@Fork(1)
public class ManySegmentsBenchmark {

    private static final int SEGMENT_BYTES = 3 * SampleBatches.BATCH_BYTES;
    private static final int LEADER_EPOCH = 3;
    private static final int READ_SEGMENTS = 10;
    private static final int ROLLS = 50;
    private static final int FETCH_BYTES = 1 << 20;
    private static final int IDLE_AFTER = 500;
    private static final long SEED = 20_261_122;

    @Param({"10", "10000"})
    private int segments;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private ScratchLogs logs;
    private LogConfig config;
    private PartitionLog log;
    private ByteBuf batch;
    private long end;

    /** Fills the log. */
    @Setup(Level.Trial)
    public void fill() throws IOException {
        config = LogConfig.DEFAULT;
        logs = new ScratchLogs(config);
        log = logs.log("segments");
        log.configure(rolling(SEGMENT_BYTES));
        batch = new SampleBatches(1024).plain();
        for (int known = 1; known < segments; ) {
            log.append(batch, LEADER_EPOCH);
            int now = log.view().segmentCount();
            if (now > known && now % IDLE_AFTER == 0) {
                log.flush();
                log.closeIdleFiles(); // twice, as time goes by: this one notes which have been used
                log.closeIdleFiles();
            }
            known = now;
        }
        log.flush();
        log.configure(config);
        end = log.view().endOffset();
    }

    private LogConfig rolling(int segmentBytes) {
        LogConfig.Rolling rolling = config.rolling();
        return config.with(new LogConfig.Rolling(segmentBytes, rolling.segmentMillis(), rolling.indexIntervalBytes()));
    }

    /** Takes back what was appended. */
    @TearDown(Level.Iteration)
    public void cut() {
        log.configure(config);
        log.truncateTo(end);
        log.flush();
    }

    /** Gives everything up. */
    @TearDown(Level.Trial)
    public void release() throws IOException {
        logs.close();
        batch.release();
    }

    /** Appends to the last segment. */
    @Benchmark
    public Appended append() {
        return log.append(batch, LEADER_EPOCH);
    }

    /** Plans a fetch in one of ten segments all over the log. */
    @Benchmark
    public int fetch() {
        long stretch = end / READ_SEGMENTS;
        LogSlice slice =
                log.read(stretch * random.nextInt(READ_SEGMENTS), FETCH_BYTES, Long.MAX_VALUE, FirstBatch.ALWAYS);
        int size = slice.sizeInBytes();
        slice.release();
        return size;
    }

    /** Fills a segment and begins the next; what a roll leaves for later included, so a flush. */
    @Benchmark
    @BenchmarkMode(Mode.SingleShotTime)
    @OperationsPerInvocation(ROLLS)
    public long roll() {
        log.configure(rolling(SEGMENT_BYTES));
        int before = log.view().segmentCount();
        while (log.view().segmentCount() < before + ROLLS) {
            log.append(batch, LEADER_EPOCH);
        }
        return log.flush();
    }
}
