package io.millstream.clients.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.millstream.clients.ClientSuite;
import io.millstream.clients.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidGroupIdException;
import org.junit.jupiter.api.DynamicTest;

/** A consumer that assigns its partitions finds its way by offset and by time. */
public final class ConsumerSuite implements ClientSuite {

    private static final long HOUR = 3_600_000;

    /** Recent, so that no retention has an opinion. */
    private final long start = System.currentTimeMillis() - 10 * HOUR;

    private Stock stock;

    @Override
    public List<DynamicTest> tests(Target target) {
        stock = new Stock(target);
        return List.of(
                dynamicTest("consumer: assign, seek, position", this::seeks),
                dynamicTest("consumer: where partitions begin and end", this::ends),
                dynamicTest("consumer: offsets for times", this::times),
                dynamicTest("consumer: offsets outside the log", this::outOfRange),
                dynamicTest("consumer: waits for what comes", this::waits),
                dynamicTest("consumer: several partitions, pause and resume", this::pauses),
                dynamicTest("consumer: small fetches, read_committed", this::smallFetches),
                dynamicTest("consumer: what it knows of topics", this::topics),
                dynamicTest("consumer: no group, nothing committed", this::noGroup));
    }

    @Override
    public void close() {
        stock.close();
    }

    private TopicPartition tenRecords(String name) {
        String topic = stock.topic(name, 1);
        long[] timestamps = new long[10];
        for (int i = 0; i < timestamps.length; i++) {
            timestamps[i] = start + i * HOUR;
        }
        stock.sendAt(topic, timestamps);
        return new TopicPartition(topic, 0);
    }

    private Consumer<String, String> assigned(TopicPartition partition, String... settings) {
        Consumer<String, String> consumer = stock.consumer(settings);
        consumer.assign(List.of(partition));
        return consumer;
    }

    private static List<Long> offsetsToEnd(Consumer<String, String> consumer, TopicPartition partition) {
        return Stock.readToEnd(consumer, partition).stream()
                .map(ConsumerRecord::offset)
                .toList();
    }

    private void seeks() {
        TopicPartition partition = tenRecords("seeks");
        try (Consumer<String, String> consumer = assigned(partition, "max.poll.records", "3")) {
            assertThat(consumer.position(partition))
                    .as("the default is the end")
                    .isEqualTo(10);

            consumer.seekToBeginning(List.of(partition));
            assertThat(consumer.position(partition)).isZero();
            assertThat(offsetsToEnd(consumer, partition)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);

            consumer.seek(partition, 7);
            assertThat(consumer.position(partition)).isEqualTo(7);
            assertThat(offsetsToEnd(consumer, partition)).containsExactly(7L, 8L, 9L);
            assertThat(consumer.position(partition)).isEqualTo(10);

            consumer.seek(partition, 2);
            consumer.seekToEnd(List.of(partition));
            assertThat(consumer.position(partition)).isEqualTo(10);
            assertThat(consumer.assignment()).containsExactly(partition);
        }
    }

    private void ends() {
        TopicPartition partition = tenRecords("ends");
        TopicPartition empty = new TopicPartition(stock.topic("ends-empty", 2), 1);
        try (Consumer<String, String> consumer = stock.consumer()) {
            List<TopicPartition> both = List.of(partition, empty);

            assertThat(consumer.beginningOffsets(both)).isEqualTo(Map.of(partition, 0L, empty, 0L));
            assertThat(consumer.endOffsets(both)).isEqualTo(Map.of(partition, 10L, empty, 0L));
        }
    }

    private void times() {
        TopicPartition partition = tenRecords("times");
        try (Consumer<String, String> consumer = assigned(partition)) {
            assertThat(found(consumer, partition, 0)).isEqualTo(0);
            assertThat(found(consumer, partition, start + 3 * HOUR))
                    .as("exactly")
                    .isEqualTo(3);
            assertThat(found(consumer, partition, start + 3 * HOUR + 1))
                    .as("the next")
                    .isEqualTo(4);
            assertThat(consumer.offsetsForTimes(Map.of(partition, start + 100 * HOUR)))
                    .as("after the last")
                    .containsEntry(partition, null);

            OffsetAndTimestamp exact = consumer.offsetsForTimes(Map.of(partition, start + 5 * HOUR))
                    .get(partition);
            assertThat(exact.timestamp()).isEqualTo(start + 5 * HOUR);
            consumer.seek(partition, exact.offset());
            assertThat(offsetsToEnd(consumer, partition)).containsExactly(5L, 6L, 7L, 8L, 9L);
        }
    }

