package io.millstream.broker.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.millstream.broker.log.TestBatches.Entry;
import io.millstream.record.Codec;
import io.millstream.wire.ErrorCode;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** L9: the ends of every range. */
final class L9EdgesTest {

    @TempDir
    Path root;

    private LogHome home;

    @BeforeEach
    void home() {
        home = new LogHome(root, HookedDisk.quick());
    }

    private static Appended append(PartitionLog log, long timestamp, String... values) {
        return log.append(TestBatches.batch(timestamp, values), 1);
    }

    @Test
    void emptyLogHasNothingAtItsOnlyOffset() {
        PartitionLog log = home.open();

        LogSlice slice = log.read(0, 100, Long.MAX_VALUE, FirstBatch.ALWAYS);
        assertThat(slice.error()).isEqualTo(ErrorCode.NONE);
        assertThat(slice.isEmpty()).isTrue();
        slice.release();
        assertThat(log.firstAtOrAfter(0, Long.MAX_VALUE)).isEmpty();
        assertThat(log.latestByTime(Long.MAX_VALUE)).isEmpty();
        assertThat(log.ranges(0, Long.MAX_VALUE, 100)).isEmpty();
        assertThat(log.truncateTo(0)).isZero();
        assertThat(log.advanceStart(5)).isZero();
        assertThat(log.applyRetention(Long.MAX_VALUE)).isZero();
        assertThat(home.open(log.close()).view().endOffset()).isZero();
    }

    @Test
    void oneByteSegmentsHoldOneAppendEach() {
        home.segments(1, 0);
        PartitionLog log = home.open();
        for (int i = 0; i < 20; i++) {
            assertThat(append(log, i, "v" + i).baseOffset()).isEqualTo(i);
        }
        home.work();

        assertThat(log.view().segmentCount()).isEqualTo(20);
        assertThat(LogHome.readAll(log, 7)).hasSize(13);
        assertThat(log.firstAtOrAfter(11, Long.MAX_VALUE).orElseThrow().offset())
                .isEqualTo(11);
        log.abandon();
        log = home.open();
        assertThat(LogHome.readAll(log)).hasSize(20);
        assertThat(log.truncateTo(5)).isEqualTo(5);
        assertThat(append(log, 5, "again").baseOffset()).isEqualTo(5);
        log.close();
    }

