package io.millstream.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millstream.core.TopicPartition;
import io.millstream.net.FakeBroker.Answer;
import io.millstream.net.FakeBroker.HangUp;
import io.millstream.net.FakeBroker.Reply;
import io.millstream.record.Codec;
import io.millstream.record.Record;
import io.millstream.wire.ApiKey;
import io.millstream.wire.ByTopic;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.Fetch;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class RangeReaderTest {

    private static final TopicPartition CLICKS = new TopicPartition("clicks", 0);
    private static final ReadSettings IMPATIENT = ReadSettings.defaults().withStallTimeout(Duration.ofMillis(300));

    private final FakeCluster brokers = new FakeCluster(2).topic("clicks", 1);
    private final FakeLog log = brokers.log("clicks", 0);
    private final Cluster cluster = brokers.connect();

    @AfterEach
    void close() {
        cluster.close();
        brokers.close();
    }

    private void batches(int count, int records) {
        for (int i = 0; i < count; i++) {
            log.appendRecords(records, Codec.NONE);
        }
    }

    private RangeReader open(long from, long to) {
        return RangeReader.open(cluster, CLICKS, from, to, ReadSettings.defaults());
    }

    private static List<Long> offsets(RangeReader reader) {
        List<Long> offsets = new ArrayList<>();
        while (reader.hasNext()) {
            Record record = reader.next();
            assertThat(record.value()).isEqualTo(FakeLog.value(record.offset()));
            offsets.add(record.offset());
        }
        return offsets;
    }

    private static List<Long> range(long from, long to) {
        return LongStream.range(from, to).boxed().toList();
    }

    private static Reply fetched(Fetch.Data data) {
        return new Answer(new Fetch.Response(0, ErrorCode.NONE, 0, List.of(new ByTopic<>("clicks", List.of(data)))));
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void everyRecordOfTheRangeIsDeliveredInOrderAndNoOther(Codec codec) {
        for (int i = 0; i < 10; i++) {
            log.appendRecords(10, codec);
        }

        try (RangeReader reader = open(13, 57)) {
            assertThat(offsets(reader)).isEqualTo(range(13, 57));
            assertThat(reader.position()).isEqualTo(57);
            assertThat(reader.delivered()).isEqualTo(44);
            assertThat(reader.gaps()).isZero();
        }
    }

    @Test
    void anEmptyRangeAsksNobody() {
        try (RangeReader reader = open(5, 5)) {
            assertThat(reader.hasNext()).isFalse();
        }
        assertThat(brokers.broker(0).calls()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 12, 61, 100, 333, 5_000})
    void batchesCutOffOrLargerThanAFetchAreReadWhole(int fetchBytes) {
        batches(20, 5);

        try (RangeReader reader = RangeReader.open(
                cluster, CLICKS, 0, 100, ReadSettings.defaults().withFetchBytes(fetchBytes))) {
            assertThat(offsets(reader)).isEqualTo(range(0, 100));
        }
    }

    @Test
    void aBrokerThatCutsEvenTheFirstBatchIsAskedForMore() {
        batches(3, 100);
        brokers.broker(0).on(ApiKey.FETCH, call -> {
            Fetch.Query query =
                    call.as(Fetch.Request.class).topics().get(0).partitions().get(0);
            ByteBuf whole = log.fetch(query).recordBytes();
            return fetched(log.data(0, whole.readSlice(Math.min(whole.readableBytes(), query.maxBytes()))));
        });

        try (RangeReader reader = RangeReader.open(
                cluster, CLICKS, 0, 300, ReadSettings.defaults().withFetchBytes(10))) {
            assertThat(offsets(reader)).isEqualTo(range(0, 300));
        }
    }

    @Test
    void aBrokerThatCutsEveryBatchWhateverItIsAskedForIsSoonGivenUp() {
        batches(1, 100);
        brokers.broker(0).on(ApiKey.FETCH, call -> {
            Fetch.Query query =
                    call.as(Fetch.Request.class).topics().get(0).partitions().get(0);
            return fetched(log.data(0, log.fetch(query).recordBytes().readSlice(61)));
        });

        try (RangeReader reader = open(0, 100)) {
            assertThatThrownBy(reader::next)
                    .isExactlyInstanceOf(ClientException.class)
                    .hasMessageContaining("cuts its first batch");
        }
        assertThat(brokers.broker(0).calls(ApiKey.FETCH)).hasSizeLessThan(10);
    }

    @Test
    void offsetsThatDoNotExistAreCountedAsGaps() {
        batches(10, 10);
        log.remove(9).remove(5).remove(4).remove(0); // [90,100), [40,60), [0,10)
        log.appendRecords(1, Codec.NONE); // the log goes on behind the last gap

        try (RangeReader reader = open(3, 95)) {
            List<Long> expected = new ArrayList<>(range(10, 40));
            expected.addAll(range(60, 90));
            assertThat(offsets(reader)).isEqualTo(expected);
            assertThat(reader.gaps()).isEqualTo(7 + 20 + 5);
            assertThat(reader.delivered() + reader.gaps()).isEqualTo(92);
            assertThat(reader.position()).isEqualTo(95);
        }
    }

    @Test
    void theNextFetchIsAskedForWhileTheCallerHasRecordsLeft() {
        batches(2, 5);
        ReadSettings oneBatch = ReadSettings.defaults().withFetchBytes(62);
        try (RangeReader reader = RangeReader.open(cluster, CLICKS, 0, 10, oneBatch)) {
            assertThat(reader.next().offset()).isZero();

            await().until(() -> brokers.broker(0).calls(ApiKey.FETCH).size() == 2);
            assertThat(reader.position()).isEqualTo(1);
        }
    }

    @Test
    void aLeaderThatMovedIsFollowedAndReadingGoesOnAtTheExactOffset() {
        batches(40, 5);
        AtomicInteger served = new AtomicInteger();
        brokers.broker(0).on(ApiKey.FETCH, call -> {
            if (served.incrementAndGet() == 4) {
                brokers.lead(CLICKS, 1);
            }
            return brokers.regular(0, call);
        });

        try (RangeReader reader = RangeReader.open(
                cluster, CLICKS, 2, 199, ReadSettings.defaults().withFetchBytes(200))) {
            assertThat(offsets(reader)).isEqualTo(range(2, 199));
        }
        assertThat(brokers.broker(1).calls(ApiKey.FETCH)).isNotEmpty();
    }

    @Test
    void aBrokenConnectionIsOpenedAgain() {
        batches(40, 5);
        AtomicInteger served = new AtomicInteger();
        brokers.broker(0)
                .on(ApiKey.FETCH, call -> served.incrementAndGet() % 3 == 0 ? new HangUp() : brokers.regular(0, call));

        try (RangeReader reader = RangeReader.open(
                cluster, CLICKS, 0, 200, ReadSettings.defaults().withFetchBytes(200))) {
            assertThat(offsets(reader)).isEqualTo(range(0, 200));
        }
    }

    @Test
    void emptyAnswersAreAskedAgainAndNeverMeanTheEnd() {
        batches(2, 5);
        AtomicInteger asked = new AtomicInteger();
        brokers.broker(0)
                .on(
                        ApiKey.FETCH,
                        call -> asked.incrementAndGet() < 4
                                ? fetched(log.data(0, Unpooled.EMPTY_BUFFER))
                                : brokers.regular(0, call));

        try (RangeReader reader = open(0, 10)) {
            assertThat(offsets(reader)).isEqualTo(range(0, 10));
        }
    }

    @Test
    void emptyAnswersWithoutEndFailNamingTopicPartitionOffsetAndBroker() {
        batches(2, 5);
        brokers.broker(0).on(ApiKey.FETCH, call -> fetched(log.data(0, Unpooled.EMPTY_BUFFER)));

        try (RangeReader reader = RangeReader.open(cluster, CLICKS, 3, 10, IMPATIENT)) {
            assertThatThrownBy(reader::hasNext)
                    .isInstanceOf(TimedOutException.class)
                    .hasMessageContaining("clicks-0 at offset 3")
                    .hasMessageContaining("broker 0 (" + brokers.broker(0).endpoint() + ")")
                    .hasMessageContaining("high watermark is 10");
        }
    }

    @Test
    void aFetchThatFailedWhileNobodyWaitedForItIsTriedAgain() {
        batches(20, 5);
        AtomicInteger fetches = new AtomicInteger();
        brokers.broker(0)
                .on(
                        ApiKey.FETCH,
                        call -> fetches.getAndIncrement() == 0
                                ? brokers.regular(0, call)
                                : fetched(Fetch.Data.failed(0, ErrorCode.NOT_LEADER_OR_FOLLOWER)));
        try (RangeReader busy = RangeReader.open(cluster, CLICKS, 0, 100, IMPATIENT.withFetchBytes(400))) {
            busy.next(); // the next fetch fails from now on
            try (RangeReader later = RangeReader.open(cluster, CLICKS, 50, 60, IMPATIENT)) {
                assertThatThrownBy(later::next).isInstanceOf(TimedOutException.class);
                int tries = brokers.broker(0).calls(ApiKey.FETCH).size();
                assertThatThrownBy(later::next).isInstanceOf(TimedOutException.class);
                assertThat(brokers.broker(0).calls(ApiKey.FETCH)).hasSize(tries); // somebody waited: that was all
            }
            brokers.behave(0);

            assertThat(offsets(busy)).isEqualTo(range(1, 100));
        }
    }

    @Test
    void aPartitionWithoutALeaderFailsAfterTheStallTimeout() {
        batches(1, 5);
        brokers.lead(CLICKS, -1);

        try (RangeReader reader = RangeReader.open(cluster, CLICKS, 0, 5, IMPATIENT)) {
            assertThatThrownBy(reader::hasNext)
                    .isInstanceOf(TimedOutException.class)
                    .hasMessageContaining("clicks-0 has no leader");
        }
    }

    @Test
    void waitingForASlowBrokerReportsProgress() {
        batches(1, 5);
        AtomicInteger progress = new AtomicInteger();
        brokers.broker(0).on(ApiKey.FETCH, call -> {
            await().until(() -> progress.get() > 2);
            return brokers.regular(0, call);
        });

        try (RangeReader reader = RangeReader.open(
                cluster, CLICKS, 0, 5, ReadSettings.defaults().withProgress(progress::incrementAndGet))) {
            assertThat(offsets(reader)).isEqualTo(range(0, 5));
        }
    }

    @Test
    void recordsThatRetentionRemovedAreAnErrorThatSaysHowMany() {
        batches(10, 10);
        log.startAt(40);

        try (RangeReader reader = open(15, 80)) {
            assertThatThrownBy(reader::hasNext)
                    .isInstanceOfSatisfying(OffsetOutOfRangeException.class, e -> {
                        assertThat(e.wanted()).isEqualTo(15);
                        assertThat(e.start()).isEqualTo(40);
                        assertThat(e.lost()).isEqualTo(25);
                    })
                    .hasMessage("Partition clicks-0 no longer has offset 15: it starts at 40, so 25 offsets (15 to 39) "
                            + "are lost to this reader");
        }
    }

    @Test
    void recordsThatRetentionRemovedAreNoGapEvenIfABrokerAnswersWithWhatIsLeft() {
        batches(20, 5);
        log.startAt(60);
        brokers.broker(0).on(ApiKey.FETCH, call -> {
            Fetch.Query query =
                    call.as(Fetch.Request.class).topics().get(0).partitions().get(0);
            return fetched(log.fetch(new Fetch.Query(
                    0, query.leaderEpoch(), Math.max(60, query.offset()), -1, query.logStartOffset(), 1 << 20)));
        });

        try (RangeReader reader = open(10, 100)) {
            assertThatThrownBy(reader::next)
                    .isInstanceOf(OffsetOutOfRangeException.class)
                    .hasMessageContaining("clicks-0 no longer has offset 10: it starts at 60, so 50 offsets");
        }
    }

    @Test
    void aLogThatEndsBelowTheRangeIsAnError() {
        batches(1, 10);

        try (RangeReader reader = RangeReader.open(cluster, CLICKS, 15, 80, IMPATIENT)) {
            assertThatThrownBy(reader::hasNext)
                    .isInstanceOf(OffsetOutOfRangeException.class)
                    .hasMessageContaining("clicks-0 ends at 10, below offset 15");
        }
    }

    @Test
    void aFlippedBitIsNeverDeliveredAndNamedByItsOffset() {
        batches(3, 10);
        ByteBuf second = log.batch(1);
        second.setByte(second.writerIndex() - 3, second.getByte(second.writerIndex() - 3) ^ 1);

        try (RangeReader reader = open(0, 30)) {
            for (int i = 0; i < 10; i++) {
                assertThat(reader.next().offset()).isEqualTo(i);
            }
            assertThatThrownBy(reader::next)
                    .isInstanceOfSatisfying(CorruptDataException.class, e -> assertThat(e.offset())
                            .isEqualTo(10))
                    .hasMessageContaining("clicks-0")
                    .hasMessageContaining("checksum");
            assertThatThrownBy(reader::next).isInstanceOf(CorruptDataException.class);
            assertThat(reader.position()).isEqualTo(10);
        }
    }

    @Test
    void aBrokerThatReportsCorruptionIsBelieved() {
        batches(1, 10);
        brokers.broker(0).on(ApiKey.FETCH, call -> fetched(Fetch.Data.failed(0, ErrorCode.CORRUPT_MESSAGE)));

        try (RangeReader reader = open(0, 10)) {
            assertThatThrownBy(reader::next)
                    .isInstanceOf(CorruptDataException.class)
                    .hasMessageContaining("offset 0");
        }
    }

    @Test
    void anErrorThatDoesNotPassFailsAtOnce() {
        batches(1, 10);
        brokers.broker(0).on(ApiKey.FETCH, call -> fetched(Fetch.Data.failed(0, ErrorCode.TOPIC_AUTHORIZATION_FAILED)));

        try (RangeReader reader = open(0, 10)) {
            assertThatThrownBy(reader::next)
                    .isExactlyInstanceOf(ClientException.class)
                    .hasMessageContaining("Not authorised for this topic");
        }
    }

    @Test
    void anInterruptedReaderStopsAndStaysInterrupted() {
        brokers.lead(CLICKS, -1);
        try (RangeReader reader = open(0, 10)) {
            Thread.currentThread().interrupt();

            assertThatThrownBy(reader::next).hasMessageContaining("Interrupted");
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    /** As they may be after a topic was made anew: same name, leader and term, and offsets that fit. */
    @Test
    void aTopicThatWasMadeAnewMeanwhileIsNotMixedWithTheOneBefore() {
        batches(20, 5);

        try (RangeReader reader = RangeReader.open(
                cluster, CLICKS, 0, 100, ReadSettings.defaults().withFetchBytes(300))) {
            for (int i = 0; i < 10; i++) {
                reader.next();
            }
            UUID before = brokers.topicId("clicks");
            brokers.makeAnew("clicks");

            assertThatThrownBy(() -> offsets(reader))
                    .isInstanceOf(ClientException.class)
                    .hasMessageContaining(
                            "Topic clicks was deleted and made again while its partition clicks-0 was read")
                    .hasMessageContaining("topic id " + before + " became " + brokers.topicId("clicks"));
        }
    }

    @Test
    void aReaderThatSomebodyElseConfirmsForAsksForNothingAtItsEnd() {
        batches(20, 5);
        ReadSettings unconfirmed = ReadSettings.defaults().withoutConfirmation();
        try (RangeReader reader = RangeReader.open(cluster, CLICKS, 0, 100, unconfirmed)) {
            reader.next();
            int asked = brokers.broker(0).calls(ApiKey.METADATA).size();
            assertThat(offsets(reader)).isEqualTo(range(1, 100));
            assertThat(brokers.broker(0).calls(ApiKey.METADATA)).hasSize(asked);
        }
    }

    @Test
    void aRangeThatWasReadBeforeTheTopicWasMadeAnewIsFine() {
        batches(20, 5);
        try (RangeReader reader = open(0, 100)) {
            assertThat(offsets(reader)).isEqualTo(range(0, 100));
            brokers.makeAnew("clicks");
            assertThat(reader.hasNext()).isFalse();
        }
    }
}
