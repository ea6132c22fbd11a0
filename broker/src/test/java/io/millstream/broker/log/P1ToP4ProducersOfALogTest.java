package io.millstream.broker.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.record.RecordBatch;
import io.millstream.wire.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** P1 to P4 of one log: a batch that an idempotent producer sends twice is stored once, whatever happened in between. */
final class P1ToP4ProducersOfALogTest {

    private static final long PRODUCER = 42;

    /** Where a batch's header has the producer's id. */
    private static final int PRODUCER_ID_AT = 43;

    @TempDir
    Path root;

    private LogHome home;
    private PartitionLog log;

    @BeforeEach
    void open() {
        home = new LogHome(root, HookedDisk.quick());
        log = home.open();
    }

    private Appended append(int epoch, int sequence, String... values) {
        return log.append(TestBatches.batch(PRODUCER, epoch, sequence, values), 1);
    }

    /** Stored too long ago to be remembered: there, but nobody knows where. */
    private void assertLongStored(Appended appended, long committedWith) {
        assertThat(appended.error()).isEqualTo(ErrorCode.DUPLICATE_SEQUENCE_NUMBER);
        assertThat(appended.accepted()).isTrue();
        assertThat(appended.duplicate()).isTrue();
        assertThat(appended.baseOffset()).isEqualTo(Appended.NONE);
        assertThat(appended.nextOffset()).isEqualTo(committedWith);
    }

    private void assertOutOfOrder(Appended appended) {
        assertThat(appended.error()).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(appended.accepted()).isFalse();
    }

    private void assertDuplicate(Appended appended, long base, long next) {
        assertThat(appended.error()).isEqualTo(ErrorCode.NONE);
        assertThat(appended.duplicate()).isTrue();
        assertThat(appended.baseOffset()).isEqualTo(base);
        assertThat(appended.nextOffset()).isEqualTo(next);
    }

    @Test
    void p1_repeatedBatchGetsItsFirstOffsetAndIsNotStoredAgain() {
        append(0, 0, "a", "b");
        append(0, 2, "c");

        assertDuplicate(append(0, 0, "a", "b"), 0, 2);
        assertDuplicate(append(0, 2, "c"), 2, 3);

        assertThat(LogHome.readAll(log)).hasSize(3);
    }

    @Test
    void p1_lastFiveBatchesAreRememberedAndOfOlderOnesThatTheyAreStored() {
        for (int i = 0; i < 6; i++) {
            append(0, i, "v" + i);
        }

        for (int i = 1; i < 6; i++) {
            assertDuplicate(append(0, i, "v" + i), i, i + 1);
        }
        assertLongStored(append(0, 0, "v0"), 1);
        assertThat(LogHome.readAll(log)).hasSize(6);
    }

    @Test
    void p1_whatOverlapsTheLastFiveOrTheBeginningOfTheRunIsRefused() {
        append(0, 100, "a", "b");
        for (int i = 0; i < 6; i++) {
            append(0, 102 + i, "v" + i);
        }

        assertLongStored(append(0, 100, "a", "b"), 3);
        assertLongStored(append(0, 101, "b", "v0"), 3);
        assertLongStored(append(0, 102, "v0"), 3);
        assertOutOfOrder(append(0, 102, "v0", "v1")); // into the five
        assertOutOfOrder(append(0, 99, "z", "a", "b")); // out of the run
        assertOutOfOrder(append(0, 99, "z"));
        assertOutOfOrder(append(0, 109, "next but one"));
        assertOutOfOrder(append(0, 107, "v5", "new"));
        assertThat(append(0, 108, "next").baseOffset()).isEqualTo(8);
    }

    @Test
    void p1_aRunEndsWithItsEpochAndWhereTheProducerWasForgotten() {
        sixBatches(0, 0);
        sixBatches(1, 0);
        home.clock.advance(1_001);
        log.expireProducers(1_000, Long.MAX_VALUE);
        sixBatches(1, 20); // 6 to 19 never came

        assertLongStored(append(1, 20, "0"), 13);
        assertOutOfOrder(append(1, 19, "x"));
        assertOutOfOrder(append(1, 5, "5"));
    }

    private void sixBatches(int epoch, int sequence) {
        for (int i = 0; i < 6; i++) {
            assertThat(append(epoch, ProducerEntry.last(sequence, i), Integer.toString(i))
                            .error())
                    .isEqualTo(ErrorCode.NONE);
        }
    }

    @Test
    void p2_aRunGoesOnWhereSequencesWrap() {
        sixBatches(0, Integer.MAX_VALUE - 1);
        sixBatches(0, 4);

        assertLongStored(append(0, Integer.MAX_VALUE - 1, "0"), 7);
        assertLongStored(append(0, Integer.MAX_VALUE, "1", "2"), 7);
        assertOutOfOrder(append(0, Integer.MAX_VALUE - 2, "x", "0"));
    }