    @Test
    void offsetsEndAtTheLargestLong() {
        PartitionLog log = home.open();
        log.close();
        long start = Long.MAX_VALUE - 5;
        home.disk.delete(LogFiles.of(home.directory, 0, LogFiles.LOG));
        new LogState(start, start).save(home.disk, home.directory, LogHome.METADATA);

        log = home.open();

        assertThat(append(log, 1, "a", "b").baseOffset()).isEqualTo(start);
        assertThat(append(log, 2, "c", "d", "e", "f").error()).isEqualTo(ErrorCode.INVALID_RECORD);
        assertThat(append(log, 2, "c", "d").baseOffset()).isEqualTo(start + 2);
        assertThat(append(log, 3, "e").error()).isEqualTo(ErrorCode.INVALID_RECORD);
        assertThat(LogHome.readAll(log)).hasSize(4);
        log.abandon();
        log = home.open();
        assertThat(LogHome.readAll(log, start + 3)).extracting(Entry::value).containsExactly("d");
        assertThat(log.read(Long.MAX_VALUE, 9, Long.MAX_VALUE, FirstBatch.ALWAYS)
                        .error())
                .isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        assertThat(log.read(-1, 9, Long.MAX_VALUE, FirstBatch.ALWAYS).error()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        log.close();
    }

    @Test
    void segmentRollsBeforeARelativeOffsetOverflows() {
        PartitionLog log = home.open();
        int each = 38_000_000;
        for (int i = 0; i < 60; i++) {
            assertThat(log.append(vast(each), 1).baseOffset()).isEqualTo((long) i * each);
        }

        assertThat(log.view().segmentCount()).isEqualTo(2);
        assertThat(log.view().segment(1).baseOffset()).isEqualTo(56L * each);
        for (PartitionLog opened : List.of(log, home.open(log.close()))) {
            long last = 60L * each - 1;
            LogSlice slice = opened == log ? null : opened.read(last, 9, Long.MAX_VALUE, FirstBatch.ALWAYS);
            if (slice != null) {
                assertThat(slice.sizeInBytes()).isEqualTo(vast(each).readableBytes());
                slice.release();
            }
        }
    }

    /** A batch whose header claims a number of compressed records that nobody can check without decompressing. */
    private static ByteBuf vast(int records) {
        ByteBuf batch = TestBatches.batch(Codec.GZIP, new long[] {7}, "x");
        batch.setInt(23, records - 1);
        batch.setInt(57, records);
        CRC32C crc = new CRC32C();
        crc.update(batch.nioBuffer(21, batch.readableBytes() - 21));
        return batch.setInt(17, (int) crc.getValue());
    }

    @Test
    void timestampsMayBeMissingOldOrInTheFuture() {
        home.segments(200, 0);
        PartitionLog log = home.open();
        append(log, -1, "none");
        append(log, 0, "epoch");
        append(log, Long.MAX_VALUE, "far");
        append(log, -1, "none");
        append(log, 5, "late");

        assertThat(offset(log.firstAtOrAfter(0, Long.MAX_VALUE))).contains(1L);
        assertThat(offset(log.firstAtOrAfter(1, Long.MAX_VALUE))).contains(2L);
        assertThat(offset(log.firstAtOrAfter(1, 2))).isEmpty();
        assertThat(offset(log.firstAtOrAfter(Long.MAX_VALUE, Long.MAX_VALUE))).contains(2L);
        assertThat(offset(log.latestByTime(Long.MAX_VALUE))).contains(2L);
        assertThat(offset(log.latestByTime(2))).contains(1L);
        log.advanceStart(3);
        assertThat(offset(log.latestByTime(Long.MAX_VALUE))).contains(4L);
        log.close();
    }

    private static Optional<Long> offset(Optional<TimestampedOffset> found) {
        return found.map(TimestampedOffset::offset);
    }

    @Test
    void latestByTimeIsTheFirstOfEquals() {
        PartitionLog log = home.open();
        log.append(TestBatches.batch(Codec.ZSTD, new long[] {1, 9, 3, 9}, "a", "b", "c", "d"), 1);
        log.append(TestBatches.batch(Codec.LZ4, new long[] {9, 2}, "e", "f"), 1);

        assertThat(log.latestByTime(Long.MAX_VALUE).orElseThrow()).isEqualTo(new TimestampedOffset(1, 9, 1));
        log.close();
    }

    @Test
    void headerThatPromisesALaterTimeThanItsRecordsHaveIsPassedOver() {
        PartitionLog log = home.open();
        ByteBuf lying = TestBatches.batch(3, "a", "b");
        lying.setLong(35, 50);
        CRC32C crc = new CRC32C();
        crc.update(lying.nioBuffer(21, lying.readableBytes() - 21));
        lying.setInt(17, (int) crc.getValue());
        log.append(lying, 1);
        append(log, 40, "c");

        assertThat(offset(log.firstAtOrAfter(40, Long.MAX_VALUE))).contains(2L);
        log.close();
    }

    @Test
    void segmentRollsByAge() {
        home.config = home.config.with(new LogConfig.Rolling(1 << 20, 1_000, 4096));
        PartitionLog log = home.open();
        append(log, 1, "a");
        home.clock.advance(999);
        append(log, 2, "b");
        assertThat(log.view().segmentCount()).isEqualTo(1);
        home.clock.advance(1);
        append(log, 3, "c");
        assertThat(log.view().segmentCount()).isEqualTo(2);
        home.clock.advance(5_000);
        log.configure(home.config.with(new LogConfig.Rolling(1 << 20, 6_000, 4096)));
        append(log, 4, "d");
        assertThat(log.view().segmentCount()).isEqualTo(2);
        log.close();
    }

    @Test
    void olderLeaderIsFencedAndTermsAreKept() {
        PartitionLog log = home.open();
        log.append(TestBatches.batch(1, "a"), 3);
        log.beginTerm(5);
        assertThat(log.append(TestBatches.batch(1, "b"), 4).error()).isEqualTo(ErrorCode.FENCED_LEADER_EPOCH);
        log.append(TestBatches.batch(1, "b"), 5);
        log.abandon();

        log = home.open();

        assertThat(log.latestEpoch()).isEqualTo(5);
        assertThat(log.append(TestBatches.batch(1, "c"), 4).error()).isEqualTo(ErrorCode.FENCED_LEADER_EPOCH);
        assertThat(log.truncateTo(1)).isEqualTo(1);
        assertThat(log.latestEpoch()).isEqualTo(3);
        log.close();
    }

    @Test
    void rangesAreFoundWithoutAnIndexThatHasGone() throws IOException {
        home.segments(1 << 30, 0);
        PartitionLog log = home.open();
        for (int i = 0; i < 1_500; i++) {
            append(log, 1_000 + i, "v");
        }
        log.closeIdleFiles();
        log.closeIdleFiles();
        Files.delete(home.directory.resolve("00000000000000000000.index"));

        List<OffsetChunk> chunks = assertTimeoutPreemptively(Duration.ofSeconds(30), () -> log.ranges(0, 1_400, 500));

        assertThat(chunks.get(0).offset()).isZero();
        assertThat(chunks.stream().mapToLong(OffsetChunk::bytes).sum())
                .isEqualTo(log.view().sizeInBytes() / 1_500 * 1_400);
        log.close();
    }

    @Test
    void rangesSpanSegmentsAndEndAtBatchBorders() {
        home.segments(3_000, 100);
        PartitionLog log = home.open();
        for (int i = 0; i < 100; i++) {
            append(log, 1_000 + i, "v".repeat(120));
        }
        long size = log.view().sizeInBytes();
        assertThat(log.view().segmentCount()).isGreaterThan(5);

        assertThat(log.ranges(0, 100, Long.MAX_VALUE)).containsExactly(new OffsetChunk(0, size, 1_099));
        List<OffsetChunk> chunks = log.ranges(10, 90, 4_500);
        assertThat(chunks.get(0).offset()).isEqualTo(10);
        assertThat(chunks.stream().mapToLong(OffsetChunk::bytes).sum()).isEqualTo(size / 100 * 80);
        assertThat(chunks).hasSizeBetween(3, 5);
        assertThat(chunks.get(chunks.size() - 1).maxTimestamp()).isBetween(1_089L, 1_099L);
        assertThat(log.ranges(50, 50, 10)).isEmpty();
        assertThat(log.ranges(0, 100, 1)).hasSize(100);
        log.close();
    }
}
