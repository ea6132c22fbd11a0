package io.millstream.broker.server.handler;

import static io.millstream.broker.server.handler.Requests.batch;
import static io.millstream.broker.server.handler.Requests.fetch;
import static io.millstream.broker.server.handler.Requests.only;
import static io.millstream.broker.server.handler.Requests.produce;
import static io.millstream.broker.server.handler.Requests.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millstream.broker.log.LogConfig;
import io.millstream.broker.replica.Isr;
import io.millstream.broker.replica.Partition;
import io.millstream.broker.server.NoLeaks;
import io.millstream.broker.server.RawClient;
import io.millstream.wire.ApiKey;
import io.millstream.wire.ByTopic;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.Fetch;
import io.netty.buffer.ByteBuf;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(NoLeaks.class)
class FetchTest {

    private static final int FOR_EVER = Integer.MAX_VALUE;

    @TempDir
    Path directory;

    private ServedPartitions served;
    private RawClient client;
    private RawClient producer;

    @BeforeEach
    void start() {
        served = new ServedPartitions(directory);
        client = served.connect();
        producer = served.connect();
    }

    @AfterEach
    void stop() {
        client.close();
        producer.close();
        served.close();
    }

    private Fetch.Response receive() {
        return client.receive(ApiKey.FETCH, ApiKey.FETCH.max(), Fetch.Response.class)
                .body();
    }

    @Test
    void whatIsSentIsWhatWasProducedByteByByte() {
        long seed = Long.getLong("millstream.seed", System.nanoTime());
        Random random = new Random(seed);
        // given batches from a few bytes to more than a file region is worth
        served.leading("clicks", 0);
        List<ByteBuf> produced = new ArrayList<>();
        long next = 0;
        for (int i = 0; i < 40; i++) {
            ByteBuf batch = batch(1_000, "v".repeat(1 + random.nextInt(random.nextBoolean() ? 100 : 200_000)));
            produce(producer, 1, "clicks", batch);
            batch.setLong(batch.readerIndex(), next++); // what the leader stamps
            batch.setInt(batch.readerIndex() + 12, ServedPartitions.EPOCH);
            produced.add(batch);
        }

        // when
        List<ByteBuf> fetched = new ArrayList<>();
        for (long offset = 0; offset < next; ) {
            ByteBuf bytes = fetch(client, "clicks", offset).recordBytes();
            while (bytes.isReadable()) {
                ByteBuf batch = bytes.readSlice(bytes.getInt(bytes.readerIndex() + 8) + 12);
                fetched.add(batch);
                offset++;
            }
        }

        // then
        assertThat(fetched).as("-Dmillstream.seed=" + seed).isEqualTo(produced);
    }

    @Test
    void aFetchWaitsForRecordsAndIsWokenByThem() {
        // given
        Partition partition = served.leading("clicks", 0);
        client.send(1, fetch("clicks", 0, FOR_EVER));
        await().until(() -> partition.waiting() == 1);

        // when
        produce(producer, 1, "clicks", batch(1_000, "a"));

        // then
        assertThat(values(only(receive().topics()), 0)).containsExactly("a");
        assertThat(partition.waiting()).isZero();
    }

    @Test
    void aFetchWaitsForAsManyBytesAsItAskedFor() {
        // given
        Partition partition = served.leading("clicks", 0);
        client.send(1, fetch("clicks", 0, new Fetch.Bounds(FOR_EVER, 1_500, 1 << 20)));
        await().until(() -> partition.waiting() == 1);

        // when
        produce(producer, 1, "clicks", batch(1_000, "x".repeat(1_000)));
        await().until(() -> partition.waiting() == 1); // looked again, and waits again
        produce(producer, 1, "clicks", batch(1_000, "y".repeat(1_000)));

        // then
        assertThat(values(only(receive().topics()), 0)).hasSize(2);
    }

    @Test
    void aFetchIsAnsweredWithNothingWhenTimeIsUp() {
        // given
        Partition partition = served.leading("clicks", 0);

        // when
        Fetch.Response response = client.ask(fetch("clicks", 0, 30), Fetch.Response.class);

        // then
        assertThat(only(response.topics()).error()).isEqualTo(ErrorCode.NONE);
        assertThat(values(only(response.topics()), 0)).isEmpty();
        assertThat(partition.waiting()).isZero();
    }

