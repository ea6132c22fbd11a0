package io.millstream.clients;

import io.millstream.clients.suite.Stock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringSerializer;

/** The test's own Kafka client beside a program under test: prepares topics for it, and sees what it did. */
final class Bystander implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 60;

    private final String bootstrap;
    private final Admin admin;

    Bystander(String bootstrap) {
        this.bootstrap = bootstrap;
        admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
    }

    void create(String topic, int partitions) {
        get(admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                .all());
    }

    /** Sends all, to whatever partitions, then waits for all. */
    void send(List<ProducerRecord<String, String>> records) {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap), new StringSerializer(), new StringSerializer())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (ProducerRecord<String, String> each : records) {
                sent.add(producer.send(each));
            }
            sent.forEach(Bystander::get);
        }
    }

    /** All of a topic's first partition. */
    List<ConsumerRecord<String, String>> read(String topic) {
        return new Stock(new Target(bootstrap, "any")).read(topic);
    }

    Map<TopicPartition, Long> beginnings(String topic) {
        return offsets(topic, OffsetSpec.earliest());
    }

    Map<TopicPartition, Long> ends(String topic) {
        return offsets(topic, OffsetSpec.latest());
    }

    private Map<TopicPartition, Long> offsets(String topic, OffsetSpec which) {
        var answer = get(admin.listOffsets(
                        partitions(topic).stream().collect(Collectors.toMap(Function.identity(), partition -> which)))
                .all());
        return answer.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, each -> each.getValue()
                .offset()));
    }

    private List<TopicPartition> partitions(String topic) {
        int count = get(admin.describeTopics(List.of(topic)).allTopicNames())
                .get(topic)
                .partitions()
                .size();
        return IntStream.range(0, count)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
    }

    /** What a group has committed for the partitions of a topic. */
    Map<TopicPartition, Long> committed(String group, String topic) {
        Map<TopicPartition, OffsetAndMetadata> all =
                get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
        return all.entrySet().stream()
                .filter(each -> each.getKey().topic().equals(topic))
                .collect(Collectors.toMap(
                        Map.Entry::getKey, each -> each.getValue().offset()));
    }

    /** The value of a topic's setting. */
    String setting(String topic, String name) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return get(admin.describeConfigs(List.of(resource)).all())
                .get(resource)
                .get(name)
                .value();
    }

    private static <T> T get(Future<T> future) {
        try {
            return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        admin.close();
    }
}
