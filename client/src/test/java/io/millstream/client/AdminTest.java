package io.millstream.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.net.FakeBroker.Answer;
import io.millstream.net.FakeBroker.Call;
import io.millstream.net.FakeBroker.HangUp;
import io.millstream.net.FakeBroker.Reply;
import io.millstream.record.Codec;
import io.millstream.wire.ApiKey;
import io.millstream.wire.ByTopic;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.CreateTopics;
import io.millstream.wire.message.DeleteTopics;
import io.millstream.wire.message.DescribeRanges;
import io.millstream.wire.message.ListOffsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class AdminTest {

    private static final TopicName CLICKS = new TopicName("clicks");
    private static final List<TopicPartition> ALL =
            IntStream.range(0, 6).mapToObj(i -> new TopicPartition(CLICKS, i)).toList();

    private final FakeCluster brokers = new FakeCluster(3).topic("clicks", 6);
    private final Cluster cluster = brokers.connect();
    private final Admin admin = new Admin(cluster);

    @BeforeEach
    void fill() {
        for (int i = 0; i < 6; i++) {
            brokers.log("clicks", i).appendRecords(10 + i, Codec.NONE).startAt(i);
        }
    }

    @AfterEach
    void close() {
        cluster.close();
        brokers.close();
    }

    private static Reply to(Call call, DescribeRanges.Described answer) {
        String topic = call.as(DescribeRanges.Request.class).topics().get(0).topic();
        return new Answer(new DescribeRanges.Response(0, List.of(new ByTopic<>(topic, List.of(answer)))));
    }

    @Test
    void boundsOfManyPartitionsCostOneRequestPerLeader() {
        Map<TopicPartition, Long> starts = admin.startOffsets(ALL);
        Map<TopicPartition, Long> ends = admin.endOffsets(ALL);

        assertThat(starts).hasSize(6);
        for (int i = 0; i < 6; i++) {
            assertThat(starts).containsEntry(ALL.get(i), (long) i);
            assertThat(ends).containsEntry(ALL.get(i), 10L + i);
        }
        for (int id = 0; id < 3; id++) {
            assertThat(brokers.broker(id).calls(ApiKey.LIST_OFFSETS)).hasSize(2);
        }
    }

    @Test
    void nothingIsAskedAboutNoPartitions() {
        assertThat(admin.endOffsets(List.of())).isEmpty();
    }

    @Test
    void offsetsForTimesAreTheFirstAtOrAfterAndEmptyBehindTheLast() {
        Map<TopicPartition, Optional<TimedOffset>> found =
                admin.offsetsForTimes(Map.of(ALL.get(0), 4L, ALL.get(1), 99L));

        assertThat(found)
                .containsEntry(ALL.get(0), Optional.of(new TimedOffset(4, 4)))
                .containsEntry(ALL.get(1), Optional.empty());
    }

    @Test
    void partitionsWhoseLeaderMovedAreAskedAgainAndTheOthersAreNot() {
        admin.endOffsets(ALL);
        brokers.lead(ALL.get(4), 0);

        Map<TopicPartition, Long> ends = admin.endOffsets(ALL);

        assertThat(ends).hasSize(6).containsEntry(ALL.get(4), 14L);
        List<Call> asked = brokers.broker(0).calls(ApiKey.LIST_OFFSETS);
        ListOffsets.Request last = asked.get(asked.size() - 1).as(ListOffsets.Request.class);
        assertThat(last.topics().get(0).partitions())
                .extracting(ListOffsets.Query::partition)
                .containsExactly(4);
    }

    @Test
    void partitionsThatGetNoAnswerAreNamed() {
        brokers.lead(ALL.get(2), -1);
        try (Cluster impatient = brokers.connect(FakeCluster.SETTINGS.withTimeout(Duration.ofMillis(200)))) {
            assertThatThrownBy(() -> new Admin(impatient).endOffsets(ALL))
                    .isInstanceOf(TimedOutException.class)
                    .hasMessageContaining("No end offset of partition clicks-2: has no leader, or does not exist");
        }
    }

    @Test
    void anErrorThatDoesNotPassFailsAtOnceNamingThePartition() {
        brokers.broker(1)
                .on(
                        ApiKey.LIST_OFFSETS,
                        call -> new Answer(new ListOffsets.Response(
                                0,
                                List.of(new ByTopic<>(
                                        "clicks",
                                        List.of(
                                                new ListOffsets.Found(
                                                        1, ErrorCode.TOPIC_AUTHORIZATION_FAILED, -1, -1, -1),
                                                new ListOffsets.Found(4, ErrorCode.NONE, -1, 3, -1)))))));

        assertThatThrownBy(() -> admin.endOffsets(ALL))
                .isExactlyInstanceOf(ClientException.class)
                .hasMessageContaining("partition clicks-1: Not authorised for this topic");
    }

    @Test
    void rangesAreDescribedAndAskedOnWhereAnAnswerIsBounded() {
        brokers.broker(0).on(ApiKey.DESCRIBE_RANGES, call -> {
            DescribeRanges.Range range = call.as(DescribeRanges.Request.class)
                    .topics()
                    .get(0)
                    .partitions()
                    .get(0);
            long end = Math.min(range.from() + 3, range.to());
            List<DescribeRanges.Chunk> chunks = LongStream.range(range.from(), end)
                    .mapToObj(offset -> new DescribeRanges.Chunk(offset, 100, offset))
                    .toList();
            return to(call, new DescribeRanges.Described(range.partition(), ErrorCode.NONE, end, chunks));
        });
        Map<TopicPartition, RangeQuery> ranges = new HashMap<>();
        ranges.put(ALL.get(0), new RangeQuery(2, 10, 50));
        ranges.put(ALL.get(3), new RangeQuery(5, 5, 50));

        Map<TopicPartition, List<RangeChunk>> described =
                admin.describeRanges(ranges).orElseThrow();

        assertThat(described.get(ALL.get(0)))
                .isEqualTo(LongStream.range(2, 10)
                        .mapToObj(offset -> new RangeChunk(offset, 100, offset))
                        .toList());
        assertThat(described.get(ALL.get(3))).isEmpty();
        assertThat(brokers.broker(0).calls(ApiKey.DESCRIBE_RANGES)).hasSize(3);
    }

    @Test
    void rangesThatAnAnswerHadNoRoomForAreAskedForAgain() {
        brokers.broker(0).on(ApiKey.DESCRIBE_RANGES, call -> {
            ByTopic<DescribeRanges.Range> asked =
                    call.as(DescribeRanges.Request.class).topics().get(0);
            List<DescribeRanges.Described> answers = new ArrayList<>();
            for (DescribeRanges.Range range : asked.partitions()) { // two chunks for the first, and that is all
                long end = answers.isEmpty() ? range.from() + 2 : range.from();
                List<DescribeRanges.Chunk> chunks = LongStream.range(range.from(), end)
                        .mapToObj(offset -> new DescribeRanges.Chunk(offset, 100, offset))
                        .toList();
                answers.add(new DescribeRanges.Described(range.partition(), ErrorCode.NONE, end, chunks));
            }
            return new Answer(new DescribeRanges.Response(0, List.of(new ByTopic<>(asked.topic(), answers))));
        });

        Map<TopicPartition, List<RangeChunk>> described = admin.describeRanges(
                        Map.of(ALL.get(0), new RangeQuery(0, 4, 50), ALL.get(3), new RangeQuery(3, 7, 50)))
                .orElseThrow();

        assertThat(described.get(ALL.get(0))).extracting(RangeChunk::offset).containsExactly(0L, 1L, 2L, 3L);
        assertThat(described.get(ALL.get(3))).extracting(RangeChunk::offset).containsExactly(3L, 4L, 5L, 6L);
        assertThat(brokers.broker(0).calls(ApiKey.DESCRIBE_RANGES)).hasSize(4);
    }

    @Test
    void leadersThatDescribeNothingAtAllAreNotAskedForEver() {
        brokers.broker(0)
                .on(
                        ApiKey.DESCRIBE_RANGES,
                        call -> to(call, new DescribeRanges.Described(3, ErrorCode.NONE, 3, List.of())));

        assertThatThrownBy(() -> admin.describeRanges(Map.of(ALL.get(3), new RangeQuery(3, 10, 50))))
                .isInstanceOf(ClientException.class)
                .hasMessageContaining("Partition clicks-3: its leader describes nothing of offsets 3 to 10");
    }

    @Test
    void aBrokerThatCannotDescribeRangesMakesTheAnswerEmpty() {
        brokers.broker(0).without(ApiKey.DESCRIBE_RANGES);

        assertThat(admin.describeRanges(Map.of(ALL.get(0), new RangeQuery(0, 10, 50))))
                .isEmpty();
    }

    @Test
    void chunksThatLeaveOutOrRepeatOffsetsAreRefused() {
        List<List<DescribeRanges.Chunk>> wrong = List.of(
                List.of(),
                List.of(new DescribeRanges.Chunk(1, 1, 1)),
                List.of(new DescribeRanges.Chunk(0, 1, 1), new DescribeRanges.Chunk(0, 1, 1)),
                List.of(new DescribeRanges.Chunk(0, 1, 1), new DescribeRanges.Chunk(12, 1, 1)),
                List.of(new DescribeRanges.Chunk(0, -1, 1)));
        for (List<DescribeRanges.Chunk> chunks : wrong) {
            brokers.broker(0)
                    .on(
                            ApiKey.DESCRIBE_RANGES,
                            call -> to(call, new DescribeRanges.Described(0, ErrorCode.NONE, 10, chunks)));

            assertThatThrownBy(() -> admin.describeRanges(Map.of(ALL.get(0), new RangeQuery(0, 10, 50))))
                    .as("%s", chunks)
                    .isInstanceOf(ClientException.class)
                    .hasMessageContaining("clicks-0");
        }
    }

    @Test
    void aTopicIsCreatedThroughALostAnswerAndWaitedForUntilItIsLed() {
        AtomicInteger tries = new AtomicInteger();
        for (int id = 0; id < 3; id++) {
            brokers.broker(id).on(ApiKey.CREATE_TOPICS, call -> {
                if (tries.getAndIncrement() == 0) {
                    brokers.topic("fresh", 2);
                    brokers.lead(new TopicPartition("fresh", 1), -1);
                    return new HangUp();
                }
                brokers.lead(new TopicPartition("fresh", 1), 2);
                return new Answer(new CreateTopics.Response(
                        0, List.of(CreateTopics.Created.failed("fresh", ErrorCode.TOPIC_ALREADY_EXISTS, null))));
            });
        }

        admin.createTopic(new TopicName("fresh"), 2, 1, Map.of("retention.ms", "1000"));

        assertThat(tries).hasValue(2);
        assertThat(cluster.leader(new TopicPartition("fresh", 1))).isPresent();
    }

    @Test
    void aTopicThatExistsIsNotCreatedAndTheBrokersReasonIsTold() {
        for (int id = 0; id < 3; id++) {
            brokers.broker(id)
                    .on(
                            ApiKey.CREATE_TOPICS,
                            call -> new Answer(new CreateTopics.Response(
                                    0,
                                    List.of(CreateTopics.Created.failed(
                                            "clicks", ErrorCode.TOPIC_ALREADY_EXISTS, "since 1999")))));
            brokers.broker(id)
                    .on(
                            ApiKey.DELETE_TOPICS,
                            call -> new Answer(new DeleteTopics.Response(
                                    0,
                                    List.of(new DeleteTopics.Deleted("other", ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)))));
        }

        assertThatThrownBy(() -> admin.createTopic(CLICKS, 1, 1, Map.of()))
                .isExactlyInstanceOf(ClientException.class)
                .hasMessageContaining("clicks: since 1999")
                .hasMessageContaining("TOPIC_ALREADY_EXISTS");
        assertThatThrownBy(() -> admin.deleteTopic(new TopicName("other"))).hasMessage("Topic other does not exist");
    }
}
