package io.millstream.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Kafka's own clients, with their default settings, as users have them. */
final class KafkaClients {

    private static final int PATIENCE_SECONDS = 60;

    private KafkaClients() {}

    static KafkaProducer<String, String> producer(String bootstrap) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap), new StringSerializer(), new StringSerializer());
    }

    static Admin admin(String bootstrap) {
        return Admin.create(Map.of("bootstrap.servers", bootstrap));
    }

    /** Sends {@code values} to partition 0; returns their offsets. */
    static List<Long> produce(String bootstrap, String topic, String... values) {
        try (KafkaProducer<String, String> producer = producer(bootstrap)) {
            List<java.util.concurrent.Future<RecordMetadata>> sent = new ArrayList<>();
            for (String value : values) {
                sent.add(producer.send(new ProducerRecord<>(topic, 0, null, value)));
            }
            List<Long> offsets = new ArrayList<>();
            for (var each : sent) {
                offsets.add(each.get(PATIENCE_SECONDS, TimeUnit.SECONDS).offset());
            }
            return offsets;
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    /** Everything in {@code partitions} partitions of a topic, in the order of partitions and offsets. */
    static List<String> consume(String bootstrap, String topic, int partitions) {
        return consume(
                        bootstrap,
                        IntStream.range(0, partitions)
                                .mapToObj(partition -> new TopicPartition(topic, partition))
                                .toList())
                .stream()
                .map(ConsumerRecord::value)
                .toList();
    }

    /** Everything in one partition. */
    static List<ConsumerRecord<String, String>> consumePartition(String bootstrap, String topic, int partition) {
        return consume(bootstrap, List.of(new TopicPartition(topic, partition)));
    }

    private static List<ConsumerRecord<String, String>> consume(String bootstrap, List<TopicPartition> all) {
        Map<String, Object> settings = new HashMap<>(Map.of("bootstrap.servers", bootstrap));
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(all);
            consumer.seekToBeginning(all);
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            List<ConsumerRecord<String, String>> records = new ArrayList<>();
            while (all.stream().anyMatch(each -> consumer.position(each) < ends.get(each))) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
            return records;
        }
    }

    static <T> T get(KafkaFuture<T> future) {
        try {
            return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    /** The error that {@code future} ends with. */
    static Throwable failure(KafkaFuture<?> future) {
        try {
            Object value = future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            throw new AssertionError("Succeeded: " + value);
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isNotNull();
            return e.getCause();
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }
}
