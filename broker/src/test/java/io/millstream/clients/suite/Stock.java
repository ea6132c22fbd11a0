package io.millstream.clients.suite;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.clients.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Clients with their default settings but for those named, and what the suites do with them again and again. */
public final class Stock implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 60;

    private final Target target;

    /** Makes all topics, for to make and close a client takes longer than to make a topic; null before the first. */
    private Admin topics;

    public Stock(Target target) {
        this.target = target;
    }

    /** @param settings names and values in turn */
    Producer<String, String> producer(String... settings) {
        return new KafkaProducer<>(settings(settings), new StringSerializer(), new StringSerializer());
    }

    /** @param settings names and values in turn */
    Consumer<String, String> consumer(String... settings) {
        return new KafkaConsumer<>(settings(settings), new StringDeserializer(), new StringDeserializer());
    }

    Admin admin() {
        return Admin.create(settings());
    }

    private Map<String, Object> settings(String... more) {
        Map<String, Object> settings = new HashMap<>(Map.of("bootstrap.servers", target.bootstrap()));
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        return settings;
    }

    /** A topic name of this version's own; see {@link Target#topic}. */
    String name(String name) {
        return target.topic(name);
    }

    /**
     * Makes a topic of this version's own.
     *
     * @param configs names and values in turn
     * @return its name
     */
    String topic(String name, int partitions, String... configs) {
        Map<String, String> asked = new HashMap<>();
        for (int i = 0; i < configs.length; i += 2) {
            asked.put(configs[i], configs[i + 1]);
        }
        String topic = target.topic(name);
        if (topics == null) {
            topics = admin();
        }
        get(topics.createTopics(List.of(new NewTopic(topic, partitions, (short) 1).configs(asked)))
                .all());
        return topic;
    }

    @Override
    public void close() {
        if (topics != null) {
            topics.close();
        }
    }

    /** Sends all, then waits for all. */
    static List<RecordMetadata> send(Producer<String, String> producer, List<ProducerRecord<String, String>> records) {
        List<Future<RecordMetadata>> sent = records.stream().map(producer::send).toList();
        return sent.stream().map(Stock::get).toList();
    }

    /** Sends values to partition 0 with these timestamps, by a producer with default settings. */
    void sendAt(String topic, long... timestamps) {
        try (Producer<String, String> producer = producer()) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (long timestamp : timestamps) {
                sent.add(producer.send(new ProducerRecord<>(topic, 0, timestamp, null, "at " + timestamp)));
            }
            sent.forEach(Stock::get);
        }
    }

    /** All of a topic's first partition. */
    public List<ConsumerRecord<String, String>> read(String topic) {
        TopicPartition partition = new TopicPartition(topic, 0);
        try (Consumer<String, String> consumer = consumer()) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            return readToEnd(consumer, partition);
        }
    }

    /** Polls from where {@code consumer} is to the present end of a partition that it has. */
    static List<ConsumerRecord<String, String>> readToEnd(Consumer<String, String> consumer, TopicPartition partition) {
        List<ConsumerRecord<String, String>> records = new ArrayList<>();
        long end = consumer.endOffsets(List.of(partition)).get(partition);
        while (consumer.position(partition) < end) {
            consumer.poll(Duration.ofSeconds(1)).records(partition).forEach(records::add);
        }
        return records;
    }

    /** Polls until there are {@code count} records or more. */
    static List<ConsumerRecord<String, String>> poll(Consumer<String, String> consumer, int count) {
        List<ConsumerRecord<String, String>> records = new ArrayList<>();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (records.size() < count) {
            assertThat(System.nanoTime())
                    .as("%s of %s records", records.size(), count)
                    .isLessThan(deadline);
            consumer.poll(Duration.ofMillis(100)).forEach(records::add);
        }
        return records;
    }

    static <T> T get(Future<T> future) {
        try {
            return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    /** The error that {@code future} ends with. */
    static Throwable failure(Future<?> future) {
        try {
            throw new AssertionError("Succeeded: " + future.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isNotNull();
            return e.getCause();
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }
}
