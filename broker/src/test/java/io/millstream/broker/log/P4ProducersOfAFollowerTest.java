package io.millstream.broker.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.record.CorruptBatchException;
import io.millstream.record.RecordBatch;
import io.millstream.wire.ErrorCode;
import io.netty.buffer.ByteBuf;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a follower takes over, and P4: it knows of producers what its leader knew, so that a failover repeats nothing. */
final class P4ProducersOfAFollowerTest {

    @TempDir
    Path root;

    private LogHome home;
    private PartitionLog leader;
    private PartitionLog log;

    @BeforeEach
    void open() {
        leader = new LogHome(root.resolve("leader")).open();
        leader.beginTerm(5);
        home = new LogHome(root.resolve("follower"));
        log = home.open();
    }

    @AfterEach
    void close() {
        leader.abandon();
        log.abandon();
    }

    private ByteBuf fetched(long from) {
        LogSlice slice = leader.read(from, 1 << 20, Long.MAX_VALUE, FirstBatch.ALWAYS);
        try {
            return slice.copy(TestBatches.HEAP);
        } finally {
            slice.release();
        }
    }

    private void copy() {
        long end = log.follower().append(fetched(log.view().endOffset()), 5, 0);
        assertThat(end).isEqualTo(leader.view().endOffset());
    }

    @Test
    void p4_aBatchThatComesAgainAfterAFailoverIsKnown() {
        leader.append(TestBatches.batch(7, 0, 0, "a", "b"), 5);
        leader.append(TestBatches.batch(7, 0, 2, "c"), 5);
        copy();

        // when
        log.beginTerm(6);
        Appended again = log.append(TestBatches.batch(7, 0, 2, "c"), 6);
        Appended gap = log.append(TestBatches.batch(7, 0, 9, "x"), 6);
        Appended next = log.append(TestBatches.batch(7, 0, 3, "d"), 6);

        // then
        assertThat(again.accepted()).isTrue();
        assertThat(again.baseOffset()).isEqualTo(2);
        assertThat(gap.error()).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(next.baseOffset()).isEqualTo(3);
    }

    @Test
    void p4_aBatchOlderThanFiveThatComesAgainAfterAFailoverIsKnownToBeStored() {
        for (int i = 0; i < 7; i++) {
            leader.append(TestBatches.batch(7, 0, i, "v" + i), 5);
        }
        copy();

        // when what its first leader stored and never acknowledged comes again, after what followed it
        log.beginTerm(6);
        Appended again = log.append(TestBatches.batch(7, 0, 1, "v1"), 6);

        // then
        assertThat(again.error()).isEqualTo(ErrorCode.DUPLICATE_SEQUENCE_NUMBER);
        assertThat(again.accepted()).isTrue();
        assertThat(log.view().endOffset()).isEqualTo(7);
    }

    @Test
    void p4_producersAreKnownAfterAKillAndForgottenAsFarAsTheLogIsCut() {
        leader.append(TestBatches.batch(7, 0, 0, "a"), 5);
        leader.append(TestBatches.batch(7, 0, 1, "b"), 5);
        copy();
        log.abandon();
        log = home.open();

        // when
        assertThat(log.follower().truncateTo(new TermEnd(5, 1))).isEqualTo(1);
        log.beginTerm(6);

        // then
        assertThat(log.append(TestBatches.batch(7, 0, 0, "a"), 6).baseOffset()).isZero();
        assertThat(log.append(TestBatches.batch(7, 0, 1, "other"), 6).baseOffset())
                .isEqualTo(1);
        assertThat(log.view().endOffset()).isEqualTo(2);
    }

    @Test
    void p4_whoStartsOverKnowsNoProducer() {
        leader.append(TestBatches.batch(7, 0, 0, "a"), 5);
        copy();
        log.follower().startOver(100);
        log.abandon();
        log = home.open();
        log.beginTerm(6);

        assertThat(log.view().startOffset()).isEqualTo(100);
        assertThat(log.append(TestBatches.batch(7, 0, 40, "z"), 6).baseOffset()).isEqualTo(100);
    }

    @Test
    void damagedAndMisplacedBatchesAreRefusedAndWhatCameBeforeIsKept() {
        leader.append(TestBatches.batch(1_000, "a"), 5);
        leader.append(TestBatches.batch(1_000, "b"), 5);
        ByteBuf flipped = fetched(0);
        flipped.setByte(flipped.writerIndex() - 1, flipped.getByte(flipped.writerIndex() - 1) ^ 1);

        assertThatThrownBy(() -> log.follower().append(flipped, 5, 0)).isInstanceOf(CorruptBatchException.class);
        assertThat(log.view().endOffset()).isEqualTo(1);
        assertThatThrownBy(() -> log.follower().append(fetched(0), 5, 0))
                .isInstanceOf(CorruptBatchException.class)
                .hasMessageContaining("where 1 is expected");
        ByteBuf later = fetched(1);
        RecordBatch.at(later).stamp(9, 5);
        assertThatThrownBy(() -> log.follower().append(later, 5, 8)).isInstanceOf(CorruptBatchException.class);
        ByteBuf fromTheFuture = fetched(1);
        assertThatThrownBy(() -> log.follower().append(fromTheFuture, 4, 0)).isInstanceOf(CorruptBatchException.class);
        copy();
        assertThat(LogHome.readAll(log)).isEqualTo(LogHome.readAll(leader));
    }

    @Test
    void aGapThatCompactionLeftIsTakenOverAndOutlivesAKill() {
        leader.append(TestBatches.batch(1_000, "a"), 5);
        copy();
        leader.append(TestBatches.batch(1_000, "b"), 5);
        ByteBuf later = fetched(1);
        RecordBatch.at(later).stamp(9, 5);

        // when
        log.follower().append(later, 5, 9);
        log.abandon();
        log = home.open();

        // then
        assertThat(log.view().endOffset()).isEqualTo(10);
        assertThat(LogHome.readAll(log)).extracting(TestBatches.Entry::offset).isEqualTo(List.of(0L, 9L));
        assertThat(log.follower().truncateTo(new TermEnd(5, 7))).isEqualTo(1);
    }

    @Test
    void aLogThatStartsInsideABatchIsBegunWithThatBatch() {
        leader.append(TestBatches.batch(1_000, "a", "b", "c"), 5);
        leader.advanceStart(2);
        log.follower().startOver(2);

        copy();

        assertThat(log.view().startOffset()).isZero();
        assertThat(log.view().endOffset()).isEqualTo(3);
    }

    @Test
    void aTermWithoutARecordIsForgottenByWhoFollows() {
        leader.append(TestBatches.batch(1_000, "a"), 5);
        copy();
        log.beginTerm(9);
        assertThat(log.latestEpoch()).isEqualTo(9);

        log.follower().begin();

        assertThat(log.latestEpoch()).isEqualTo(5);
        assertThat(log.follower().lastEpoch()).isEqualTo(5);
    }
}
