package io.millstream.benchmarks;

import io.millstream.record.Codec;
import io.millstream.record.Record;
import io.millstream.record.RecordBatch;
import io.millstream.record.RecordBatchBuilder;
import io.millstream.record.RecordIterator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.List;
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
import org.openjdk.jmh.infra.Blackhole;

/** Building a batch of 64 KiB of values, checking it, and reading its records. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RecordBatchBenchmark {

    private static final int BATCH_BYTES = 64 * 1024;
    private static final long FIRST_TIMESTAMP = 1_700_000_000_000L;

    @Param({"100", "1024"})
    private int valueBytes;

    @Param({"NONE", "LZ4", "ZSTD"})
    private Codec codec;

    private SampleRecords samples;
    private ByteBuf built;

    /** Makes the batch that is read. */
    @Setup(Level.Trial)
    public void prepare() {
        samples = new SampleRecords(valueBytes);
        built = build();
    }

    /** Gives it up. */
    @TearDown(Level.Trial)
    public void release() {
        built.release();
    }

    /** Appends the records and builds the batch: compression and checksum included. */
    @Benchmark
    public void buildBatch(Blackhole hole) {
        ByteBuf batch = build();
        hole.consume(batch.readableBytes());
        batch.release();
    }

    private ByteBuf build() {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(codec, PooledByteBufAllocator.DEFAULT)) {
            for (int i = 0; i < BATCH_BYTES / valueBytes; i++) {
                builder.append(FIRST_TIMESTAMP + i, null, samples.value(i), List.of());
            }
            return builder.build();
        }
    }

    /** What a broker does with a batch that comes in: the header and the checksum. */
    @Benchmark
    public int checkBatch() {
        RecordBatch batch = RecordBatch.at(built);
        batch.ensureIntact();
        return batch.recordCount();
    }

    /** What a reader does: every record decompressed, checked and copied out. */
    @Benchmark
    public void iterateRecords(Blackhole hole) {
        try (RecordIterator records = RecordBatch.at(built).records()) {
            while (records.hasNext()) {
                Record next = records.next();
                hole.consume(next.value());
            }
        }
    }
}
