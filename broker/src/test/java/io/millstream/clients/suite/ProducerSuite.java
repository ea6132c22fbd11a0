package io.millstream.clients.suite;

import static io.millstream.clients.suite.Stock.failure;
import static io.millstream.clients.suite.Stock.send;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.millstream.clients.ClientSuite;
import io.millstream.clients.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.DynamicTest;

/** What a producer sends is what is stored, and what it is told is true. */
public final class ProducerSuite implements ClientSuite {

    private Stock stock;

    @Override
    public List<DynamicTest> tests(Target target) {
        stock = new Stock(target);
        List<DynamicTest> tests = new ArrayList<>();
        for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
            tests.add(dynamicTest("producer: codec " + codec, () -> codec(codec)));
        }
        for (String acks : List.of("0", "1", "all")) {
            tests.add(dynamicTest("producer: acks " + acks, () -> acks(acks)));
        }
        tests.add(dynamicTest("producer: default settings, keys choose partitions", this::defaults));
        tests.add(dynamicTest("producer: idempotent, explicit partitions", this::idempotent));
        tests.add(dynamicTest("producer: headers", this::headers));
        tests.add(dynamicTest("producer: null keys and values", this::nulls));
        tests.add(dynamicTest("producer: timestamps of its own", this::timestamps));
        tests.add(dynamicTest("producer: timestamps of the broker", this::logAppendTime));
        tests.add(dynamicTest("producer: a topic that does not exist yet", this::autoCreated));
        tests.add(dynamicTest("producer: a record too large for the topic", this::tooLarge));
        tests.add(dynamicTest("producer: a name that no topic may have", () -> invalidName(target)));
        return tests;
    }

    @Override
    public void close() {
        stock.close();
    }

    private static String[] numbered(String text) {
        return IntStream.range(0, 200).mapToObj(i -> text + " " + i).toArray(String[]::new);
    }

    private static List<ProducerRecord<String, String>> to(String topic, int partition, String... values) {
        return Stream.of(values)
                .map(value -> new ProducerRecord<>(topic, partition, "key of " + value, value))
                .toList();
    }

    private void codec(String codec) {
        String topic = stock.topic("codec-" + codec, 1);
        String[] values = numbered("a value that is worth compressing, compressing, compressing");

        try (Producer<String, String> producer = stock.producer("compression.type", codec, "linger.ms", "20")) {
            send(producer, to(topic, 0, values));
        }

        assertThat(stock.read(topic))
                .allMatch(record -> record.key().equals("key of " + record.value()))
                .extracting(ConsumerRecord::value)
                .containsExactly(values);
    }

    private void acks(String acks) {
        String topic = stock.topic("acks-" + acks, 1);
        String[] values = numbered("acks " + acks);
        List<RecordMetadata> told;

        try (Producer<String, String> producer = stock.producer("acks", acks, "enable.idempotence", "false")) {
            told = send(producer, to(topic, 0, values));
        }

        // With acks=0 nobody says when the records are there.
        List<ConsumerRecord<String, String>> stored =
                await().until(() -> stock.read(topic), read -> read.size() >= values.length);
        assertThat(stored).extracting(ConsumerRecord::value).containsExactly(values);
        if (acks.equals("0")) {
            assertThat(told).noneMatch(RecordMetadata::hasOffset);
        } else {
            assertThat(told)
                    .extracting(RecordMetadata::offset)
                    .containsExactlyElementsOf(
                            stored.stream().map(ConsumerRecord::offset).toList());
        }
    }

    private void defaults() {
        String topic = stock.topic("defaults", 4);
        List<RecordMetadata> told = new ArrayList<>();

        try (Producer<String, String> producer = stock.producer()) {
            assertThat(producer.partitionsFor(topic)).hasSize(4).allMatch(info -> info.leader() != null);
            for (int round = 0; round < 2; round++) {
                told.addAll(send(
                        producer,
                        List.of(
                                new ProducerRecord<>(topic, "a", "1"),
                                new ProducerRecord<>(topic, "b", "2"),
                                new ProducerRecord<>(topic, "without a key"))));
            }
        }

        assertThat(told).allMatch(RecordMetadata::hasOffset).allMatch(RecordMetadata::hasTimestamp);
        assertThat(told.get(3).partition()).isEqualTo(told.get(0).partition());
        assertThat(told.get(4).partition()).isEqualTo(told.get(1).partition());
    }

    private void idempotent() {
        String topic = stock.topic("idempotent", 3);

        try (Producer<String, String> producer = stock.producer("enable.idempotence", "true", "acks", "all")) {
            for (int partition = 0; partition < 3; partition++) {
                for (int i = 0; i < 20; i++) {
                    // Waits for each: every record is a batch with a sequence number of its own.
                    RecordMetadata told =
                            send(producer, to(topic, partition, "value " + i)).get(0);

                    assertThat(told.partition()).isEqualTo(partition);
                    assertThat(told.offset()).isEqualTo(i);
                }
            }
        }
    }

    private void headers() {
        String topic = stock.topic("headers", 1);
        ProducerRecord<String, String> sent = new ProducerRecord<>(topic, 0, "key", "value");
        sent.headers().add("one", "1".getBytes(UTF_8)).add("twice", "a".getBytes(UTF_8));
        sent.headers()
                .add("twice", "b".getBytes(UTF_8))
                .add("empty", new byte[0])
                .add("null", null);

        try (Producer<String, String> producer = stock.producer()) {
            send(producer, List.of(sent));
        }

        Header[] read = stock.read(topic).get(0).headers().toArray();
        assertThat(read).extracting(Header::key).containsExactly("one", "twice", "twice", "empty", "null");
        assertThat(read)
                .extracting(header -> header.value() == null ? "none" : new String(header.value(), UTF_8))
                .containsExactly("1", "a", "b", "", "none");
    }

    private void nulls() {
        String topic = stock.topic("nulls", 1);

        try (Producer<String, String> producer = stock.producer()) {
            send(
                    producer,
                    List.of(
                            new ProducerRecord<>(topic, 0, null, "no key"),
                            new ProducerRecord<>(topic, 0, "no value", null),
                            new ProducerRecord<>(topic, 0, null, null),
                            new ProducerRecord<>(topic, 0, "", "")));
        }

        List<ConsumerRecord<String, String>> read = stock.read(topic);
        assertThat(read).extracting(ConsumerRecord::key).containsExactly(null, "no value", null, "");
        assertThat(read).extracting(ConsumerRecord::value).containsExactly("no key", null, null, "");
    }

    private void timestamps() {
        String topic = stock.topic("timestamps", 1, "retention.ms", "-1");

        stock.sendAt(topic, 1_000_000_000_000L, 999_999_999_999L, 0);

        assertThat(stock.read(topic))
                .allMatch(record -> record.timestampType() == TimestampType.CREATE_TIME)
                .extracting(ConsumerRecord::timestamp)
                .containsExactly(1_000_000_000_000L, 999_999_999_999L, 0L);
    }

    private void logAppendTime() {
        String topic = stock.topic("append-time", 1, "message.timestamp.type", "LogAppendTime");
        RecordMetadata told;

        try (Producer<String, String> producer = stock.producer()) {
            told = send(producer, List.of(new ProducerRecord<>(topic, 0, 1_000L, "key", "value")))
                    .get(0);
        }

        ConsumerRecord<String, String> read = stock.read(topic).get(0);
        assertThat(read.timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME);
        assertThat(read.timestamp()).isEqualTo(told.timestamp()).isGreaterThan(1_000L);
    }

    private void autoCreated() {
        try (Producer<String, String> producer = stock.producer()) {
            String topic = stock.name("made-by-a-producer");
            send(producer, List.of(new ProducerRecord<>(topic, "key", "value")));

            assertThat(stock.read(topic)).extracting(ConsumerRecord::value).containsExactly("value");
        }
    }

    private void tooLarge() {
        String topic = stock.topic("too-large", 1, "max.message.bytes", "1000");

        try (Producer<String, String> producer = stock.producer()) {
            assertThat(failure(producer.send(new ProducerRecord<>(topic, 0, null, "x".repeat(5_000)))))
                    .isInstanceOf(RecordTooLargeException.class);
            assertThat(failure(producer.send(new ProducerRecord<>(topic, 0, null, "x".repeat(2_000_000)))))
                    .isInstanceOf(RecordTooLargeException.class);
            send(producer, List.of(new ProducerRecord<>(topic, 0, null, "small")));
        }

        assertThat(stock.read(topic)).extracting(ConsumerRecord::value).containsExactly("small");
    }

    private void invalidName(Target target) {
        try (Producer<String, String> producer = stock.producer()) {
            assertThat(failure(producer.send(new ProducerRecord<>("no/topic " + target.version(), "value"))))
                    .isInstanceOf(InvalidTopicException.class);
        }
    }
}
