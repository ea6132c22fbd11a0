package io.millstream.hadoop.ingest;

import io.millstream.schemas.SchemaRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/** A topic of click events, each with a payload of its own, and what was acknowledged of it. */
final class Clicks {

    static final Schema SCHEMA = SchemaBuilder.record("Click")
            .namespace("test")
            .fields()
            .requiredString("id")
            .requiredLong("at")
            .endRecord();

    private final Lab lab;
    private final String topic;
    private final int schemaId;
    private final TreeSet<String> acknowledged = new TreeSet<>();
    private int produced;

    private Clicks(Lab lab, String topic, int schemaId) {
        this.lab = lab;
        this.topic = topic;
        this.schemaId = schemaId;
    }

    /** Makes the topic and registers its schema. */
    static Clicks create(Lab lab, String topic, int partitions) {
        lab.createTopic(topic, partitions, java.util.Map.of());
        return new Clicks(lab, topic, register(lab, topic, SCHEMA));
    }

    /** Of a topic that is there; registers its schema. */
    static Clicks of(Lab lab, String topic) {
        return new Clicks(lab, topic, register(lab, topic, SCHEMA));
    }

    /** Makes {@code schema} the newest one of the topic. */
    static int register(Lab lab, String topic, Schema schema) {
        return new SchemaRegistry(lab.coordination()).register(topic + "-value", schema);
    }

    String topic() {
        return topic;
    }

    /** The payloads of all acknowledged records. */
    SortedSet<String> acknowledged() {
        return new TreeSet<>(acknowledged);
    }

    /** Produces {@code count} records of this time, spread over the partitions, and waits until they are acknowledged. */
    void produce(int count, int partitions, long millis) {
        List<java.util.concurrent.Future<RecordMetadata>> sent = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String id = topic + "#" + produced++;
            acknowledged.add(id);
            sent.add(
                    lab.producer().send(new ProducerRecord<>(topic, i % partitions, millis, null, encode(id, millis))));
        }
        sent.forEach(Clicks::await);
    }

    /** Produces a record with this id and time into partition 0. */
    void produceNamed(String id, long millis) {
        produceRecord(id, millis, millis);
    }

    /** Produces a record with this id into partition 0, whose field says another time than the record. */
    void produceAt(String id, long millis, long fieldMillis) {
        produceRecord(id, millis, fieldMillis);
    }

    private void produceRecord(String id, long millis, long fieldMillis) {
        acknowledged.add(id);
        produceRaw(new ProducerRecord<>(topic, 0, millis, null, encode(id, fieldMillis)));
    }

    /** Produces a value that may be anything. */
    RecordMetadata produceRaw(ProducerRecord<byte[], byte[]> record) {
        return await(lab.producer().send(record));
    }

    byte[] encode(String id, long millis) {
        GenericRecord click = new GenericData.Record(SCHEMA);
        click.put("id", id);
        click.put("at", millis);
        return encode(schemaId, click);
    }

    static byte[] encode(int schemaId, GenericRecord value) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            bytes.write(ByteBuffer.allocate(5).put((byte) 0).putInt(schemaId).array());
            BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
            new GenericDatumWriter<GenericRecord>(value.getSchema()).write(value, encoder);
            encoder.flush();
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static RecordMetadata await(java.util.concurrent.Future<RecordMetadata> sent) {
        try {
            return sent.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
