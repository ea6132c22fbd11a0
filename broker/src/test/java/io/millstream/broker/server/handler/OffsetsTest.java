package io.millstream.broker.server.handler;

import static io.millstream.broker.server.handler.Requests.batch;
import static io.millstream.broker.server.handler.Requests.describe;
import static io.millstream.broker.server.handler.Requests.fetch;
import static io.millstream.broker.server.handler.Requests.listOffsets;
import static io.millstream.broker.server.handler.Requests.only;
import static io.millstream.broker.server.handler.Requests.produce;
import static io.millstream.broker.server.handler.Requests.values;
import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.log.LogConfig;
import io.millstream.broker.replica.Isr;
import io.millstream.broker.replica.Partition;
import io.millstream.broker.server.NoLeaks;
import io.millstream.broker.server.RawClient;
import io.millstream.wire.ByTopic;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.DeleteRecords;
import io.millstream.wire.message.DescribeRanges;
import io.millstream.wire.message.ListOffsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(NoLeaks.class)
class OffsetsTest {

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

    /** KIP-207. */
    @Test
    void aLeaderThatHasJustBegunDoesNotSayWhereTheCommittedRecordsEnd() {
        // given: two leaders' terms, and a follower that has not been heard of in the second
        Isr both = new Isr(Set.of(ServedPartitions.BROKER, ServedPartitions.FOLLOWER), 1);
        Partition partition = served.leading("clicks", 0);
        produce(client, 1, "clicks", batch(1_000, "a"));
        partition.lead(ServedPartitions.EPOCH, 1, both);
        produce(client, 1, "clicks", batch(2_000, "b"));
        partition.lead(ServedPartitions.EPOCH + 1, both);

        // then
        assertThat(listOffsets(client, "clicks", ListOffsets.LATEST).error()).isEqualTo(ErrorCode.OFFSET_NOT_AVAILABLE);
        assertThat(listOffsets(client, "clicks", ListOffsets.MAX_TIMESTAMP).error())
                .isEqualTo(ErrorCode.OFFSET_NOT_AVAILABLE);
        assertThat(listOffsets(client, "clicks", 1_500).error()).isEqualTo(ErrorCode.OFFSET_NOT_AVAILABLE);
        assertThat(listOffsets(client, "clicks", 1_000).offset()).isZero();
        assertThat(listOffsets(client, "clicks", ListOffsets.EARLIEST).offset()).isZero();
        assertThat(describe(client, "clicks", 0, 1, 1).error()).isEqualTo(ErrorCode.NONE);
        assertThat(describe(client, "clicks", 0, 2, 1).error()).isEqualTo(ErrorCode.OFFSET_NOT_AVAILABLE);
        var asked = new ListOffsets.Request(
                ListOffsets.CONSUMER,
                (byte) 0,
                List.of(new ByTopic<>("clicks", List.of(new ListOffsets.Query(0, -1, ListOffsets.LATEST)))));
        assertThat(only(client.ask(asked, (short) 4, ListOffsets.Response.class).topics())
                        .error())
                .isEqualTo(ErrorCode.LEADER_NOT_AVAILABLE);

        // when: the follower has it all
        partition.lead(ServedPartitions.EPOCH + 1, 1, new Isr(Set.of(ServedPartitions.BROKER), 1));

        // then
        assertThat(listOffsets(client, "clicks", ListOffsets.LATEST).offset()).isEqualTo(2);
        assertThat(listOffsets(client, "clicks", 1_500).offset()).isEqualTo(1);
        assertThat(describe(client, "clicks", 0, 2, 1).error()).isEqualTo(ErrorCode.NONE);
        assertThat(describe(client, "clicks", 0, 3, 1).error()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
    }

    @Test
    void aFollowerTellsItsEndsToWhoeverLooksForWhatIsWrong() {
        // given
        Partition partition = served.leading("clicks", 0);
        produce(client, 1, "clicks", batch(1_000, "a"));
        partition.follow(ServedPartitions.EPOCH + 1, ServedPartitions.FOLLOWER);
        var query = List.of(new ByTopic<>("clicks", List.of(new ListOffsets.Query(0, -1, ListOffsets.LATEST))));

        // when
        var consumer = client.ask(new ListOffsets.Request(-1, (byte) 0, query), ListOffsets.Response.class);
        var debugger =
                client.ask(new ListOffsets.Request(ListOffsets.DEBUGGER, (byte) 0, query), ListOffsets.Response.class);

        // then
        assertThat(only(consumer.topics()).error()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        assertThat(only(debugger.topics()).offset()).isEqualTo(1);
    }

    @Test
    void offsetsAreFoundByEndAndByTime() {
        // given timestamps 1000, 1001, 5000, 3000
        Partition partition = served.leading("clicks", 0);
        produce(client, 1, "clicks", batch(1_000, "a", "b"));
        produce(client, 1, "clicks", batch(5_000, "c"));
        produce(client, 1, "clicks", batch(3_000, "d"));

        // when, then
        assertThat(listOffsets(client, "clicks", ListOffsets.LATEST))
                .isEqualTo(new ListOffsets.Found(0, ErrorCode.NONE, -1, 4, ServedPartitions.EPOCH));
        assertThat(listOffsets(client, "clicks", ListOffsets.EARLIEST).offset()).isZero();
        assertThat(listOffsets(client, "clicks", ListOffsets.MAX_TIMESTAMP))
                .isEqualTo(new ListOffsets.Found(0, ErrorCode.NONE, 5_000, 2, ServedPartitions.EPOCH));
        assertThat(listOffsets(client, "clicks", 1_001))
                .isEqualTo(new ListOffsets.Found(0, ErrorCode.NONE, 1_001, 1, ServedPartitions.EPOCH));
        assertThat(listOffsets(client, "clicks", 1_002).offset()).isEqualTo(2);
        assertThat(listOffsets(client, "clicks", 0).offset()).isZero();
        assertThat(listOffsets(client, "clicks", 5_001))
                .isEqualTo(new ListOffsets.Found(0, ErrorCode.NONE, -1, -1, -1));

        // when
        partition.log().advanceStart(2);

        // then
        assertThat(listOffsets(client, "clicks", ListOffsets.EARLIEST).offset()).isEqualTo(2);
    }

    @Test
    void offsetsThatCannotBeFoundAreErrors() {
        // given
        served.leading("clicks", 0);

        // when, then
        assertThat(listOffsets(client, "nowhere", ListOffsets.LATEST).error())
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(listOffsets(client, "clicks", -9).error()).isEqualTo(ErrorCode.UNSUPPORTED_VERSION);
        served.partitions.find("clicks", 0).orElseThrow().stop(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        assertThat(listOffsets(client, "clicks", ListOffsets.LATEST).error())
                .isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        assertThat(listOffsets(client, "clicks", 1_000).error()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void rangesAreCutAtBatchBordersWithoutAGap() {
        // given 100 batches of two records and about 5 KB
        served.leading("clicks", 0);
        for (int i = 0; i < 100; i++) {
            produce(client, 1, "clicks", batch(1_000 + 10L * i, "x".repeat(2_500), "y".repeat(2_500)));
        }

        // when
        DescribeRanges.Described described = describe(client, "clicks", 11, 151, 50_000);

        // then
        List<DescribeRanges.Chunk> chunks = described.chunks();
        assertThat(described.error()).isEqualTo(ErrorCode.NONE);
        assertThat(described.end()).isEqualTo(151);
        assertThat(chunks).hasSizeBetween(5, 9);
        assertThat(chunks.get(0).offset()).isEqualTo(11);
        assertThat(chunks.subList(1, chunks.size()))
                .allSatisfy(chunk -> assertThat(chunk.offset() % 2).isZero());
        assertThat(chunks).extracting(DescribeRanges.Chunk::offset).isSorted();
        assertThat(chunks).allSatisfy(chunk -> assertThat(chunk.bytes()).isBetween(5_000L, 70_000L));
        assertThat(chunks.get(chunks.size() - 1).maxTimestamp()).isBetween(1_751L, 1_999L);
    }

    @Test
    void anAnswerIsBoundedAndSaysWhereToGoOn() {
        // given
        served.leading("clicks", 0);
        for (int i = 0; i < 1_100; i++) {
            served.partitions
                    .find("clicks", 0)
                    .orElseThrow()
                    .append(batch(1_000, "x".repeat(5_000)), Partition.Durability.LEADER);
        }

        // when
        DescribeRanges.Described first = describe(client, "clicks", 0, 1_100, 1);
        DescribeRanges.Described rest = describe(client, "clicks", first.end(), 1_100, 1);

        // then
        assertThat(first.chunks()).hasSize(DescribeRanges.MAX_CHUNKS_PER_PARTITION);
        assertThat(first.end()).isLessThan(1_100);
        assertThat(rest.end()).isEqualTo(1_100);
        assertThat(rest.chunks().get(0).offset()).isEqualTo(first.end());
    }

    @Test
    void rangesThatMakeNoSenseAreRefused() {
        // given
        served.leading("clicks", 0);
        produce(client, 1, "clicks", batch(1_000, "a", "b"));

        // when, then
        assertThat(describe(client, "clicks", 0, 0, 1))
                .isEqualTo(new DescribeRanges.Described(0, ErrorCode.NONE, 0, List.of()));
        assertThat(describe(client, "clicks", 1, 0, 1).error()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(describe(client, "clicks", 0, 2, 0).error()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(describe(client, "clicks", 0, 3, 1).error()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        assertThat(describe(client, "clicks", -1, 2, 1).error()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        assertThat(describe(client, "nowhere", 0, 1, 1).error()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @Test
    void recordsAreDeletedUpToTheHighWatermarkAndNotWhereTheyAreCompacted() {
        // given three records of which none is committed
        Partition partition = served.leading("clicks", 0, LogConfig.DEFAULT, new Isr(Set.of(1, 2), 1));
        served.leading("compacted", 0);
        produce(client, 1, "clicks", batch(1_000, "a", "b", "c"));
        produce(client, 1, "compacted", batch(1_000, "a"));

        // when, then: nothing is committed while the other replica has nothing
        assertThat(delete("clicks", 1).error()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        assertThat(delete("clicks", DeleteRecords.ALL_COMMITTED))
                .isEqualTo(new DeleteRecords.Deleted(0, 0, ErrorCode.NONE));
        partition.lead(ServedPartitions.EPOCH + 1, new Isr(Set.of(ServedPartitions.BROKER), 1));
        assertThat(delete("clicks", 2)).isEqualTo(new DeleteRecords.Deleted(0, 2, ErrorCode.NONE));
        assertThat(fetch(client, "clicks", 1).error()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        assertThat(values(fetch(client, "clicks", 2), 2)).containsExactly("c");

        assertThat(delete("compacted", 1)).isEqualTo(DeleteRecords.Deleted.failed(0, ErrorCode.POLICY_VIOLATION));
        assertThat(delete("nowhere", 1).error()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        partition.stop(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        assertThat(delete("clicks", 3).error()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    private DeleteRecords.Deleted delete(String topic, long offset) {
        DeleteRecords.Request request = new DeleteRecords.Request(
                List.of(new ByTopic<>(topic, List.of(new DeleteRecords.Deletion(0, offset)))), 1_000);
        return only(client.ask(request, DeleteRecords.Response.class).topics());
    }
}
