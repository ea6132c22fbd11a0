package io.millstream.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.core.TopicPartition;
import io.millstream.record.BatchRemainder;
import io.millstream.record.Codec;
import io.millstream.record.Record;
import io.millstream.record.RecordBatch;
import io.millstream.record.RecordIterator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

final class RangeCursorTest {

    private static final TopicPartition CLICKS = new TopicPartition("clicks", 0);

    private static ByteBuf log(long... baseOffsets) {
        ByteBuf bytes = Unpooled.buffer();
        for (long base : baseOffsets) {
            FakeLog one = new FakeLog().appendRecords(10, Codec.NONE);
            RecordBatch.at(one.batch(0)).stamp(base, 0);
            bytes.writeBytes(one.batch(0));
        }
        return bytes;
    }

    private static List<Long> walk(RangeCursor cursor) {
        List<Long> offsets = new ArrayList<>();
        while (cursor.hasNext()) {
            offsets.add(cursor.next().offset());
        }
        return offsets;
    }

    @Test
    void batchesThatOverlapGoBackOrLieAtNoPossibleOffsetAreRefused() {
        for (long wrong : new long[] {5, 0, -10, Long.MAX_VALUE - 9, Long.MAX_VALUE - 3}) {
            try (RangeCursor cursor = new RangeCursor(CLICKS, 0, 100)) {
                cursor.open(log(0, wrong), 20);

                assertThatThrownBy(() -> walk(cursor))
                        .as("base offset %d", wrong)
                        .isInstanceOf(CorruptDataException.class)
                        .hasMessageContaining("corrupt data at offset 10");
            }
        }
    }

    @Test
    void aGapThatEndsBeyondTheHighWatermarkProvesNothing() {
        try (RangeCursor cursor = new RangeCursor(CLICKS, 0, 100)) {
            cursor.open(log(0, 1 << 20), 20);

            assertThatThrownBy(() -> walk(cursor)).hasMessageContaining("beyond the high watermark 20");
            assertThat(cursor.gaps()).isZero();
        }
    }

    @Test
    void aFirstBatchThatEndsBelowTheOffsetAskedForIsRefused() {
        try (RangeCursor cursor = new RangeCursor(CLICKS, 15, 100)) {
            cursor.open(log(0), 20);

            assertThatThrownBy(() -> walk(cursor)).hasMessageContaining("where 15 is due");
        }
    }

    @Test
    void theOffsetToFetchNextIsKnownBeforeTheRecordsAreRead() {
        try (RangeCursor cursor = new RangeCursor(CLICKS, 3, 100)) {
            ByteBuf bytes = log(0, 10, 30);
            bytes.writerIndex(bytes.writerIndex() - 1);

            assertThat(cursor.open(bytes, 40)).isEqualTo(20);
            assertThat(walk(cursor)).hasSize(17).startsWith(3L).endsWith(19L);
            assertThat(cursor.finished()).isFalse();
        }
    }

    @Test
    void whatCompactionHasLeftIsAccountedForOffsetByOffset() {
        ByteBuf bytes = Unpooled.buffer();
        bytes.writeBytes(emptied(0))
                .writeBytes(log(30))
                .writeBytes(partly(40, 3, 7))
                .writeBytes(emptied(60));
        try (RangeCursor cursor = new RangeCursor(CLICKS, 5, 68)) {
            assertThat(cursor.open(bytes, 80)).isEqualTo(70);

            assertThat(walk(cursor)).containsExactly(30L, 31L, 32L, 33L, 34L, 35L, 36L, 37L, 38L, 39L, 43L, 47L);
            assertThat(cursor.finished()).isTrue();
            assertThat(cursor.delivered()).isEqualTo(12);
            assertThat(cursor.gaps()).isEqualTo(63 - 12);
        }
    }

    private static ByteBuf emptied(long baseOffset) {
        return partly(baseOffset);
    }

    /** Ten records once, of which these are left. */
    private static ByteBuf partly(long baseOffset, int... left) {
        RecordBatch whole = RecordBatch.at(log(baseOffset));
        try (BatchRemainder remainder = BatchRemainder.of(whole, UnpooledByteBufAllocator.DEFAULT);
                RecordIterator records = whole.records()) {
            while (records.hasNext()) {
                Record record = records.next();
                if (Arrays.stream(left).anyMatch(delta -> record.offset() == baseOffset + delta)) {
                    remainder.append(record);
                }
            }
            return Unpooled.copiedBuffer(remainder.build());
        }
    }

