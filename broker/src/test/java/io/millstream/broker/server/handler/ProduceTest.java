package io.millstream.broker.server.handler;

import static io.millstream.broker.server.handler.Requests.batch;
import static io.millstream.broker.server.handler.Requests.fetch;
import static io.millstream.broker.server.handler.Requests.only;
import static io.millstream.broker.server.handler.Requests.produce;
import static io.millstream.broker.server.handler.Requests.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millstream.broker.log.LogConfig;
import io.millstream.broker.log.TimestampType;
import io.millstream.broker.replica.Isr;
import io.millstream.broker.replica.Partition;
import io.millstream.broker.server.NoLeaks;
import io.millstream.broker.server.RawClient;
import io.millstream.wire.ApiKey;
import io.millstream.wire.ByTopic;
import io.millstream.wire.BytesPayload;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.Produce;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(NoLeaks.class)
class ProduceTest {

    private static final LogConfig SMALL_BATCHES = LogConfig.DEFAULT.with(
            new LogConfig.Accepting(1_000, TimestampType.CREATE_TIME, Long.MAX_VALUE, Long.MAX_VALUE));

    @TempDir
    Path directory;

    private ServedPartitions served;
    private RawClient client;

    @BeforeEach
    void start() {
        served = new ServedPartitions(directory);
        client = served.connect();
    }

