package io.millstream.benchmarks;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A stock producer with its default settings that sends a record every few milliseconds. */
final class ProducerGap implements AutoCloseable {

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final byte[] VALUE = new byte[100];

    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;
    private final Gap gap = new Gap();
    private final Thread thread = new Thread(this::send, "stock-producer");
    private volatile boolean stopped;

    ProducerGap(String bootstrap, String topic) {
        this.topic = topic;
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap), new ByteArraySerializer(), new ByteArraySerializer());
        thread.setDaemon(true);
        thread.start();
    }

    private void send() {
        while (!stopped) {
            var unused = producer.send(new ProducerRecord<>(topic, 0, null, VALUE), (metadata, failure) -> {
                if (failure == null) {
                    gap.acknowledged();
                }
            });
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    void reset() {
        gap.reset();
    }

    /** Waits until something is acknowledged that was sent after this was called, or shortly before. */
    void await(long nanos) {
        gap.await(1, nanos);
    }

    long longestMillis() {
        return gap.longestMillis();
    }

    @Override
    public void close() {
        stopped = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producer.close();
    }
}
