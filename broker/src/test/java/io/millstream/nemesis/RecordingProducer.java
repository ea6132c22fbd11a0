package io.millstream.nemesis;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Kafka's producer on a thread of its own: sends to all partitions in turn, and writes down what it is told. */
final class RecordingProducer {

    /** Keeps several requests in flight to each partition. */
    private static final int UNACKNOWLEDGED = 1_000;

    private final int id;
    private final Workload workload;
    private final long pauseNanos;
    private final Semaphore room = new Semaphore(UNACKNOWLEDGED);
    private final List<String> errors = new CopyOnWriteArrayList<>();
    private final Thread thread;
    private volatile boolean stopped;

    RecordingProducer(int id, int recordsPerSecond, Workload workload) {
        this.id = id;
        this.workload = workload;
        this.pauseNanos = TimeUnit.SECONDS.toNanos(1) / recordsPerSecond;
        this.thread = new Thread(this::run, "producer-" + id);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        Map<String, Object> settings = workload.settings();
        settings.put("acks", "all");
        settings.put("enable.idempotence", true);
        settings.put("linger.ms", 5);
        settings.keySet().removeIf(RecordingConsumer.ONLY_CONSUMERS::contains);
        Map<Integer, Long> numbers = new HashMap<>();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            long due = System.nanoTime();
            for (int turn = 0; !stopped; turn++) {
                int partition = turn % workload.scene().partitions();
                room.acquireUninterruptibly();
                send(producer, partition, new Value(id, numbers.merge(partition, 1L, Long::sum) - 1));
                due = Math.max(due + pauseNanos, System.nanoTime() - TimeUnit.SECONDS.toNanos(1));
                LockSupport.parkNanos(due - System.nanoTime());
            }
            producer.flush();
        } catch (RuntimeException e) {
            workload.problem(thread.getName() + ": " + e);
        }
    }

    private void send(KafkaProducer<byte[], byte[]> producer, int partition, Value value) {
        PartitionHistory history = workload.history().partition(partition);
        history.sent(value);
        var unused = producer.send(
                new ProducerRecord<>(workload.scene().topic(), partition, null, Payload.write(value)),
                (metadata, failure) -> completed(history, value, metadata, failure));
    }

    private void completed(PartitionHistory history, Value value, RecordMetadata metadata, Exception failure) {
        room.release();
        if (failure != null) {
            errors.add(value + ": " + failure);
        } else {
            history.acknowledged(value, metadata.offset());
            workload.ackTimes().acknowledged(metadata.partition());
        }
    }

    /** What its callbacks were told, other than offsets. */
    List<String> errors() {
        return errors;
    }

    /** Waits until everything that was sent has been acknowledged or given up. */
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