    @Test
    void p4_aRunSurvivesStopKillRetentionAndTruncation() {
        sixBatches(0, 0);
        sixBatches(0, 6);
        log = home.open(log.close());
        assertLongStored(append(0, 3, "3"), 7);
        log.abandon();
        log = home.open();
        assertLongStored(append(0, 3, "3"), 7);

        log.truncateTo(10);
        assertLongStored(append(0, 3, "3"), 5);
        assertDuplicate(append(0, 5, "5"), 5, 6);
        assertOutOfOrder(append(0, 11, "5"));

        log.configure(home.config.with(new LogConfig.Keeping(1, LogConfig.UNLIMITED)));
        log.applyRetention(Long.MAX_VALUE);
        home.work();
        log.abandon();
        log = home.open();
        assertLongStored(append(0, 3, "3"), 5);
    }

    @Test
    void p4_aSnapshotWithoutRunsIsReadAndTellsOfTheBatchesThatItHas() {
        // given sequences 102 to 106 at the same offsets, and what came before has been seen and is not written down
        ByteBuf written = Unpooled.buffer();
        written.writeInt(0x4d535053).writeInt(2).writeLong(107).writeInt(1).writeInt(0);
        written.writeLong(ProducerLedger.ANYBODY);
        written.writeLong(PRODUCER).writeShort(0).writeLong(5).writeInt(5);
        for (int i = 102; i < 107; i++) {
            written.writeInt(i).writeInt(i).writeLong(i).writeLong(-1);
        }
        CRC32C crc = new CRC32C();
        crc.update(written.nioBuffer(24, written.writerIndex() - 24));
        written.setInt(20, (int) crc.getValue());
        ProducerLedger ledger = new ProducerLedger();

        assertThat(ledger.read(written, 107)).isTrue();

        RecordBatch next = RecordBatch.at(TestBatches.batch(PRODUCER, 0, 107, "x"));
        assertThat(ledger.objection(next)).isEmpty();
        ledger.remember(next, 0);
        assertThat(ledger.objection(RecordBatch.at(TestBatches.batch(PRODUCER, 0, 102, "x"))))
                .get()
                .satisfies(known -> assertLongStored(known, 103));
        assertThat(ledger.objection(RecordBatch.at(TestBatches.batch(PRODUCER, 0, 101, "x"))))
                .get()
                .satisfies(this::assertOutOfOrder);
    }

    @Test
    void p1_gapAndReorderingAreRefused() {
        append(0, 0, "a");

        assertThat(append(0, 2, "c").error()).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(append(0, 1, "b").baseOffset()).isEqualTo(1);
        assertThat(append(0, 2, "c").baseOffset()).isEqualTo(2);
    }

    @Test
    void p1_batchOfOtherLengthAtAKnownSequenceIsNoDuplicate() {
        append(0, 0, "a", "b");

        assertThat(append(0, 0, "a", "b", "c").error()).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    }

    @Test
    void p3_unknownProducerMayStartAnywhere() {
        assertThat(append(3, 1_000, "a").accepted()).isTrue();
        assertThat(append(3, 1_001, "b").accepted()).isTrue();
    }

    @Test
    void p2_sequenceWrapsFromTheLargestIntToZero() {
        append(0, Integer.MAX_VALUE - 1, "a", "b", "c"); // MAX-1, MAX, 0

        assertDuplicate(append(0, Integer.MAX_VALUE - 1, "a", "b", "c"), 0, 3);
        assertThat(append(0, 2, "e").error()).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(append(0, 1, "d").accepted()).isTrue();
        assertDuplicate(append(0, 1, "d"), 3, 4);
    }

    @Test
    void p2_sequenceAfterTheLargestIntIsZero() {
        append(0, Integer.MAX_VALUE, "a");

        assertThat(append(0, 0, "b").accepted()).isTrue();
    }

    @Test
    void p3_newEpochStartsAtZeroAndFencesTheOldOne() {
        append(0, 0, "a");

        assertThat(append(1, 1, "b").error()).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(append(1, 0, "b").accepted()).isTrue();
        assertThat(append(0, 1, "c").error()).isEqualTo(ErrorCode.INVALID_PRODUCER_EPOCH);
        assertThat(append(0, 0, "a").error()).isEqualTo(ErrorCode.INVALID_PRODUCER_EPOCH);
        assertDuplicate(append(1, 0, "b"), 1, 2);
    }

    @Test
    void p4_stateSurvivesACleanStop() {
        append(0, 0, "a", "b");
        Optional<ClosedLog> left = log.close();

        log = home.open(left);

        assertDuplicate(append(0, 0, "a", "b"), 0, 2);
        assertThat(append(0, 3, "d").error()).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    }

