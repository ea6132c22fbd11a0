package io.millstream.broker.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.broker.log.KeyedRecords.Keyed;
import io.millstream.broker.log.StorageException.Kind;
import io.millstream.record.Codec;
import io.millstream.record.RecordBatch;
import io.millstream.wire.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CompactionTest {

    private static final long DELETE_RETENTION = 1_000;

    @TempDir
    Path root;

    private LogHome home;
    private PartitionLog log;

    @BeforeEach
    void open() {
        home = new LogHome(root, HookedDisk.quick()).segments(10_000, 200);
        home.config = home.config.with(KeyedRecords.compacting(DELETE_RETENTION));
        log = home.open();
    }

    private void cleanup(LogConfig.Cleanup cleanup) {
        home.config = home.config.with(cleanup);
        log.configure(home.config);
    }

    /** Ends the segment that is appended to, and lets it reach the disk. */
    private void roll() {
        log.configure(home.config.with(new LogConfig.Rolling(1, Long.MAX_VALUE, 200)));
        KeyedRecords.append(log, "roll=" + log.view().endOffset());
        log.configure(home.config);
        home.work();
    }

    private Compaction.Outcome compact() {
        return KeyedRecords.compact(log, Long.MAX_VALUE, KeyedRecords.PLENTY).orElseThrow();
    }

    private List<String> files() {
        return home.disk.list(home.directory);
    }

    @Test
    void ofEachKeyTheLastRecordStaysAtItsOffsetAndTheActiveSegmentAsItIs() {
        // given
        KeyedRecords.append(log, "a=1", "b=1", "a=2");
        KeyedRecords.append(log, "b=2", "c=1");
        roll();
        KeyedRecords.append(log, "c=2", "c=3");

        // when
        Compaction.Outcome outcome = compact();
        home.work();

        // then
        assertThat(KeyedRecords.show(log)).containsExactly("2:a=2", "3:b=2", "4:c=1", "5:roll=5", "6:c=2", "7:c=3");
        assertThat(outcome.upToOffset()).isEqualTo(5);
        assertThat(outcome.bytesAfter()).isLessThan(outcome.bytesBefore());
        assertThat(log.view().endOffset()).isEqualTo(8);
        assertThat(log.view().startOffset()).isZero();
        assertThat(files()).noneMatch(LogFiles::isLeftover);
        assertThat(KeyedRecords.compact(log, Long.MAX_VALUE, KeyedRecords.PLENTY))
                .as("nothing is dirty")
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void aBatchThatIsPartlyKeptKeepsAllElse(Codec codec) {
        // given
        List<Keyed> records = List.of(
                new Keyed(0, 5_000, "a", "1"),
                new Keyed(0, 9_000, "b", "1"),
                new Keyed(0, 7_000, "c", "x".repeat(300)));
        log.append(KeyedRecords.batch(codec, 7, Integer.MAX_VALUE - 1, records), 2);
        ByteBuf untouched = KeyedRecords.batch(codec, List.of(new Keyed(0, 1, "d", "1"), new Keyed(0, 2, "b", "2")));
        log.append(untouched.copy(), 3);
        roll();

        // when
        compact();

        // then
        List<RecordBatch> batches = KeyedRecords.batches(log, 0);
        RecordBatch left = batches.get(0);
        assertThat(KeyedRecords.records(left))
                .containsExactly(records.get(0).at(0), records.get(2).at(2));
        assertThat(left.codec()).isEqualTo(codec);
        assertThat(left.baseOffset()).isZero();
        assertThat(left.lastOffset()).isEqualTo(2);
        assertThat(left.leaderEpoch()).isEqualTo(2);
        assertThat(left.producerId()).isEqualTo(7);
        assertThat(left.baseSequence()).isEqualTo(Integer.MAX_VALUE - 1);
        assertThat(left.maxTimestamp()).isEqualTo(7_000);
        RecordBatch.at(untouched).stamp(3, 3);
        assertThat(batches.get(1).bytes()).as("copied as it was").isEqualTo(untouched);
    }

    @Test
    void recordsWithoutAKeyAreRefusedWhereThatIsSeenAndNeverLostWhereItIsNot() {
        // given
        ByteBuf plain = KeyedRecords.batch(Codec.NONE, List.of(Keyed.of("a", "1"), Keyed.of(null, "x")));
        ByteBuf packed = KeyedRecords.batch(Codec.LZ4, List.of(Keyed.of(null, "x"), Keyed.of(null, null)));

        // when
        assertThat(log.append(plain.copy(), 3).error()).isEqualTo(ErrorCode.INVALID_RECORD);
        log.append(packed, 3);
        log.configure(home.config.with(LogConfig.DEFAULT.cleanup()));
        log.append(plain, 3);
        log.configure(home.config);
        KeyedRecords.append(log, "a=2");
        roll();
        compact();

        // then
        assertThat(KeyedRecords.show(log)).containsExactly("0:null=x", "1:null=null", "3:null=x", "4:a=2", "5:roll=5");
    }

    @Test
    void aProducersBatchMayNotSayWhenItsTombstonesGo() {
        ByteBuf batch = KeyedRecords.batch(Codec.NONE, List.of(Keyed.of("a", null)));
        batch.setShort(21, 0x40);
        sign(batch);

        assertThat(log.append(batch, 3).error()).isEqualTo(ErrorCode.INVALID_RECORD);
    }

    private static void sign(ByteBuf batch) {
        CRC32C crc = new CRC32C();
        crc.update(batch.nioBuffer(21, batch.readableBytes() - 21));
        batch.setInt(17, (int) crc.getValue());
    }

    @Test
    void aTombstoneStaysForItsTimeFromWhenItIsCleanAndThenGoesThoughNothingElseIsDirty() {
        // given
        KeyedRecords.append(log, "a=1");
        KeyedRecords.append(log, "a", "b=1");
        roll();
        home.clock.advance(10 * DELETE_RETENTION); // being old is not enough

        // when
        compact();

        // then
        assertThat(KeyedRecords.show(log)).containsExactly("1:a=null", "2:b=1", "3:roll=3");
        RecordBatch kept = KeyedRecords.batches(log, 0).get(0);
        assertThat(kept.deleteHorizonMillis()).hasValue(home.clock.millis() + DELETE_RETENTION);
        assertThat(KeyedRecords.records(kept)).allMatch(record -> record.timestamp() == 1_000);

        // when
        home.clock.advance(DELETE_RETENTION - 1);
        assertThat(log.compactionNeed(Long.MAX_VALUE).due()).isFalse();
        home.clock.advance(1);
        compact();

        // then
        assertThat(KeyedRecords.show(log)).containsExactly("2:b=1", "3:roll=3");
        assertThat(log.compactionNeed(Long.MAX_VALUE).due()).isFalse();
    }

    @Test
    void aHorizonIsNotMovedByALaterPass() {
        KeyedRecords.append(log, "a");
        roll();
        compact();
        long horizon = home.clock.millis() + DELETE_RETENTION;
        home.clock.advance(DELETE_RETENTION / 2);
        KeyedRecords.append(log, "b=1");
        roll();
        compact();

        assertThat(KeyedRecords.batches(log, 0).get(0).deleteHorizonMillis()).hasValue(horizon);
    }

    @Test
    void aPassGoesAsFarAsItsMemoryAndTheNextOneGoesOn() {
        // given
        for (int i = 0; i < 40; i++) {
            KeyedRecords.append(log, "k" + (i % 20) + "=" + i, "other" + i + "=" + i);
        }
        roll();
        Compaction.Memory little = new Compaction.Memory(7 * KeyOffsets.SLOT_BYTES, 0.9);

        // when
        long upTo = 0;
        int passes = 0;
        for (Optional<Compaction.Outcome> done = KeyedRecords.compact(log, Long.MAX_VALUE, little);
                done.isPresent();
                done = KeyedRecords.compact(log, Long.MAX_VALUE, little)) {
            assertThat(done.get().upToOffset()).isGreaterThan(upTo);
            upTo = done.get().upToOffset();
            passes++;
        }

        // then
        assertThat(upTo).isEqualTo(80);
        assertThat(passes).isGreaterThan(10);
        assertThat(KeyedRecords.read(log, 0)).hasSize(20 + 40 + 1);
    }

    @Test
    void aTombstonesTimeBeginsOnlyWhenAPassHasCoveredIt() {
        // given
        KeyedRecords.append(log, "a=1", "x=1", "y=1", "z=1");
        KeyedRecords.append(log, "a");
        roll();
        Compaction.Memory oneKey = new Compaction.Memory(1, 0.9);

        // when
        boolean covered = false;
        while (!covered) {
            covered = KeyedRecords.compact(log, Long.MAX_VALUE, oneKey)
                            .orElseThrow()
                            .upToOffset()
                    > 4;

            // then
            List<String> left = KeyedRecords.show(log);
            assertThat(left).contains("4:a=null");
            assertThat(left.contains("0:a=1")).isEqualTo(!covered);
            assertThat(KeyedRecords.batches(log, 4).get(0).deleteHorizonMillis())
                    .isEqualTo(
                            covered ? OptionalLong.of(home.clock.millis() + DELETE_RETENTION) : OptionalLong.empty());
            home.clock.advance(2 * DELETE_RETENTION);
        }
    }

    @Test
    void smallNeighboursBecomeOneSegmentUpToTheSizeOfSegments() {
        // given
        for (int i = 0; i < 12; i++) {
            KeyedRecords.append(log, "k" + i + "=" + "x".repeat(3_000));
            roll();
        }
        for (int i = 0; i < 12; i++) {
            KeyedRecords.append(log, "k" + i + "=short");
        }
        roll();

        // when
        compact();
        int once = log.view().segmentCount();
        roll();
        compact();

        // then
        assertThat(once).isLessThan(14);
        assertThat(log.view().segmentCount()).isEqualTo(2);
        assertThat(log.view().segment(0).size()).isLessThanOrEqualTo(10_000);
        assertThat(log.view().segment(0).baseOffset()).isZero();
        assertThat(KeyedRecords.read(log, 0)).hasSize(12 + 2);
    }

    @Test
    void nothingAtOrAboveTheGivenOffsetOrNotYetOnDiskIsTouched() {
        KeyedRecords.append(log, "a=1", "a=2");
        log.configure(home.config.with(new LogConfig.Rolling(1, Long.MAX_VALUE, 200)));
        KeyedRecords.append(log, "a=3");
        assertThat(log.compactionNeed(Long.MAX_VALUE).due()).as("not flushed").isFalse();
        home.work();

        assertThat(log.compactionNeed(1).due()).as("above the high watermark").isFalse();
        assertThat(log.compactionNeed(2).due()).isTrue();
    }

    @Test
    void whatIsYoungerThanTheLeastLagWaits() {
        cleanup(new LogConfig.Cleanup(LogConfig.Policy.COMPACT, 0, 60_000, Long.MAX_VALUE, 0));
        long now = home.clock.millis();
        log.append(
                KeyedRecords.batch(Codec.NONE, List.of(new Keyed(0, now, "a", "1"), new Keyed(0, now, "a", "2"))), 3);
        roll();

        home.clock.advance(59_999);
        assertThat(log.compactionNeed(Long.MAX_VALUE).due()).isFalse();
        home.clock.advance(1);
        assertThat(log.compactionNeed(Long.MAX_VALUE).due()).isTrue();
    }

    @Test
    void whatWaitsLongerThanTheMostLagIsCompactedHoweverLittleAndWhereverItIs() {
        // given
        cleanup(new LogConfig.Cleanup(LogConfig.Policy.COMPACT, 0, 0, 60_000, 1));
        long now = home.clock.millis();
        log.append(
                KeyedRecords.batch(Codec.NONE, List.of(new Keyed(0, now, "a", "1"), new Keyed(0, now, "a", "2"))), 3);
        home.work();

        // when
        home.clock.advance(60_000);
        assertThat(log.compactionNeed(Long.MAX_VALUE).overdue()).isFalse();
        home.clock.advance(1);
        CompactionNeed unflushed = log.compactionNeed(Long.MAX_VALUE);
        home.work();

        // then
        assertThat(unflushed.due()).isFalse();
        assertThat(log.compactionNeed(Long.MAX_VALUE).overdue()).isTrue();
        compact();
        assertThat(KeyedRecords.show(log)).containsExactly("1:a=2");
        assertThat(log.view().endOffset()).isEqualTo(2);
    }

    @Test
    void theLastBatchStaysSoThatReadersReachTheEnd() {
        KeyedRecords.append(log, "a=1");
        KeyedRecords.append(log, "a");
        cleanup(new LogConfig.Cleanup(LogConfig.Policy.COMPACT, 0, 0, 1, 0));
        home.clock.advance(2);
        log.compactionNeed(Long.MAX_VALUE);
        home.work();
        compact();
        home.clock.advance(1);
        compact();

        List<RecordBatch> batches = KeyedRecords.batches(log, 0);
        assertThat(batches).hasSize(1);
        assertThat(batches.get(0).recordCount()).isZero();
        assertThat(batches.get(0).nextOffset()).isEqualTo(log.view().endOffset());
    }

    @Test
    void aPolicyWithoutDeletionKeepsWhatIsOldAndOneWithBothLetsItGo() {
        home.config = home.config.with(new LogConfig.Keeping(1_000, LogConfig.UNLIMITED));
        cleanup(KeyedRecords.compacting(DELETE_RETENTION));
        KeyedRecords.append(log, "a=1");
        roll();
        home.clock.advance(10_000);
        assertThat(log.applyRetention(Long.MAX_VALUE)).isZero();

        cleanup(new LogConfig.Cleanup(LogConfig.Policy.COMPACT_AND_DELETE, 0, 0, Long.MAX_VALUE, 0));
        compact();
        assertThat(log.applyRetention(Long.MAX_VALUE)).isPositive();
        assertThat(log.view().startOffset()).isEqualTo(log.view().endOffset());
    }

    @Test
    void anEmptySegmentDoesNotKeepRetentionFromWhatComesBehind() {
        assertThat(Retention.expired(
                        List.of(
                                new Retention.Candidate(10, 0, 5),
                                new Retention.Candidate(20, 100, 5),
                                new Retention.Candidate(20, 0, 5)),
                        new LogConfig.Keeping(1_000, LogConfig.UNLIMITED),
                        10_000,
                        20))
                .isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"body", "bomb", "bit"})
    void damageInsideABatchStopsCompactionForGoodAndLosesNothing(String damage) throws IOException {
        // given
        KeyedRecords.append(log, "a=1", "a=2");
        roll();
        if (damage.equals("bit")) {
            KeyedRecords.append(log, "b=1");
        } else {
            log.append(damage.equals("body") ? broken() : bomb(), 3);
        }
        roll();
        byte[] before = contents();
        if (damage.equals("bit")) {
            Path file = log.view().segment(1).path();
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length - 2] ^= 1;
            Files.write(file, bytes);
            before = contents();
        }

        // when
        Compaction pass = log.compact(Long.MAX_VALUE, KeyedRecords.PLENTY).orElseThrow();
        assertThatThrownBy(() -> {
                    while (!pass.done()) {
                        pass.advance();
                    }
                })
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DAMAGED));
        pass.close();

        // then
        assertThat(contents()).isEqualTo(before);
        assertThat(log.compactionNeed(Long.MAX_VALUE).due()).isFalse();
        assertThat(files()).noneMatch(LogFiles::isLeftover);
        KeyedRecords.append(log, "still=open");

        // when what is damaged is gone
        log.advanceStart(log.view().endOffset());
        KeyedRecords.append(log, "c=1", "c=2");
        roll();
        compact();
        assertThat(KeyedRecords.show(log))
                .anyMatch(each -> each.endsWith("c=2"))
                .noneMatch(each -> each.endsWith("c=1"));
    }

    private byte[] contents() throws IOException {
        ByteBuf all = Unpooled.buffer();
        for (Segment segment : log.view().segments()) {
            all.writeBytes(Files.readAllBytes(segment.path()));
        }
        byte[] bytes = new byte[all.readableBytes()];
        all.readBytes(bytes);
        return bytes;
    }

    /** A batch with a good header around what is no gzip. */
    private static ByteBuf broken() {
        ByteBuf batch = KeyedRecords.batch(Codec.GZIP, List.of(Keyed.of("x", "1")));
        for (int i = RecordBatch.HEADER_BYTES; i < batch.writerIndex(); i++) {
            batch.setByte(i, 7);
        }
        sign(batch);
        return batch;
    }

    /** Less than a megabyte that expands to more than any reader takes. */
    private static ByteBuf bomb() {
        ByteBuf batch = KeyedRecords.batch(Codec.ZSTD, List.of(Keyed.of("x", "1")));
        ByteBuf body = Unpooled.buffer();
        byte[] piece = new byte[1 << 20];
        try (var out = new com.github.luben.zstd.ZstdOutputStream(new io.netty.buffer.ByteBufOutputStream(body))) {
            out.write(new byte[] {-1, -1, -1, -1, 15}); // a record's length, very large
            for (int i = 0; i < 260; i++) {
                out.write(piece);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        ByteBuf whole = Unpooled.copiedBuffer(batch.slice(0, RecordBatch.HEADER_BYTES), body);
        whole.setInt(8, whole.readableBytes() - RecordBatch.LENGTH_OVERHEAD);
        sign(whole);
        return whole;
    }

    @Test
    void aPassThatMeetsATruncationOrDeletionEndsAndChangesNothing() {
        for (int round = 0; round < 2; round++) {
            KeyedRecords.append(log, "a=1", "a=2", "b=1");
            roll();
            KeyedRecords.append(log, "a=3");
            Compaction pass = log.compact(Long.MAX_VALUE, KeyedRecords.PLENTY).orElseThrow();
            int unused = pass.advance();
            long end = log.view().endOffset();
            if (round == 0) {
                log.truncateTo(end - 1);
            } else {
                log.advanceStart(end - 1);
            }
            List<String> before = KeyedRecords.show(log);
            assertThatThrownBy(() -> {
                        while (!pass.done()) {
                            pass.advance();
                        }
                    })
                    .isInstanceOfSatisfying(
                            StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CLOSED));
            pass.close();
            assertThat(KeyedRecords.show(log)).isEqualTo(before);
        }
    }

    @Test
    void onlyOnePassAtATime() {
        KeyedRecords.append(log, "a=1", "a=2");
        roll();
        Compaction first = log.compact(Long.MAX_VALUE, KeyedRecords.PLENTY).orElseThrow();

        assertThat(log.compact(Long.MAX_VALUE, KeyedRecords.PLENTY)).isEmpty();
        first.close();
        compact();
        assertThat(KeyedRecords.show(log)).containsExactly("1:a=2", "2:roll=2");
    }

    @Test
    void aLogThatWasTruncatedWithinAGapEndsThereAlsoAfterAKill() {
        // given a gap from 1 to 9
        for (int i = 0; i < 10; i++) {
            KeyedRecords.append(log, i == 0 ? "first=1" : "a=" + i);
        }
        KeyedRecords.append(log, "a=last");
        roll();
        compact();
        assertThat(KeyedRecords.show(log)).containsExactly("0:first=1", "10:a=last", "11:roll=11");

        // when
        assertThat(log.truncateTo(7)).isEqualTo(7);
        KeyedRecords.append(log, "b=1");
        log.abandon();
        log = home.open();

        // then
        assertThat(KeyedRecords.show(log)).containsExactly("0:first=1", "7:b=1");
        assertThat(log.view().endOffset()).isEqualTo(8);
        assertThat(log.truncateTo(4)).isEqualTo(4);
        Optional<ClosedLog> left = log.close();
        log = home.open(left);
        assertThat(log.view().endOffset()).isEqualTo(4);
        assertThat(log.view().startOffset()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"missing", "garbage", "beyond"})
    void withoutItsPointCompactionStartsOver(String what) throws IOException {
        // given
        KeyedRecords.append(log, "a=1", "a=2");
        roll();
        compact();
        log.abandon();
        Path file = home.directory.resolve(LogFiles.COMPACTION);
        switch (what) {
            case "missing" -> Files.delete(file);
            case "garbage" -> Files.writeString(file, "millstream compaction 1\nx\n");
            default ->
                new CompactionPoint(1L << 40, CompactionPoint.NO_HORIZON)
                        .save(home.disk, home.directory, LogHome.METADATA);
        }

        // when
        log = home.open();

        // then
        assertThat(log.compactionNeed(Long.MAX_VALUE).firstDirtyOffset()).isZero();
        compact();
        assertThat(KeyedRecords.show(log)).containsExactly("1:a=2", "2:roll=2");
    }

    @Test
    void aReaderKeepsWhatItBeganThroughASwap() {
        KeyedRecords.append(log, "a=1");
        KeyedRecords.append(log, "a=2");
        roll();
        LogSlice begun = log.read(0, 1 << 20, 2, FirstBatch.ALWAYS);

        compact();
        home.work();

        assertThat(files()).anyMatch(name -> name.endsWith(LogFiles.DELETED));
        ByteBuf bytes = begun.copy(TestBatches.HEAP);
        assertThat(KeyedRecords.records(RecordBatch.at(bytes)))
                .extracting(Keyed::value)
                .containsExactly("1");
        begun.release();
        home.work();
        assertThat(files()).noneMatch(LogFiles::isLeftover);
    }

    @Test
    void theMapIsNoLargerThanItsKeysNeedOrItsMemoryAllows() {
        assertThat(new KeyOffsets(1 << 20, 0.9, 10).bytes()).isLessThan(1_000);
        KeyOffsets small = new KeyOffsets(10 * KeyOffsets.SLOT_BYTES, 0.5, 1_000_000);
        assertThat(small.bytes()).isEqualTo(10L * KeyOffsets.SLOT_BYTES);
        List<Boolean> taken = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            taken.add(small.put(new byte[] {(byte) i}, i));
        }
        assertThat(taken).containsExactly(true, true, true, true, true, false, false, false);
        assertThat(small.put(new byte[] {3}, 99)).as("a key that is known").isTrue();
        assertThat(small.get(new byte[] {3})).isEqualTo(99);
        assertThat(small.get(new byte[] {6})).isEqualTo(-1);
    }
}