    @Test
    void aFetchIsAnsweredWhenTheLeaderGoes() {
        // given
        Partition partition = served.leading("clicks", 0);
        client.send(1, fetch("clicks", 0, FOR_EVER));
        await().until(() -> partition.waiting() == 1);

        // when
        partition.stop(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);

        // then
        assertThat(only(receive().topics()).error()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @Test
    void aConsumerThatGoesWhileItWaitsLeavesNothingBehind() {
        // given
        Partition partition = served.leading("clicks", 0);
        client.send(1, fetch("clicks", 0, FOR_EVER));
        await().until(() -> partition.waiting() == 1);

        // when
        client.close();

        // then
        await().until(() -> partition.waiting() == 0);
    }

    @Test
    void offsetsBelowTheStartAndBeyondTheEndAreOutOfRangeAndTheEndItselfIsNot() {
        // given
        Partition partition = served.leading("clicks", 0);
        produce(producer, 1, "clicks", batch(1_000, "a", "b"));
        produce(producer, 1, "clicks", batch(1_000, "c"));
        partition.log().advanceStart(2);

        // when, then
        assertThat(fetch(client, "clicks", 1).error()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        assertThat(fetch(client, "clicks", 4).error()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        assertThat(fetch(client, "clicks", -5).error()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        Fetch.Data last = fetch(client, "clicks", 2);
        assertThat(values(last, 2)).containsExactly("c");
        assertThat(last.logStartOffset()).isEqualTo(2);
        assertThat(last.highWatermark()).isEqualTo(3);
        assertThat(fetch(client, "clicks", 3).error()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void nobodySeesWhatIsNotCommitted() {
        // given
        Partition partition =
                served.leading("clicks", 0, LogConfig.DEFAULT, new Isr(Set.of(ServedPartitions.BROKER, 2), 1));
        produce(producer, 1, "clicks", batch(1_000, "a"));
        assertThat(values(fetch(client, "clicks", 0), 0)).isEmpty();
        client.send(1, fetch("clicks", 0, FOR_EVER));
        await().until(() -> partition.waiting() == 1);

        // when
        partition.lead(ServedPartitions.EPOCH, 1, new Isr(Set.of(ServedPartitions.BROKER), 1));

        // then
        assertThat(values(only(receive().topics()), 0)).containsExactly("a");
    }

    @Test
    void leaderEpochsOfThePastAndTheFutureAreRefused() {
        // given
        served.leading("clicks", 0);
        Fetch.Bounds bounds = new Fetch.Bounds(FOR_EVER, 1, 1 << 20);

        // when
        List<ErrorCode> errors = Stream.of(ServedPartitions.EPOCH - 1, ServedPartitions.EPOCH + 1)
                .map(epoch -> fetch(
                        bounds, List.of(new ByTopic<>("clicks", List.of(Fetch.Query.consumer(0, epoch, 0, 1_000))))))
                .map(request ->
                        only(client.ask(request, Fetch.Response.class).topics()).error())
                .toList();

        // then
        assertThat(errors).containsExactly(ErrorCode.FENCED_LEADER_EPOCH, ErrorCode.UNKNOWN_LEADER_EPOCH);
    }

    @Test
    void theFirstBatchComesWhateverTheLimitAndTheOthersOnlyIfTheyFit() {
        // given two partitions of large batches
        for (int i = 0; i < 2; i++) {
            served.leading("clicks", i);
        }
        for (int i = 0; i < 3; i++) {
            produce(producer, 1, "clicks", batch(1_000, "x".repeat(10_000)));
        }
        served.partitions
                .find("clicks", 1)
                .orElseThrow()
                .append(batch(1_000, "y".repeat(10_000)), Partition.Durability.LEADER);
        List<ByTopic<Fetch.Query>> both = List.of(new ByTopic<>(
                "clicks", List.of(Fetch.Query.consumer(0, -1, 0, 1), Fetch.Query.consumer(1, -1, 0, 1_000_000))));

        // when
        Fetch.Response tiny = client.ask(fetch(new Fetch.Bounds(0, 1, 10), both), Fetch.Response.class);
        Fetch.Response wide = client.ask(fetch(new Fetch.Bounds(0, 1, 25_000), both), Fetch.Response.class);

        // then
        assertThat(sizes(tiny)).containsExactly(1, 0);
        assertThat(sizes(wide)).containsExactly(1, 1);
    }

    private static List<Integer> sizes(Fetch.Response response) {
        return response.topics().get(0).partitions().stream()
                .map(data -> values(data, 0).size())
                .toList();
    }

    @Test
    void anUnknownPartitionIsToldAtOnceEvenIfOthersWouldWait() {
        // given
        served.leading("clicks", 0);
        List<ByTopic<Fetch.Query>> mixed = List.of(
                new ByTopic<>("clicks", List.of(Fetch.Query.consumer(0, -1, 0, 1_000))),
                new ByTopic<>("a/../b", List.of(Fetch.Query.consumer(0, -1, 0, 1_000))));

        // when
        Fetch.Response response = client.ask(fetch(new Fetch.Bounds(FOR_EVER, 1, 1_000), mixed), Fetch.Response.class);

        // then
        assertThat(only(response.topics()).error()).isEqualTo(ErrorCode.NONE);
        assertThat(response.topics().get(1).partitions().get(0).error())
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @Test
    void whoReadsCommittedRecordsSeesNoTransactions() {
        // given
        served.leading("clicks", 0);
        produce(producer, -1, "clicks", batch(1_000, "a"));
        Fetch.Request plain = fetch("clicks", 0, 0);

        // when
        Fetch.Response response = client.ask(
                new Fetch.Request(
                        -1, plain.bounds(), Fetch.READ_COMMITTED, plain.session(), plain.topics(), plain.rackId()),
                Fetch.Response.class);

        // then
        Fetch.Data data = only(response.topics());
        assertThat(data.lastStableOffset()).isEqualTo(1);
        assertThat(data.aborted()).isEmpty();
        assertThat(values(data, 0)).containsExactly("a");
    }
}
