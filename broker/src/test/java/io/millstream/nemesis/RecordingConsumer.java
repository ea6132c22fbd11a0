package io.millstream.nemesis;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Kafka's consumer on a thread of its own, alone or as a member of a group, and writes down what it sees. */
final class RecordingConsumer {

    /** Settings that producers do not know. */
    static final Set<String> ONLY_CONSUMERS = Set.of("session.timeout.ms", "heartbeat.interval.ms");

    private static final Duration POLL = Duration.ofMillis(100);
    private static final long COMMIT_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    private final Workload workload;
    private final String name;
    private final boolean member;
    private final Map<TopicPartition, Long> next = new ConcurrentHashMap<>();
    private final List<String> errors = new CopyOnWriteArrayList<>();
    private final Thread thread;
    private volatile boolean stopped;
    private long committedNanos;

    private RecordingConsumer(Workload workload, String name, boolean member) {
        this.workload = workload;
        this.name = name;
        this.member = member;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    static RecordingConsumer alone(Workload workload) {
        return new RecordingConsumer(workload, "alone", false);
    }

    static RecordingConsumer member(int number, Workload workload) {
        String group = workload.scene().group();
        return new RecordingConsumer(workload, PartitionHistory.memberName(group, number), true);
    }

    boolean isMember() {
        return member;
    }

    void start() {
        thread.start();
    }

    private void run() {
        Map<String, Object> settings = workload.settings();
        settings.put("enable.auto.commit", false);
        settings.put("auto.offset.reset", member ? "earliest" : "none");
        if (member) {
            settings.put("group.id", workload.scene().group());
        }
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            begin(consumer);
            while (!stopped) {
                poll(consumer);
            }
        } catch (RuntimeException e) {
            workload.problem(name + ": " + e);
        }
    }

    private void begin(KafkaConsumer<byte[], byte[]> consumer) {
        if (member) {
            consumer.subscribe(List.of(workload.scene().topic()), new Rebalances(consumer));
        } else {
            consumer.assign(workload.topicPartitions());
            consumer.seekToBeginning(workload.topicPartitions());
            workload.topicPartitions().forEach(each -> positioned(consumer, each));
        }
    }

    private long positioned(KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition) {
        long position = consumer.position(partition);
        history(partition).positioned(name, position);
        next.put(partition, position);
        return position;
    }

    private PartitionHistory history(TopicPartition partition) {
        return workload.history().partition(partition.partition());
    }

    private void poll(KafkaConsumer<byte[], byte[]> consumer) {
        ConsumerRecords<byte[], byte[]> records;
        try {
            records = consumer.poll(POLL);
        } catch (RetriableException e) {
            errors.add("poll: " + e);
            return;
        }
        records.forEach(record -> {
            TopicPartition partition = new TopicPartition(record.topic(), record.partition());
            history(partition).polled(name, record.offset(), Payload.read(record.value()));
            next.put(partition, record.offset() + 1);
        });
        if (member && System.nanoTime() - committedNanos > COMMIT_NANOS) {
            commit(consumer, consumer.assignment());
            committedNanos = System.nanoTime();
        }
    }

    private void commit(KafkaConsumer<byte[], byte[]> consumer, Collection<TopicPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        partitions.forEach(each -> {
            Long offset = next.get(each);
            if (offset != null) {
                offsets.put(each, new OffsetAndMetadata(offset));
            }
        });
        try {
            consumer.commitSync(offsets);
        } catch (CommitFailedException | RebalanceInProgressException e) {
            return; // the group has changed: at least once, as documented
        } catch (RetriableException e) {
            errors.add("commit: " + e);
            return;
        }
        offsets.forEach((partition, offset) ->
                history(partition).committed(workload.scene().group(), offset.offset()));
    }

    private final class Rebalances implements ConsumerRebalanceListener {

        private final KafkaConsumer<byte[], byte[]> consumer;

        Rebalances(KafkaConsumer<byte[], byte[]> consumer) {
            this.consumer = consumer;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            for (TopicPartition partition : partitions) {
                long position = positioned(consumer, partition);
                history(partition).resumed(workload.scene().group(), position, "partition " + partition.partition());
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            commit(consumer, partitions);
            partitions.forEach(next::remove);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            partitions.forEach(next::remove);
        }
    }

    /** What its calls threw that a caller may try again. */
    List<String> errors() {
        return errors;
    }

    /** Whether it has read to these offsets. */
    boolean isAt(Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().allMatch(end -> next.getOrDefault(end.getKey(), -1L) >= end.getValue());
    }

    void finish() {
        stopped = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    void close() {
        stopped = true;
    }
}