    /** Whoever goes on all the same must not get the rest of the batch as a gap. */
    @Test
    void aRecordThatFailsItsChecksIsTheEndForWhoeverAsksAgain() {
        ByteBuf bytes = log(0, 10);
        int last = RecordBatch.at(bytes).endIndex() - 1; // how many headers the last record of the first batch has
        assertThat(bytes.getByte(last)).isZero();
        bytes.setByte(last, 2);
        sign(bytes, 0);
        for (boolean unpacked : new boolean[] {false, true}) {
            try (RangeCursor cursor = new RangeCursor(CLICKS, 0, 20)) {
                open(cursor, bytes, unpacked);

                for (int again = 0; again < 3; again++) {
                    assertThatThrownBy(() -> walk(cursor))
                            .isInstanceOf(CorruptDataException.class)
                            .hasMessageContaining("clicks-0 has corrupt data at offset 9");
                }
                assertThat(cursor.delivered()).isEqualTo(9);
                assertThat(cursor.gaps()).isZero();
            }
        }
    }

    @Test
    void aBatchBehindTheRangeNeedsNotBeReadable() {
        ByteBuf bytes = log(0);
        int second = bytes.writerIndex();
        FakeLog packed = new FakeLog().appendRecords(10, Codec.LZ4);
        RecordBatch.at(packed.batch(0)).stamp(30, 0);
        bytes.writeBytes(packed.batch(0));
        bytes.setInt(second + RecordBatch.HEADER_BYTES, 0); // no LZ4 frame begins so
        sign(bytes, second);
        for (boolean unpacked : new boolean[] {false, true}) {
            try (RangeCursor before = new RangeCursor(CLICKS, 0, 20);
                    RangeCursor into = new RangeCursor(CLICKS, 0, 31)) {
                open(before, bytes, unpacked);
                open(into, bytes, unpacked);

                assertThat(walk(before)).hasSize(10);
                assertThat(before.finished()).isTrue();
                assertThat(before.gaps()).isEqualTo(10);
                assertThatThrownBy(() -> walk(into))
                        .isInstanceOf(CorruptDataException.class)
                        .hasMessageContaining("corrupt data at offset 30");
            }
        }
    }

    @Test
    void aWorkerThatFailsIsAnErrorThatSaysWhere() {
        ByteBuf bytes = log(0);
        CompletableFuture<Void> broken = CompletableFuture.failedFuture(new OutOfMemoryError("none left"));
        try (RangeCursor cursor = new RangeCursor(CLICKS, 0, 20)) {
            cursor.open(bytes, 40, new RangeCursor.Batches() {
                @Override
                public RecordBatch batch(int index) {
                    broken.join();
                    return RecordBatch.at(bytes);
                }

                @Override
                public RecordIterator records(int index) {
                    return batch(index).records();
                }

                @Override
                public BatchExtent extent() {
                    return BatchExtent.of(bytes);
                }
            });

            for (int again = 0; again < 2; again++) {
                assertThatThrownBy(cursor::hasNext)
                        .isExactlyInstanceOf(ClientException.class)
                        .hasMessageContaining("clicks-0 cannot be read at offset 0")
                        .hasMessageContaining("none left");
            }
        }
    }

    private static void open(RangeCursor cursor, ByteBuf bytes, boolean unpacked) {
        if (unpacked) {
            cursor.open(bytes, 40, new UnpackedPage(bytes, new Unpacking(Runnable::run)));
        } else {
            cursor.open(bytes, 40);
        }
    }

    /** Gives the batch at {@code index} the checksum of what it is now. */
    private static void sign(ByteBuf bytes, int index) {
        int end = RecordBatch.at(bytes, index, bytes.writerIndex()).endIndex();
        CRC32C crc = new CRC32C();
        crc.update(bytes.nioBuffer(index + 21, end - index - 21));
        bytes.setInt(index + 17, (int) crc.getValue());
    }

    @Test
    void anyDamageIsAnErrorOrHarmlessButNeverAWrongRecord() {
        long seed = 20_261_122;
        Random random = new Random(seed);
        ByteBuf sound = log(0, 10, 20);
        for (int round = 0; round < 3_000; round++) {
            ByteBuf bytes = Unpooled.copiedBuffer(sound);
            int at = random.nextInt(bytes.readableBytes());
            bytes.setByte(at, bytes.getByte(at) ^ 1 << random.nextInt(8));
            try (RangeCursor cursor = new RangeCursor(CLICKS, 0, 30)) {
                if (BatchExtent.of(bytes).end() == 0) {
                    continue;
                }
                cursor.open(bytes, 30);
                long delivered = 0;
                while (cursor.hasNext()) {
                    // offsets are outside the checksum; values are not
                    byte[] value = cursor.next().value();
                    assertThat(value).as("seed %d round %d", seed, round).isEqualTo(FakeLog.value(delivered++ % 10));
                }
                assertThat(cursor.delivered() + cursor.gaps())
                        .as("seed %d round %d", seed, round)
                        .isEqualTo(cursor.position());
            } catch (CorruptDataException refused) {
                assertThat(refused).hasMessageContaining("clicks-0");
            }
        }
    }
}
