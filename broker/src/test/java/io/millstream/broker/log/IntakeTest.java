package io.millstream.broker.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.record.Codec;
import io.millstream.record.RecordBatch;
import io.millstream.wire.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** What is not a batch that a client may append is refused with a code and a sentence. */
final class IntakeTest {

    private static final long NOW = 1_000_000;
    private static final LogConfig.Accepting RULES =
            new LogConfig.Accepting(1_000, TimestampType.CREATE_TIME, 5_000, 5_000);

    private static void assertRefused(ByteBuf records, ErrorCode error, String why) {
        Appended refusal =
                Intake.check(records, LogConfig.DEFAULT.with(RULES), NOW).refusal();
        assertThat(refusal).isNotNull();
        assertThat(refusal.error()).isEqualTo(error);
        assertThat(refusal.message()).contains(why);
        assertThat(refusal.accepted()).isFalse();
    }

    /** Changes a header field and makes the checksum right again. */
    private static ByteBuf with(ByteBuf batch, int at, long value, int bytes) {
        switch (bytes) {
            case 2 -> batch.setShort(at, (int) value);
            case 4 -> batch.setInt(at, (int) value);
            default -> batch.setLong(at, value);
        }
        CRC32C crc = new CRC32C();
        crc.update(batch.nioBuffer(21, batch.readableBytes() - 21));
        return batch.setInt(17, (int) crc.getValue());
    }

    @Test
    void goodBatchesAreTaken() {
        Intake intake = Intake.check(
                TestBatches.concat(TestBatches.batch(NOW, "a", "b"), TestBatches.batch(-1, "c")),
                LogConfig.DEFAULT.with(RULES),
                NOW);

        assertThat(intake.refusal()).isNull();
        assertThat(intake.offsets()).isEqualTo(3);
        assertThat(intake.batches()).hasSize(2);
    }

    @Test
    void nothingAndHalfABatchAreCorrupt() {
        assertRefused(Unpooled.EMPTY_BUFFER, ErrorCode.CORRUPT_MESSAGE, "less than a batch header");
        ByteBuf batch = TestBatches.batch(NOW, "a");
        assertRefused(batch.slice(0, batch.readableBytes() - 1), ErrorCode.CORRUPT_MESSAGE, "are there");
        assertRefused(
                TestBatches.concat(batch, Unpooled.wrappedBuffer(new byte[9])), ErrorCode.CORRUPT_MESSAGE, "9 bytes");
    }

    @Test
    void wrongChecksumIsCorrupt() {
        ByteBuf batch = TestBatches.batch(NOW, "a");
        batch.setByte(batch.readableBytes() - 1, 77);

        assertRefused(batch, ErrorCode.CORRUPT_MESSAGE, "checksum");
    }

    @Test
    void oldFormatIsCorrupt() {
        ByteBuf batch = TestBatches.batch(NOW, "a");
        batch.setByte(16, 1);

        assertRefused(batch, ErrorCode.CORRUPT_MESSAGE, "format v1");
    }

    @Test
    void tooLargeIsRefused() {
        assertRefused(TestBatches.batch(NOW, "x".repeat(1_000)), ErrorCode.MESSAGE_TOO_LARGE, "max.message.bytes");
    }

    @Test
    void countsThatContradictEachOtherAreRefused() {
        assertRefused(with(TestBatches.batch(NOW, "a", "b"), 57, 1, 4), ErrorCode.INVALID_RECORD, "1 records");
        assertRefused(with(TestBatches.batch(NOW, "a", "b"), 23, 5, 4), ErrorCode.INVALID_RECORD, "delta of 5");
        ByteBuf none = with(with(TestBatches.batch(NOW, "a"), 57, 0, 4), 23, 0, 4);
        assertRefused(none, ErrorCode.INVALID_RECORD, "0 records");
    }

    @Test
    void moreRecordsThanTheBytesCanHoldAreRefused() {
        ByteBuf bomb = with(with(TestBatches.batch(NOW, "a"), 57, 1_000_000, 4), 23, 999_999, 4);

        assertRefused(bomb, ErrorCode.INVALID_RECORD, "1000000 records");
    }

    @Test
    void unknownCodecIsCorrupt() {
        assertRefused(with(TestBatches.batch(NOW, "a"), 21, 7, 2), ErrorCode.CORRUPT_MESSAGE, "codec");
    }

    @Test
    void controlAndTransactionalBatchesAreRefused() {
        assertRefused(with(TestBatches.batch(NOW, "a"), 21, 0x20, 2), ErrorCode.INVALID_RECORD, "ransactions");
        assertRefused(with(TestBatches.batch(NOW, "a"), 21, 0x10, 2), ErrorCode.INVALID_RECORD, "ransactions");
    }

    @Test
    void halfAnIdempotentProducerIsRefused() {
        assertRefused(TestBatches.batch(5, 0, -1, "a"), ErrorCode.INVALID_RECORD, "negative");
        assertRefused(TestBatches.batch(5, -1, 0, "a"), ErrorCode.INVALID_RECORD, "negative");
        assertRefused(TestBatches.batch(-2, 0, 0, "a"), ErrorCode.INVALID_RECORD, "negative");
    }

    @Test
    void idempotentBatchMustBeAlone() {
        ByteBuf plain = TestBatches.batch(NOW, "a");
        ByteBuf idempotent = with(TestBatches.batch(5, 0, 0, "b"), 27, NOW, 8);
        idempotent = with(idempotent, 35, NOW, 8);

        assertRefused(TestBatches.concat(plain, idempotent), ErrorCode.INVALID_RECORD, "alone");
        assertRefused(TestBatches.concat(idempotent, plain), ErrorCode.INVALID_RECORD, "alone");
    }

    @Test
    void timestampsOutOfBoundsAreRefused() {
        assertRefused(TestBatches.batch(NOW + 5_001, "a"), ErrorCode.INVALID_TIMESTAMP, "after");
        assertRefused(TestBatches.batch(NOW - 5_001, "a"), ErrorCode.INVALID_TIMESTAMP, "before");
        assertRefused(with(TestBatches.batch(NOW, "a"), 21, 8, 2), ErrorCode.INVALID_TIMESTAMP, "broker set its time");
    }

    @Test
    void brokersTimeReplacesTheProducersWithoutDecompression() {
        LogConfig.Accepting rules = new LogConfig.Accepting(1_000, TimestampType.LOG_APPEND_TIME, 0, 0);
        ByteBuf batch = TestBatches.batch(Codec.GZIP, new long[] {1, 2}, "a", "b");

        Intake intake = Intake.check(batch, LogConfig.DEFAULT.with(rules), NOW);

        assertThat(intake.refusal()).isNull();
        RecordBatch taken = intake.batches().get(0);
        taken.ensureIntact();
        assertThat(taken.logAppendTime()).isTrue();
        assertThat(TestBatches.entries(batch)).allMatch(entry -> entry.timestamp() == NOW);
    }
}
