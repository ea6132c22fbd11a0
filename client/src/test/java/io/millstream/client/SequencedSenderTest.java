package io.millstream.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.core.TopicPartition;
import io.millstream.net.FakeBroker.Answer;
import io.millstream.net.FakeBroker.HangUp;
import io.millstream.record.Codec;
import io.millstream.record.RecordBatch;
import io.millstream.record.RecordBatchBuilder;
import io.millstream.wire.ApiKey;
import io.millstream.wire.ByTopic;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.DescribeProducers;
import io.millstream.wire.message.Produce;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class SequencedSenderTest {

    private static final TopicPartition FIRST = new TopicPartition("clicks", 0);
    private static final long PRODUCER = 77;

    private final FakeCluster brokers = new FakeCluster(2).topic("clicks", 1);
    private final Cluster cluster = brokers.connect();
    private final SequencedSender sender = new SequencedSender(cluster);

    @AfterEach
    void close() {
        cluster.close();
        brokers.close();
    }

    private static byte[] batch(int sequence) {
        ByteBuf bytes = new RecordBatchBuilder(Codec.NONE, UnpooledByteBufAllocator.DEFAULT)
                .append(1, null, new byte[] {1}, List.of())
                .build();
        RecordBatch.at(bytes).stampProducer(PRODUCER, (short) 0, sequence);
        byte[] batch = ByteBufUtil.getBytes(bytes);
        bytes.release();
        return batch;
    }

    private void answer(ErrorCode error, String message) {
        brokers.broker(0)
                .on(
                        ApiKey.PRODUCE,
                        call -> new Answer(new Produce.Response(
                                List.of(new ByTopic<>("clicks", List.of(Produce.Result.failed(0, error, message)))),
                                0)));
    }

    @Test
    void aStampedBatchIsIntactAndHasItsNumbers() {
        RecordBatch stamped = RecordBatch.at(Unpooled.wrappedBuffer(batch(5)));

        stamped.ensureIntact();
        assertThat(stamped.producerId()).isEqualTo(PRODUCER);
        assertThat(stamped.producerEpoch()).isZero();
        assertThat(stamped.baseSequence()).isEqualTo(5);
    }

    @Test
    void aBatchWhoseAnswerWasLostIsSentAgainAsItIs() {
        AtomicInteger calls = new AtomicInteger();
        brokers.broker(0)
                .on(ApiKey.PRODUCE, call -> calls.getAndIncrement() == 0 ? new HangUp() : brokers.regular(0, call));

        assertThat(sender.send(FIRST, batch(0)).join()).isZero();

        assertThat(calls).hasValue(2);
    }

    @Test
    void aLeaderThatMovedIsFollowed() {
        assertThat(sender.send(FIRST, batch(0)).join()).isZero();
        brokers.lead(FIRST, 1);

        assertThat(sender.send(FIRST, batch(1)).join()).isEqualTo(1);
    }

    @Test
    void whatTheLeaderHasAlreadyIsAcknowledged() {
        answer(ErrorCode.DUPLICATE_SEQUENCE_NUMBER, null);

        assertThat(sender.send(FIRST, batch(0)).join()).isEqualTo(-1);
    }

    @Test
    void otherNumbersThanTheLeaderExpectsAreAnOutcomeOfTheirOwn() {
        for (ErrorCode error : List.of(
                ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
                ErrorCode.UNKNOWN_PRODUCER_ID,
                ErrorCode.INVALID_PRODUCER_EPOCH)) {
            answer(error, "as it says");

            assertThatThrownBy(() -> sender.send(FIRST, batch(3)).join())
                    .isInstanceOf(CompletionException.class)
                    .cause()
                    .isInstanceOf(SequenceException.class)
                    .hasMessageContaining("clicks-0")
                    .hasMessageContaining(error.name())
                    .hasMessageContaining("as it says");
        }
    }

    @Test
    void aRefusalComesInTheLeadersWords() {
        answer(ErrorCode.MESSAGE_TOO_LARGE, "A batch of 9 bytes; max.message.bytes is 8");

        assertThatThrownBy(() -> sender.send(FIRST, batch(0)).join())
                .cause()
                .isExactlyInstanceOf(ClientException.class)
                .hasMessageContaining("Partition clicks-0 refused a batch")
                .hasMessageContaining("max.message.bytes is 8");
    }

    @Test
    void theLeaderTellsTheLastSequenceOfAProducerOrThatItKnowsNone() {
        brokers.broker(0)
                .on(
                        ApiKey.DESCRIBE_PRODUCERS,
                        call -> new Answer(new DescribeProducers.Response(
                                0,
                                List.of(new ByTopic<>(
                                        "clicks",
                                        List.of(new DescribeProducers.Described(
                                                0,
                                                ErrorCode.NONE,
                                                null,
                                                List.of(
                                                        new DescribeProducers.Producer(3, 0, 9, 1, -1, -1),
                                                        new DescribeProducers.Producer(
                                                                PRODUCER, 0, 41, 1, -1, -1)))))))));

        assertThat(sender.lastSequence(FIRST, PRODUCER)).hasValue(41);
        assertThat(sender.lastSequence(FIRST, 4)).isEmpty();
    }
}
