package io.millstream.benchmarks;

import io.millstream.broker.log.Appended;
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
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Appending a batch of 16 KB as a leader does: checked, stamped, written, indexed; forced to disk later. An operation is a
 * batch: 15 records of 1 KB, or 131 of 100 B.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class LogAppendBenchmark {

    private static final int BATCHES = 256;
    private static final long PRODUCER_ID = 7;
    private static final int LEADER_EPOCH = 3;

    /** Who sends the batches. */
    public enum Producer {
        /** One that may send twice. */
        PLAIN,
        /** One whose batches are told from those that were there before. */
        IDEMPOTENT
    }

    @Param({"100", "1024"})
    private int valueBytes;

    @Param({"PLAIN", "IDEMPOTENT"})
    private Producer producer;

    private final ByteBuf[] batches = new ByteBuf[BATCHES];
    private ScratchLogs logs;
    private PartitionLog log;
    private int next;

    /** Makes the batches and the log. */
    @Setup(Level.Trial)
    public void prepare() throws IOException {
        SampleBatches samples = new SampleBatches(valueBytes);
        for (int i = 0; i < BATCHES; i++) {
            batches[i] = producer == Producer.PLAIN ? samples.plain() : samples.idempotent(PRODUCER_ID);
        }
        logs = new ScratchLogs(LogConfig.DEFAULT);
        log = logs.log("append");
    }

    /** So that the disk need not hold, nor the kernel write back, all that is appended. */
    @TearDown(Level.Iteration)
    public void empty() {
        log.truncateTo(0);
    }

    /** Gives everything up. */
    @TearDown(Level.Trial)
    public void release() throws IOException {
        logs.close();
        for (ByteBuf batch : batches) {
            batch.release();
        }
    }

    /** Appends a batch. */
    @Benchmark
    public Appended append() {
        if (next == BATCHES) {
            next = 0;
            log.expireProducers(
                    -1, Long.MAX_VALUE); // one that is not known may start anywhere: here at its first again
        }
        Appended appended = log.append(batches[next++], LEADER_EPOCH);
        if (!appended.accepted() || appended.duplicate()) {
            throw new IllegalStateException(appended.toString());
        }
        return appended;
    }
}
