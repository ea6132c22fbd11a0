package io.millstream.client;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millstream.core.Entropy;
import io.millstream.core.SkippingClock;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.net.ConnectionSettings;
import io.millstream.net.FakeBroker.Answer;
import io.millstream.net.FakeBroker.Call;
import io.millstream.net.FakeBroker.HangUp;
import io.millstream.net.FakeBroker.Reply;
import io.millstream.net.FakeBroker.Silence;
import io.millstream.record.Codec;
import io.millstream.record.Record;
import io.millstream.record.RecordBatch;
import io.millstream.wire.ApiKey;
import io.millstream.wire.ByTopic;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.InitProducerId;
import io.millstream.wire.message.Produce;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
final class ProducerTest {

    private static final TopicName CLICKS = new TopicName("clicks");
    private static final TopicPartition FIRST = new TopicPartition(CLICKS, 0);
    private static final Duration LONG = Duration.ofSeconds(20);

    private final FakeCluster brokers = new FakeCluster(2).topic("clicks", 3);
    private final List<AutoCloseable> open = new ArrayList<>();
    private final SkippingClock clock = new SkippingClock();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        brokers.close();
    }

    private Producer producer(ProducerSettings settings) {
        return producer(settings, FakeCluster.SETTINGS);
    }

    private Producer producer(ProducerSettings settings, ClientSettings patience) {
        return producer(settings, patience, PooledByteBufAllocator.DEFAULT);
    }

    private Producer producer(ProducerSettings settings, ClientSettings patience, ByteBufAllocator allocator) {
        Cluster cluster = brokers.connect(patience, clock);
        Producer producer = new Producer(cluster, settings, allocator);
        open.add(() -> producer.close(Duration.ofMillis(1)));
        open.add(cluster);
        return producer;
    }

    private static ClientSettings answersWithin(long millis) {
        return FakeCluster.SETTINGS.withConnection(
                ConnectionSettings.defaults("test").withRequestTimeout(Duration.ofMillis(millis)));
    }

    /** Lets the delivery time-out of all that was sent go by. */
    private void expire(Producer producer) {
        clock.skip(ProducerSettings.defaults().deliveryTimeout());
        producer.flush(LONG);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static CompletableFuture<Sent> sendTo(Producer producer, int partition, String value) {
        return producer.send(Outgoing.of(CLICKS, null, bytes(value)).to(partition));
    }

    private List<String> stored(int partition) {
        List<String> values = new ArrayList<>();
        for (RecordBatch batch : brokers.log("clicks", partition).stored()) {
            batch.records().forEachRemaining(record -> values.add(new String(record.value(), StandardCharsets.UTF_8)));
        }
        return values;
    }

    private static Reply result(Call call, Produce.Result result) {
        ByTopic<Produce.Data> topic = call.as(Produce.Request.class).topics().get(0);
        return new Answer(new Produce.Response(List.of(new ByTopic<>(topic.topic(), List.of(result))), 0));
    }

    private static List<RecordBatch> batches(List<Call> calls) {
        return calls.stream()
                .flatMap(call -> call.as(Produce.Request.class).topics().stream())
                .flatMap(topic -> topic.partitions().stream())
                .map(data -> RecordBatch.at(data.records().bytes()))
                .toList();
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void recordsAreStoredInOrderWithKeysHeadersAndTimestampsAndAcknowledgedWithTheirPlace(Codec codec) {
        Producer producer = producer(ProducerSettings.defaults().withCodec(codec));

        List<CompletableFuture<Sent>> sent = IntStream.range(0, 1_000)
                .mapToObj(i -> producer.send(Outgoing.of(CLICKS, bytes("k" + i), bytes("v" + i))
                        .to(i % 3)
                        .at(5_000 + i)))
                .toList();
        producer.flush(LONG);

        for (int i = 0; i < 1_000; i++) {
            assertThat(sent.get(i).join()).isEqualTo(new Sent(new TopicPartition(CLICKS, i % 3), i / 3, 5_000 + i));
        }
        Record tenth = brokers.log("clicks", 1).stored().get(0).records().next();
        assertThat(tenth).isEqualTo(new Record(0, 5_001, bytes("k1"), bytes("v1"), List.of()));
        assertThat(stored(0)).hasSize(334).startsWith("v0", "v3");
        assertThat(producer.bufferedBytes()).isZero();
    }

    @Test
    void recordsAreSentTogetherAndOneRequestHoldsAllPartitionsOfALeader() {
        Producer producer = producer(ProducerSettings.defaults().withBatches(64 * 1024, Duration.ofSeconds(30)));
        IntStream.range(0, 300).forEach(i -> {
            var unused = sendTo(producer, i % 3, "v" + i);
        });

        producer.flush(LONG);

        assertThat(brokers.broker(0).calls(ApiKey.PRODUCE)).hasSize(1);
        assertThat(batches(brokers.broker(0).calls(ApiKey.PRODUCE)))
                .extracting(RecordBatch::recordCount)
                .containsExactly(100, 100);
    }

    @Test
    void aBatchThatLingeredLongEnoughIsSentWithoutAFlush() {
        Producer producer = producer(ProducerSettings.defaults());

        assertThat(sendTo(producer, 0, "alone").join().offset()).isZero();
    }

    @Test
    void recordsWithoutAKeyStayOnOnePartitionForABatchAndThenMove() {
        Producer producer = producer(ProducerSettings.defaults().withBatches(2_000, Duration.ofMillis(5)));
        List<CompletableFuture<Sent>> sent = IntStream.range(0, 2_000)
                .mapToObj(i -> producer.send(CLICKS, null, bytes("v" + i)))
                .toList();

        List<Integer> partitions =
                sent.stream().map(each -> each.join().partition().partition()).toList();

        assertThat(partitions).contains(0, 1, 2);
        long moves = IntStream.range(1, 2_000)
                .filter(i -> !partitions.get(i).equals(partitions.get(i - 1)))
                .count();
        assertThat(moves).isBetween(5L, 200L);
    }

    @Test
    void aLostAcknowledgementIsRetriedWithTheSameSequenceAndStoredOnce() {
        AtomicInteger lost = new AtomicInteger();
        brokers.broker(0).on(ApiKey.PRODUCE, call -> {
            Reply regular = brokers.regular(0, call);
            return lost.getAndIncrement() == 0 ? new HangUp() : regular;
        });
        Producer producer = producer(ProducerSettings.defaults());

        Sent first = sendTo(producer, 0, "first").join();
        Sent second = sendTo(producer, 0, "second").join();

        assertThat(List.of(first.offset(), second.offset())).containsExactly(0L, 1L);
        assertThat(stored(0)).containsExactly("first", "second");
        assertThat(batches(brokers.broker(0).calls(ApiKey.PRODUCE)))
                .extracting(RecordBatch::baseSequence)
                .containsExactly(0, 0, 1);
    }

    @Test
    void aBrokerThatFoundADuplicateAndForgotWhereMeansStored() {
        brokers.broker(0)
                .on(
                        ApiKey.PRODUCE,
                        call -> result(call, Produce.Result.failed(0, ErrorCode.DUPLICATE_SEQUENCE_NUMBER, null)));
        Producer producer = producer(ProducerSettings.defaults());

        assertThat(sendTo(producer, 0, "v").join().offset()).isEqualTo(Sent.UNKNOWN_OFFSET);
    }

    @Test
    void aTimestampThatTheBrokerSetIsReported() {
        brokers.broker(0).on(ApiKey.PRODUCE, call -> result(call, Produce.Result.appended(0, 7, 123_456, 0)));
        Producer producer = producer(ProducerSettings.defaults());

        assertThat(sendTo(producer, 0, "v").join()).isEqualTo(new Sent(FIRST, 7, 123_456));
    }

    @Test
    void aLeaderThatMovedIsFollowedAndTheOrderKept() {
        Producer producer = producer(ProducerSettings.defaults().withBatches(200, Duration.ZERO));
        List<CompletableFuture<Sent>> sent = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            if (i % 100 == 50) {
                brokers.lead(FIRST, i / 100 % 2 == 0 ? 1 : 0);
            }
            sent.add(sendTo(producer, 0, "v" + i));
        }

        producer.flush(LONG);

        assertThat(sent).allMatch(each -> !each.isCompletedExceptionally());
        assertThat(stored(0))
                .isEqualTo(IntStream.range(0, 500).mapToObj(i -> "v" + i).toList());
    }

    @Test
    void noMoreThanOneBatchOfAPartitionIsEverOnItsWay() {
        AtomicInteger underWay = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        brokers.broker(0).on(ApiKey.PRODUCE, call -> {
            most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
            Reply regular = brokers.regular(0, call);
            underWay.decrementAndGet();
            return regular;
        });
        Producer producer = producer(ProducerSettings.defaults().withBatches(150, Duration.ZERO));

        IntStream.range(0, 300).forEach(i -> {
            var unused = sendTo(producer, 0, "v" + i);
        });
        producer.flush(LONG);

        assertThat(most).hasValue(1);
        assertThat(stored(0))
                .isEqualTo(IntStream.range(0, 300).mapToObj(i -> "v" + i).toList());
    }

    @Test
    void aRecordRefusedFailsAloneAndTheNextHasItsSequence() {
        AtomicInteger calls = new AtomicInteger();
        brokers.broker(0)
                .on(
                        ApiKey.PRODUCE,
                        call -> calls.getAndIncrement() == 1
                                ? result(call, Produce.Result.failed(0, ErrorCode.MESSAGE_TOO_LARGE, "limit is 7"))
                                : brokers.regular(0, call));
        Producer producer = producer(ProducerSettings.defaults());
        sendTo(producer, 0, "a").join();

        assertThatThrownBy(sendTo(producer, 0, "b")::join)
                .hasMessageContaining("clicks-0")
                .hasMessageContaining("MESSAGE_TOO_LARGE")
                .hasMessageContaining("limit is 7");
        sendTo(producer, 0, "c").join();

        assertThat(stored(0)).containsExactly("a", "c");
        assertThat(batches(brokers.broker(0).calls(ApiKey.PRODUCE)))
                .extracting(RecordBatch::baseSequence)
                .containsExactly(0, 1, 1);
    }

    @Test
    void aSequenceThatTheBrokerDoesNotHaveStopsTheProducer() {
        brokers.broker(0)
                .on(
                        ApiKey.PRODUCE,
                        call -> result(call, Produce.Result.failed(0, ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER, null)));
        Producer producer = producer(ProducerSettings.defaults());
        CompletableFuture<Sent> refused = sendTo(producer, 0, "a");

        assertThatThrownBy(refused::join).hasMessageContaining("OUT_OF_ORDER_SEQUENCE_NUMBER");
        await().untilAsserted(() -> assertThatThrownBy(() -> sendTo(producer, 1, "b"))
                .isInstanceOf(ClientException.class)
                .hasMessageContaining("this producer stops"));
        assertThat(producer.bufferedBytes()).isZero();
    }

    @Test
    void aBatchThatExpiresInFlightFailsInTimeAndKeepsItsBytesUntilTheBrokerIsDoneWithThem() {
        CountDownLatch expired = new CountDownLatch(1);
        brokers.broker(0).on(ApiKey.PRODUCE, call -> {
            await().until(() -> expired.getCount() == 0);
            return brokers.regular(0, call);
        });
        Producer producer = producer(ProducerSettings.defaults());
        CompletableFuture<Sent> late = sendTo(producer, 0, "late");
        await().until(() -> !brokers.broker(0).calls(ApiKey.PRODUCE).isEmpty());

        expire(producer);

        assertThatThrownBy(late::join)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(TimedOutException.class)
                .hasMessageContaining("whether they are stored is unknown");
        assertThat(producer.bufferedBytes()).isPositive();
        expired.countDown();

        await().until(() -> producer.bufferedBytes() == 0);
        brokers.behave(0);
        assertThat(sendTo(producer, 0, "next").join().offset()).isEqualTo(1);
        assertThat(stored(0)).containsExactly("late", "next");
    }

    @Test
    void aBatchGivenUpInDoubtIsFollowedUnderAnotherIdentity() {
        brokers.broker(0).on(ApiKey.PRODUCE, call -> new Silence());
        Producer producer = producer(ProducerSettings.defaults(), answersWithin(200));
        CompletableFuture<Sent> lost = sendTo(producer, 0, "lost");
        await().until(() -> brokers.broker(0).calls(ApiKey.PRODUCE).size() > 1);

        expire(producer);

        assertThatThrownBy(lost::join).hasCauseInstanceOf(TimedOutException.class);
        brokers.behave(0);
        await().until(() -> producer.bufferedBytes() == 0);
        assertThat(sendTo(producer, 0, "next").join().offset()).isZero();

        List<RecordBatch> sent = batches(brokers.broker(0).calls(ApiKey.PRODUCE));
        RecordBatch last = sent.get(sent.size() - 1);
        assertThat(last.producerId()).isNotEqualTo(sent.get(0).producerId());
        assertThat(last.baseSequence()).isZero();
    }

    /** Leaders say these also of a batch that they appended and could not see through to the other replicas. */
    @ParameterizedTest
    @EnumSource(
            names = {
                "NOT_LEADER_OR_FOLLOWER",
                "UNKNOWN_TOPIC_OR_PARTITION",
                "NOT_ENOUGH_REPLICAS_AFTER_APPEND",
                "REQUEST_TIMED_OUT",
                "KAFKA_STORAGE_ERROR"
            })
    void aRecordIsNeverTakenForOneGivenUpAfterAnErrorThatDoesNotSayWhetherItIsStored(ErrorCode error) {
        brokers.broker(0).on(ApiKey.PRODUCE, call -> {
            brokers.regular(0, call);
            return result(call, Produce.Result.failed(0, error, null));
        });
        Producer producer = producer(ProducerSettings.defaults());
        CompletableFuture<Sent> lost = sendTo(producer, 0, "lost");
        await().until(() -> brokers.broker(0).calls(ApiKey.PRODUCE).size() > 1);

        expire(producer);
        brokers.behave(0);
        Sent next = sendTo(producer, 0, "next").join();

        assertThatThrownBy(lost::join).hasMessageContaining("whether they are stored is unknown");
        assertThat(stored(0)).containsExactly("lost", "next");
        assertThat(next.offset()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"NOT_ENOUGH_REPLICAS", "CORRUPT_MESSAGE"})
    void aRecordGivenUpAfterAnErrorThatSaysItIsNotStoredIsSaidNotToBe(ErrorCode error) {
        brokers.broker(0).on(ApiKey.PRODUCE, call -> result(call, Produce.Result.failed(0, error, null)));
        Producer producer = producer(ProducerSettings.defaults());
        CompletableFuture<Sent> refused = sendTo(producer, 0, "refused");
        // The third is sent when the answer to the second, and so to the first, has been looked at.
        await().until(() -> brokers.broker(0).calls(ApiKey.PRODUCE).size() > 2);
        brokers.lead(FIRST, -1);

        await().untilAsserted(() -> {
            expire(producer);
            assertThatThrownBy(refused::join).hasMessageContaining("(not stored)");
        });
    }

    @Test
    void recordsThatCouldNotBeSentFailSayingWhy() {
        brokers.lead(FIRST, -1);
        Producer producer = producer(ProducerSettings.defaults());
        CompletableFuture<Sent> stuck = sendTo(producer, 0, "v");
        // The topic, a broker for the producer id; after that only the leader is asked for.
        await().until(() -> brokers.broker(0).calls(ApiKey.METADATA).size()
                        + brokers.broker(1).calls(ApiKey.METADATA).size()
                > 2);

        expire(producer);

        assertThatThrownBy(stuck::join)
                .hasCauseInstanceOf(TimedOutException.class)
                .hasMessageContaining(
                        "1 records for partition clicks-0 were not acknowledged within 120000 ms (not stored)")
                .hasMessageContaining("has no leader");
        await().until(() -> producer.bufferedBytes() == 0);
    }

    @Test
    void aFullBufferMakesTheCallerWaitAndThenFail() {
        brokers.broker(0).on(ApiKey.PRODUCE, call -> new Silence());
        ProducerSettings small =
                new ProducerSettings(Codec.NONE, 500, 1_000, 2_000, Duration.ZERO, Duration.ofMinutes(1));
        Producer producer = producer(small, FakeCluster.SETTINGS.withTimeout(Duration.ofMillis(300)));

        assertThatThrownBy(() -> {
                    for (int i = 0; i < 100; i++) {
                        var unused = sendTo(producer, 0, "v" + i);
                    }
                })
                .isInstanceOf(TimedOutException.class)
                .hasMessageContaining("the brokers do not keep up");
        assertThat(producer.bufferedBytes()).isBetween(1_500L, 2_000L);
    }

    @Test
    void whatCannotBeSentIsRefusedAtOnce() {
        Producer producer = producer(ProducerSettings.defaults());

        assertThatThrownBy(() -> producer.send(new TopicName("nowhere"), null, bytes("v")))
                .hasMessage("Topic nowhere does not exist");
        assertThatThrownBy(() -> sendTo(producer, 3, "v")).hasMessageContaining("there is no partition 3");
        assertThatThrownBy(() -> producer.send(CLICKS, null, new byte[1_000_001]))
                .hasMessageContaining("at most 1000000");
        producer.close();
        assertThatThrownBy(() -> sendTo(producer, 0, "v")).hasMessageContaining("closed");
        assertThat(producer.bufferedBytes()).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"NONE", "GZIP"})
    void recordsThatNoMemoryIsLeftForFailAloneAndTheProducerGoesOn(Codec codec) throws Exception {
        ScarceMemory memory = new ScarceMemory();
        Producer producer = producer(ProducerSettings.defaults().withCodec(codec), FakeCluster.SETTINGS, memory);
        sendTo(producer, 0, "before").get(20, SECONDS);

        memory.scarce = true;
        assertThatThrownBy(() -> sendTo(producer, 0, "unlucky").get(20, SECONDS))
                .hasStackTraceContaining("none left");
        memory.scarce = false;

        assertThat(sendTo(producer, 0, "after").get(20, SECONDS).offset()).isEqualTo(1);
        assertThat(stored(0)).containsExactly("before", "after");
        assertThat(producer.bufferedBytes()).isZero();
    }

    @Test
    void aTopicThatIsGoneWhenThePartitionIsChosenIsAClearError() {
        Partitioner partitioner = new Partitioner(Entropy.system(), 100);

        assertThatThrownBy(() -> partitioner.choose(Outgoing.of(CLICKS, bytes("k"), null), ClusterView.EMPTY, 10))
                .isInstanceOf(ClientException.class)
                .hasMessage("Topic clicks does not exist");
    }

    @Test
    void aProducerIdThatIsNoneStopsTheProducerRatherThanItsDeduplication() {
        for (int id = 0; id < 2; id++) {
            brokers.broker(id)
                    .on(
                            ApiKey.INIT_PRODUCER_ID,
                            call -> new Answer(new InitProducerId.Response(0, ErrorCode.NONE, -1, (short) -1)));
        }
        Producer producer = producer(ProducerSettings.defaults());

        assertThatThrownBy(() -> sendTo(producer, 0, "v").get(20, SECONDS)).hasMessageContaining("No producer id");
        assertThat(stored(0)).isEmpty();
    }

    @Test
    void closingSendsWhatIsLeft() {
        Producer producer = producer(ProducerSettings.defaults().withBatches(64 * 1024, Duration.ofSeconds(30)));
        CompletableFuture<Sent> sent = sendTo(producer, 0, "last");

        producer.close();

        assertThat(sent).isCompleted();
        assertThat(stored(0)).containsExactly("last");
    }
}
