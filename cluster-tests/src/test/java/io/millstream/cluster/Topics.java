package io.millstream.cluster;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.GroupOffsets;
import io.millstream.core.TopicPartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Topics of a cluster of brokers, by Kafka's own clients. */
final class Topics {

    private final Brokers brokers;

    Topics(Brokers brokers) {
        this.brokers = brokers;
    }

    private Map<String, Object> settings() {
        return new HashMap<>(Map.of("bootstrap.servers", brokers.bootstrap()));
    }

    /** Makes a topic all of whose partitions have the same replicas, the leader first. */
    void create(String topic, int partitions, List<Integer> replicas, Map<String, String> config) throws Exception {
        Map<Integer, List<Integer>> assignment = new HashMap<>();
        for (int partition = 0; partition < partitions; partition++) {
            assignment.put(partition, replicas);
        }
        try (Admin admin = Admin.create(settings())) {
            admin.createTopics(List.of(new NewTopic(topic, assignment).configs(config)))
                    .all()
                    .get();
        }
    }

    /** Writes all and waits until they are acknowledged. */
    void produce(List<ProducerRecord<byte[], byte[]>> records) throws ExecutionException, InterruptedException {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings(), new ByteArraySerializer(), new ByteArraySerializer())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (ProducerRecord<byte[], byte[]> record : records) {
                sent.add(producer.send(record));
            }
            for (Future<RecordMetadata> each : sent) {
                each.get();
            }
        }
    }

    /** Moves the leadership of all partitions to the first of these replicas; both stay in sync. */
    void lead(List<TopicPartition> partitions, List<Integer> replicas) throws ExecutionException, InterruptedException {
        List<org.apache.kafka.common.TopicPartition> all =
                partitions.stream().map(Topics::ofKafka).toList();
        try (Admin admin = Admin.create(settings())) {
            admin.alterPartitionReassignments(all.stream()
                            .collect(Collectors.toMap(
                                    each -> each, each -> Optional.of(new NewPartitionReassignment(replicas)))))
                    .all()
                    .get();
            admin.electLeaders(ElectionType.PREFERRED, Set.copyOf(all)).all().get();
        }
    }

    private static org.apache.kafka.common.TopicPartition ofKafka(TopicPartition partition) {
        return new org.apache.kafka.common.TopicPartition(partition.topic().value(), partition.partition());
    }

    /** All records of a topic, whatever its partitions, until the ends that it has now. */
    List<ConsumerRecord<byte[], byte[]>> read(String topic) {
        List<ConsumerRecord<byte[], byte[]>> read = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<org.apache.kafka.common.TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(each -> new org.apache.kafka.common.TopicPartition(topic, each.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<org.apache.kafka.common.TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.get(each))) {
                consumer.poll(Duration.ofSeconds(1)).forEach(read::add);
            }
        }
        return read;
    }

    /** What a group has committed, by partition. */
    Map<TopicPartition, Long> committed(String group) {
        GroupOffsets offsets = Coordination.await(GroupOffsets.readAll(brokers.observer(), group));
        Map<TopicPartition, Long> committed = new HashMap<>();
        offsets.partitions()
                .forEach(each ->
                        committed.put(each, offsets.offset(each).orElseThrow().offset()));
        return committed;
    }
}
