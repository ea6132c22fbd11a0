package io.millstream.examples.demo;

import io.millstream.schemas.serde.AvroSerializer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.LongSerializer;

/** Sends clicks with Apache Kafka's own producer in its default settings (idempotent, acks=all), and notes each answer. */
final class Producing {

    private final String bootstrap;
    private final String topic;
    private final AvroSerializer serializer;
    private final Acknowledged acknowledged;

    Producing(String bootstrap, String topic, AvroSerializer serializer, Acknowledged acknowledged) {
        this.bootstrap = bootstrap;
        this.topic = topic;
        this.serializer = serializer;
        this.acknowledged = acknowledged;
    }

    /**
     * Sends {@code perHour} clicks of each hour and waits until all are acknowledged.
     *
     * @throws IllegalStateException if one was not
     */
    void send(Clicks clicks, List<Instant> hours, int perHour) {
        AtomicReference<Exception> failure = new AtomicReference<>();
        try (Producer<Long, GenericRecord> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap), new LongSerializer(), serializer::serialize)) {
            for (Instant hour : hours) {
                for (int i = 0; i < perHour; i++) {
                    GenericRecord click = clicks.next(hour);
                    long timestamp = (Long) click.get("ts");
                    Long user = (Long) click.get("user_id");
                    ProducerRecord<Long, GenericRecord> record =
                            new ProducerRecord<>(topic, null, timestamp, user, click);
                    Future<RecordMetadata> unused = producer.send(record, (answer, exception) -> {
                        if (exception != null) {
                            failure.compareAndSet(null, exception);
                        } else {
                            acknowledged.note(answer.partition(), answer.offset(), answer.timestamp());
                        }
                    });
                }
            }
            producer.flush();
        }
        if (failure.get() != null) {
            throw new IllegalStateException("The broker did not acknowledge every click", failure.get());
        }
    }
}