    private static long found(Consumer<String, String> consumer, TopicPartition partition, long time) {
        return consumer.offsetsForTimes(Map.of(partition, time)).get(partition).offset();
    }

    private void outOfRange() {
        TopicPartition partition = tenRecords("out-of-range");
        try (Consumer<String, String> strict = assigned(partition, "auto.offset.reset", "none");
                Consumer<String, String> lenient = assigned(partition, "auto.offset.reset", "earliest")) {
            strict.seek(partition, 11);
            lenient.seek(partition, 1_000);

            assertThatThrownBy(() -> pollUntilSomething(strict)).isInstanceOf(OffsetOutOfRangeException.class);
            assertThat(pollUntilSomething(lenient).get(0).offset()).isZero();
        }
    }

    private static List<ConsumerRecord<String, String>> pollUntilSomething(Consumer<String, String> consumer) {
        List<ConsumerRecord<String, String>> records = new ArrayList<>();
        while (records.isEmpty()) {
            consumer.poll(Duration.ofSeconds(1)).forEach(records::add);
        }
        return records;
    }

    private void waits() {
        TopicPartition partition = tenRecords("waits");
        try (Consumer<String, String> consumer = assigned(partition)) {
            assertThat(consumer.position(partition)).isEqualTo(10);
            assertThat(consumer.poll(Duration.ofMillis(50))).isEmpty();

            stock.sendAt(partition.topic(), start);

            assertThat(pollUntilSomething(consumer))
                    .extracting(ConsumerRecord::offset)
                    .containsExactly(10L);
        }
    }

    private void pauses() {
        TopicPartition one = tenRecords("pauses-one");
        TopicPartition two = tenRecords("pauses-two");
        try (Consumer<String, String> consumer = stock.consumer("auto.offset.reset", "earliest")) {
            consumer.assign(List.of(one, two));
            consumer.pause(Set.of(two));
            Map<TopicPartition, Integer> counts = new HashMap<>();
            while (counts.getOrDefault(one, 0) < 10) {
                count(consumer, counts);
            }
            assertThat(counts).doesNotContainKey(two);

            consumer.resume(Set.of(two));
            while (counts.getOrDefault(two, 0) < 10) {
                count(consumer, counts);
            }
            assertThat(counts).isEqualTo(Map.of(one, 10, two, 10));
        }
    }

    private static void count(Consumer<String, String> consumer, Map<TopicPartition, Integer> counts) {
        for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofSeconds(1))) {
            counts.merge(new TopicPartition(record.topic(), record.partition()), 1, Integer::sum);
        }
    }

    private void smallFetches() {
        TopicPartition partition = tenRecords("small-fetches");
        try (Consumer<String, String> consumer = assigned(
                partition,
                "max.partition.fetch.bytes",
                "1",
                "fetch.max.bytes",
                "1",
                "isolation.level",
                "read_committed",
                "check.crcs",
                "true")) {
            consumer.seekToBeginning(List.of(partition));

            assertThat(offsetsToEnd(consumer, partition)).hasSize(10);
        }
    }

    private void topics() {
        TopicPartition partition = tenRecords("known");
        try (Consumer<String, String> consumer = stock.consumer()) {
            assertThat(consumer.listTopics()).containsKey(partition.topic());
            assertThat(consumer.partitionsFor(partition.topic()))
                    .singleElement()
                    .satisfies(info -> assertThat(info.leader().port()).isPositive());
        }
    }

    private void noGroup() {
        TopicPartition partition = tenRecords("no-group");
        try (Consumer<String, String> consumer = assigned(partition)) {
            assertThatThrownBy(() -> consumer.committed(Set.of(partition))).isInstanceOf(InvalidGroupIdException.class);
            assertThatThrownBy(consumer::commitSync).isInstanceOf(InvalidGroupIdException.class);
        }
    }
}