    @Test
    void p4_stateSurvivesAKill() {
        append(0, 0, "a", "b");
        log.abandon();

        log = home.open();

        assertDuplicate(append(0, 0, "a", "b"), 0, 2);
    }

    @Test
    void p4_stateSurvivesRetentionOfAllItsRecords() {
        append(0, 0, "a");
        append(0, 1, "b");
        log.configure(home.config.with(new LogConfig.Keeping(1, LogConfig.UNLIMITED)));
        log.applyRetention(Long.MAX_VALUE);
        assertThat(log.view().startOffset()).isEqualTo(2);
        home.work();

        assertDuplicate(append(0, 1, "b"), 1, 2);
        log = home.open(log.close());
        assertDuplicate(append(0, 1, "b"), 1, 2);
    }

    @Test
    void p4_stateSurvivesAKillAfterRetentionOfAllItsRecords() {
        append(0, 0, "a");
        append(0, 1, "b");
        log.configure(home.config.with(new LogConfig.Keeping(1, LogConfig.UNLIMITED)));
        log.applyRetention(Long.MAX_VALUE);
        home.work();
        log.abandon();

        log = home.open();

        assertThat(log.view().startOffset()).isEqualTo(2);
        assertDuplicate(append(0, 1, "b"), 1, 2);
        assertThat(append(0, 3, "d").error()).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    }

    @Test
    void p4_stateIsWhatItWasBeforeWhatTruncationTookAway() {
        append(0, 0, "a");
        append(0, 1, "b");
        append(0, 2, "c");

        log.truncateTo(1);

        assertDuplicate(append(0, 0, "a"), 0, 1);
        assertThat(append(0, 2, "c").error()).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(append(0, 1, "b").baseOffset()).isEqualTo(1);
    }

    @Test
    void p4_ofAMillionProducersTheLongestIdleAreForgotten() {
        // given one batch that goes by a million names
        ByteBuf bytes = TestBatches.batch(PRODUCER, 0, 0, "x");
        ProducerLedger ledger = new ProducerLedger();
        for (long id = 0; id < 1_000_000; id++) {
            ledger.remember(RecordBatch.at(bytes.setLong(PRODUCER_ID_AT, id)), id);
            if (id % 1_000 == 0) {
                ledger.remember(RecordBatch.at(bytes.setLong(PRODUCER_ID_AT, 0)), id);
            }
        }

        // then
        assertThat(ledger.size()).isEqualTo(ProducerLedger.MAX_PRODUCERS);
        assertThat(ledger.write(0).readableBytes()).isLessThan(16 << 20);
        assertThat(knows(ledger, 0)).as("used again and again").isTrue();
        assertThat(knows(ledger, 1)).isFalse();
        assertThat(knows(ledger, 999_999)).isTrue();
        ledger.expire(999_900, Long.MAX_VALUE);
        assertThat(ledger.size()).isLessThanOrEqualTo(101);
    }

    private static boolean knows(ProducerLedger ledger, long id) {
        return ledger.objection(RecordBatch.at(TestBatches.batch(id, 0, 0, "x")))
                .isPresent();
    }

    @Test
    void p4_idleProducersAreForgotten() {
        append(0, 0, "a");
        home.clock.advance(1_001);

        log.expireProducers(1_000, Long.MAX_VALUE);

        assertThat(append(0, 7, "b").accepted()).isTrue();
    }

    @Test
    void p4_whatIsNotCommittedIsKnownHoweverLongAgoItCame() {
        append(0, 0, "a");
        append(0, 1, "b");
        log.append(TestBatches.batch(PRODUCER + 1, 0, 0, "other"), 1);
        home.clock.advance(1_001);

        log.expireProducers(1_000, 1);
        assertDuplicate(append(0, 1, "b"), 1, 2);

        log.expireProducers(1_000, 2);
        assertThat(append(0, 7, "h").accepted()).as("forgotten").isTrue();
        assertDuplicate(log.append(TestBatches.batch(PRODUCER + 1, 0, 0, "other"), 1), 2, 3);
    }

    @Test
    void p1_duplicateHasTheTimeThatTheBrokerGaveTheFirst() {
        log.configure(home.config.with(
                new LogConfig.Accepting(1_000_000, TimestampType.LOG_APPEND_TIME, Long.MAX_VALUE, Long.MAX_VALUE)));
        long first = append(0, 0, "a").appendTimeMillis();
        home.clock.advance(500);

        assertThat(append(0, 0, "a").appendTimeMillis()).isEqualTo(first);
        assertThat(first).isEqualTo(home.clock.millis() - 500);
        log.abandon();
        log = home.open();
        assertThat(append(0, 0, "a").appendTimeMillis()).isEqualTo(first);
    }
}
