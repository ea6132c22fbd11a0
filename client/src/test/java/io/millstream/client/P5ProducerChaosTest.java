package io.millstream.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millstream.core.TopicPartition;
import io.millstream.net.ConnectionSettings;
import io.millstream.net.FakeBroker.Answer;
import io.millstream.net.FakeBroker.Call;
import io.millstream.net.FakeBroker.HangUp;
import io.millstream.net.FakeBroker.Reply;
import io.millstream.net.FakeBroker.Silence;
import io.millstream.record.Record;
import io.millstream.record.RecordBatch;
import io.millstream.record.RecordIterator;
import io.millstream.wire.ApiKey;
import io.millstream.wire.ByTopic;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.Produce;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * 100,000 records of five topics through brokers that hang up before and after storing, fall silent, answer with errors
 * and lose leadership, while batches expire on their way: the ground on which CVE-2026-35554 put one topic's records into
 * another's log.
 */
@Timeout(120)
final class P5ProducerChaosTest {

    private static final int RECORDS = 100_000;
    private static final int TOPICS = 5;
    private static final int PARTITIONS = 3;
    private static final Duration LONG = Duration.ofSeconds(60);

    /** Its batches are stored without an answer now and then, for longer than they may take: some expire on their way. */
    private static final TopicPartition VICTIM = new TopicPartition("topic-0", 0);

    private static final int CALLS_BETWEEN_SILENCES = 300;
    private static final int SILENT_CALLS = 8;

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final FakeCluster brokers = new FakeCluster(2);
    private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(true);
    private int calls;
    private int silentCalls;

    private record Attempt(TopicPartition partition, String value, CompletableFuture<Sent> sent) {}

    @Test
    void noRecordIsMisroutedRepeatedOrReorderedAndNoMemoryIsLost() {
        for (int i = 0; i < TOPICS; i++) {
            brokers.topic("topic-" + i, PARTITIONS);
        }
        brokers.broker(0).on(ApiKey.PRODUCE, call -> chaos(0, call));
        brokers.broker(1).on(ApiKey.PRODUCE, call -> chaos(1, call));
        ClientSettings patience = FakeCluster.SETTINGS
                .withTimeout(LONG)
                .withConnection(ConnectionSettings.defaults("test").withRequestTimeout(Duration.ofMillis(40)));
        ProducerSettings settings = ProducerSettings.defaults()
                .withBatches(4 * 1024, Duration.ofMillis(10))
                .withBufferBytes(2 * 1024 * 1024)
                .withDeliveryTimeout(Duration.ofMillis(100));

        List<Attempt> attempts = new ArrayList<>();
        try (Cluster cluster = brokers.connect(patience);
                Producer producer = new Producer(cluster, settings, memory)) {
            for (int i = 0; i < RECORDS; i++) {
                attempts.add(send(producer, i));
            }
            producer.flush(LONG);
            await().until(() -> producer.bufferedBytes() == 0);
        }

        brokers.close();
        verify(attempts);
        assertThat(memory.metric().usedDirectMemory() + memory.metric().usedHeapMemory())
                .as("bytes not released, seed %d", seed)
                .isZero();
    }

    private Attempt send(Producer producer, int i) {
        TopicPartition partition = new TopicPartition("topic-" + i % TOPICS, i / TOPICS % PARTITIONS);
        String value = partition + "/" + i;
        CompletableFuture<Sent> sent =
                producer.send(Outgoing.of(partition.topic(), null, value.getBytes(StandardCharsets.UTF_8))
                        .to(partition.partition()));
        return new Attempt(partition, value, sent);
    }

    private synchronized int dice() {
        return random.nextInt(60);
    }

    private synchronized boolean fallsSilent(Call call) {
        if (calls++ % CALLS_BETWEEN_SILENCES == 0) {
            silentCalls = SILENT_CALLS;
        }
        boolean toVictim = call.as(Produce.Request.class).topics().stream()
                .anyMatch(topic -> topic.topic().equals(VICTIM.topic().value())
                        && topic.partitions().stream().anyMatch(data -> data.partition() == VICTIM.partition()));
        return toVictim && silentCalls-- > 0;
    }

    private Reply chaos(int id, Call call) {
        if (fallsSilent(call)) {
            return storing(id, call, new Silence());
        }
        return switch (dice()) {
            case 0 -> new HangUp();
            case 1 -> storing(id, call, new HangUp());
            case 2 -> storing(id, call, new Silence());
            case 3 -> failing(call, ErrorCode.NOT_ENOUGH_REPLICAS);
            case 4 -> storing(id, call, failing(call, ErrorCode.REQUEST_TIMED_OUT));
            case 5 -> storing(id, call, failing(call, ErrorCode.NOT_LEADER_OR_FOLLOWER));
            case 6 -> {
                ByTopic<Produce.Data> topic =
                        call.as(Produce.Request.class).topics().get(0);
                brokers.lead(
                        new TopicPartition(
                                topic.topic(), topic.partitions().get(0).partition()),
                        1 - id);
                yield brokers.regular(id, call);
            }
            default -> brokers.regular(id, call);
        };
    }

    private Reply storing(int id, Call call, Reply instead) {
        brokers.regular(id, call);
        return instead;
    }

    private static Reply failing(Call call, ErrorCode error) {
        List<ByTopic<Produce.Result>> topics = call.as(Produce.Request.class).topics().stream()
                .map(topic -> new ByTopic<>(
                        topic.topic(),
                        topic.partitions().stream()
                                .map(data -> Produce.Result.failed(data.partition(), error, null))
                                .toList()))
                .toList();
        return new Answer(new Produce.Response(topics, 0));
    }

    private void verify(List<Attempt> attempts) {
        Map<String, Long> placed = new HashMap<>();
        for (int i = 0; i < TOPICS; i++) {
            for (int j = 0; j < PARTITIONS; j++) {
                read(new TopicPartition("topic-" + i, j), placed);
            }
        }
        Map<TopicPartition, Long> last = new HashMap<>();
        int acknowledged = 0;
        for (Attempt each : attempts) {
            ensure(each.sent.isDone(), "has no outcome", each.value);
            if (each.sent.isCompletedExceptionally()) {
                continue;
            }
            acknowledged++;
            long offset = each.sent.join().offset();
            Long found = placed.get(each.value);
            ensure(
                    found != null && found == offset,
                    "was acknowledged at " + offset + ", found at " + found,
                    each.value);
            ensure(offset > last.getOrDefault(each.partition, -1L), "is out of order", each.value);
            last.put(each.partition, offset);
        }
        assertThat(acknowledged).as("seed %d", seed).isBetween(RECORDS / 20, RECORDS - 1);
    }

    private void ensure(boolean condition, String otherwise, String value) {
        if (!condition) {
            throw new AssertionError(value + " " + otherwise + " (-Dseed=" + seed + ")");
        }
    }

    private void read(TopicPartition partition, Map<String, Long> placed) {
        for (RecordBatch batch :
                brokers.log(partition.topic().value(), partition.partition()).stored()) {
            batch.ensureIntact();
            try (RecordIterator records = batch.records()) {
                while (records.hasNext()) {
                    Record record = records.next();
                    String value = new String(record.value(), StandardCharsets.UTF_8);
                    ensure(value.startsWith(partition + "/"), "lies in " + partition, value);
                    ensure(placed.put(value, record.offset()) == null, "is stored twice", value);
                }
            }
        }
    }
}