    @AfterEach
    void stop() {
        client.close();
        served.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, -1})
    void recordsGetTheNextOffsetsAndAreRead(int acks) {
        // given
        served.leading("clicks", 0);

        // when
        Produce.Result first = produce(client, acks, "clicks", batch(1_000, "a", "b"));
        Produce.Result second = produce(client, acks, "clicks", batch(1_000, "c"));

        // then
        assertThat(first).isEqualTo(Produce.Result.appended(0, 0, -1, 0));
        assertThat(second).isEqualTo(Produce.Result.appended(0, 2, -1, 0));
        assertThat(values(fetch(client, "clicks", 0), 0)).containsExactly("a", "b", "c");
    }

    @Test
    void withoutAcksNothingIsAnsweredAndTheNextAnswerIsTheNextRequests() {
        // given
        served.leading("clicks", 0);

        // when
        client.send(1, produce(0, "clicks", batch(1_000, "a")));

        // then
        assertThat(produce(client, 1, "clicks", batch(1_000, "b")).baseOffset()).isEqualTo(1);
    }

    @Test
    void withoutAcksAFailureClosesTheConnection() {
        // when
        client.send(1, produce(0, "nowhere", batch(1_000, "a")));

        // then
        client.assertHungUp();
    }

    @Test
    void aBatchWithAWrongChecksumIsRefusedAndTheLogUntouched() {
        try (RawClient other = served.connect()) {
            // given
            Partition partition = served.leading("clicks", 0);
            produce(client, 1, "clicks", batch(1_000, "good"));
            ByteBuf damaged = batch(1_000, "bad");
            damaged.setByte(damaged.writerIndex() - 2, 'X');

            // when
            Produce.Result result = produce(client, -1, "clicks", damaged);

            // then
            assertThat(result.error()).isEqualTo(ErrorCode.CORRUPT_MESSAGE);
            assertThat(result.errorMessage()).contains("checksum");
            assertThat(partition.log().view().endOffset()).isEqualTo(1);
            assertThat(values(fetch(other, "clicks", 0), 0)).containsExactly("good");
            assertThat(produce(client, -1, "clicks", batch(1_000, "next")).baseOffset())
                    .isEqualTo(1);
        }
    }

    @Test
    void anyByteThatIsChangedOnTheWayIsNoticed() {
        // given
        Partition partition = served.leading("clicks", 0);
        ByteBuf intact = batch(1_000, "value");
        int leaderEpochAt = 12;

        for (int at = Long.BYTES; at < intact.writerIndex(); at++) {
            if (at >= leaderEpochAt && at < leaderEpochAt + Integer.BYTES) {
                continue; // the leader's own to write
            }
            // when
            ByteBuf damaged = intact.copy();
            damaged.setByte(at, damaged.getByte(at) ^ 0x01);

            // then
            assertThat(produce(client, 1, "clicks", damaged).error())
                    .as("byte " + at)
                    .isEqualTo(ErrorCode.CORRUPT_MESSAGE);
        }
        assertThat(partition.log().view().endOffset()).isZero();
    }

    @Test
    void aBatchThatIsTooLargeIsRefusedByNameOfTheSetting() {
        // given
        served.leading("small", 0, SMALL_BATCHES, new Isr(Set.of(ServedPartitions.BROKER), 1));

        // when
        Produce.Result result = produce(client, -1, "small", batch(1_000, "x".repeat(2_000)));

        // then
        assertThat(result.error()).isEqualTo(ErrorCode.MESSAGE_TOO_LARGE);
        assertThat(result.errorMessage()).contains("max.message.bytes");
    }

    @Test
    void eachPartitionSucceedsOrFailsByItself() {
        // given
        served.leading("clicks", 0);
        var request = new Produce.Request(
                null,
                (short) -1,
                1_000,
                List.of(
                        new ByTopic<>(
                                "clicks",
                                List.of(
                                        new Produce.Data(0, new BytesPayload(batch(1_000, "a"))),
                                        new Produce.Data(7, new BytesPayload(batch(1_000, "b"))),
                                        new Produce.Data(-1, new BytesPayload(batch(1_000, "c"))))),
                        new ByTopic<>("../up", List.of(new Produce.Data(0, new BytesPayload(batch(1_000, "d")))))));

        // when
        Produce.Response response = client.ask(request, Produce.Response.class);

        // then
        assertThat(response.topics().get(0).partitions())
                .extracting(Produce.Result::error)
                .containsExactly(
                        ErrorCode.NONE, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(response.topics().get(1).partitions())
                .extracting(Produce.Result::error)
                .containsExactly(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @Test
    void moreOrLessThanOneBatchIsRefused() {
        // given
        served.leading("clicks", 0);

        // when, then
        assertThat(produce(client, 1, "clicks", null).error()).isEqualTo(ErrorCode.INVALID_RECORD);
        assertThat(produce(client, 1, "clicks", Unpooled.EMPTY_BUFFER).error()).isEqualTo(ErrorCode.INVALID_RECORD);
        assertThat(produce(client, 1, "clicks", Unpooled.wrappedBuffer(batch(1, "a"), batch(1, "b")))
                        .error())
                .isEqualTo(ErrorCode.INVALID_RECORD);
        assertThat(produce(client, 1, "clicks", Unpooled.wrappedBuffer(new byte[20]))
                        .error())
                .isEqualTo(ErrorCode.CORRUPT_MESSAGE);
        assertThat(produce(client, 1, "clicks", batch(1, "fine")).baseOffset()).isZero();
    }

    @Test
    void unknownAcksAreRefused() {
        served.leading("clicks", 0);

        assertThat(produce(client, 2, "clicks", batch(1, "a")).error()).isEqualTo(ErrorCode.INVALID_REQUIRED_ACKS);
    }

    @Test
    void whoDoesNotLeadRefuses() {
        // given
        Partition partition = served.leading("clicks", 0);

        // when
        partition.stop(ErrorCode.NOT_LEADER_OR_FOLLOWER);

        // then
        assertThat(produce(client, 1, "clicks", batch(1, "a")).error()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void tooFewReplicasInSyncRefuseAcksAllBeforeAnythingIsWritten() {
        // given
        Partition partition =
                served.leading("clicks", 0, LogConfig.DEFAULT, new Isr(Set.of(ServedPartitions.BROKER), 2));

        // when
        Produce.Result all = produce(client, -1, "clicks", batch(1, "a"));
        Produce.Result leader = produce(client, 1, "clicks", batch(1, "b"));

        // then: what only the leader has is not committed, and nobody sees it
        assertThat(all.error()).isEqualTo(ErrorCode.NOT_ENOUGH_REPLICAS);
        assertThat(leader.baseOffset()).isZero();
        assertThat(partition.highWatermark()).isZero();
        assertThat(values(fetch(client, "clicks", 0), 0)).isEmpty();
    }

    @Test
    void acksAllWaitsForTheOtherReplicasAndIsAnsweredWhenTheIsrShrinks() {
        // given
        Partition partition =
                served.leading("clicks", 0, LogConfig.DEFAULT, new Isr(Set.of(ServedPartitions.BROKER, 2), 1));
        client.send(1, produce(-1, "clicks", batch(1, "a")));
        await().until(() -> partition.waiting() == 1);

        // when
        partition.lead(ServedPartitions.EPOCH, 1, new Isr(Set.of(ServedPartitions.BROKER), 1));

        // then
        Produce.Response response = client.receive(ApiKey.PRODUCE, (short) 9, Produce.Response.class)
                .body();
        assertThat(only(response.topics())).isEqualTo(Produce.Result.appended(0, 0, -1, 0));
        assertThat(partition.waiting()).isZero();
    }

    @Test
    void acksAllIsNotConfirmedWhenTheTermEnds() {
        // given
        Partition partition =
                served.leading("clicks", 0, LogConfig.DEFAULT, new Isr(Set.of(ServedPartitions.BROKER, 2), 1));
        client.send(1, produce(-1, "clicks", batch(1, "a")));
        await().until(() -> partition.waiting() == 1);

        // when
        partition.lead(ServedPartitions.EPOCH + 1, new Isr(Set.of(ServedPartitions.BROKER), 1));

        // then
        Produce.Response response = client.receive(ApiKey.PRODUCE, (short) 9, Produce.Response.class)
                .body();
        assertThat(only(response.topics()).error()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void acksAllGivesUpWhenTimeIsUp() {
        // given
        Partition partition =
                served.leading("clicks", 0, LogConfig.DEFAULT, new Isr(Set.of(ServedPartitions.BROKER, 2), 1));
        Produce.Request patient = produce(-1, "clicks", batch(1, "a"));

        // when
        Produce.Response response =
                client.ask(new Produce.Request(null, (short) -1, 20, patient.topics()), Produce.Response.class);

        // then
        assertThat(only(response.topics()).error()).isEqualTo(ErrorCode.REQUEST_TIMED_OUT);
        assertThat(partition.waiting()).isZero();
    }

    @Test
    void aProducerThatGoesWhileItWaitsLeavesNothingBehind() {
        // given
        Partition partition =
                served.leading("clicks", 0, LogConfig.DEFAULT, new Isr(Set.of(ServedPartitions.BROKER, 2), 1));
        client.send(1, produce(-1, "clicks", batch(1, "a")));
        await().until(() -> partition.waiting() == 1);

        // when
        client.close();

        // then
        await().until(() -> partition.waiting() == 0);
    }
}
