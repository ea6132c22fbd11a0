package io.millstream.hadoop.output;

import io.millstream.core.TopicName;
import io.millstream.schemas.serde.Framing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.BytesWritable;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.io.Text;

/**
 * Makes bytes of what a job writes: {@code BytesWritable}, {@code Text}, {@code byte[]}, {@code String}, Avro records in the
 * registry's framing; nothing of null and {@code NullWritable}. Schemas were registered when the job was submitted, so that a task
 * asks nobody. Not for use by several threads.
 */
final class OutputEncoder {

    /** Which half of a record. */
    enum Part {
        KEY("-key"),
        VALUE("-value");

        private final String suffix;

        Part(String suffix) {
            this.suffix = suffix;
        }

        /** The registry's subject for this half of a topic's records. */
        String subject(TopicName topic) {
            return topic + suffix;
        }
    }

    private record Registered(Schema schema, byte[] header) {}

    private record Use(String subject, Class<?> type) {}

    private final Configuration conf;
    private final Map<String, Registered> schemas = new HashMap<>();
    private final Map<Use, DatumWriter<Object>> writers = new HashMap<>();
    private final ByteArrayOutputStream buffer = new ByteArrayOutputStream();
    private BinaryEncoder encoder;

    OutputEncoder(Configuration conf) {
        this.conf = conf;
    }

    /**
     * The bytes of one half of a record; null for nothing.
     *
     * @throws OutputException if it is of another class, or an Avro record that is not of the schema registered for this topic
     */
    byte[] encode(TopicName topic, Part part, Object object) throws IOException {
        if (object == null || object instanceof NullWritable) {
            return null;
        }
        if (object instanceof BytesWritable bytes) {
            return bytes.copyBytes();
        }
        if (object instanceof Text text) {
            return text.copyBytes();
        }
        if (object instanceof byte[] bytes) {
            return bytes;
        }
        if (object instanceof String text) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        if (object instanceof IndexedRecord avro) {
            return avro(part.subject(topic), avro);
        }
        throw new OutputException("Topic " + topic + ": a " + object.getClass().getName()
                + " cannot be written; give BytesWritable, Text, byte[], String, an Avro record, NullWritable or null");
    }

    private byte[] avro(String subject, IndexedRecord avro) throws IOException {
        Registered registered = registered(subject);
        if (!registered.schema.equals(avro.getSchema())) { // the same object, but for a reader that copies it
            throw new OutputException("Subject " + subject + ": a record of schema "
                    + avro.getSchema().getFullName() + " is not of the schema that the job has registered there ("
                    + registered.schema.getFullName() + ")");
        }
        DatumWriter<Object> writer =
                writers.computeIfAbsent(new Use(subject, avro.getClass()), use -> writer(registered.schema, avro));
        buffer.reset();
        buffer.write(registered.header);
        encoder = EncoderFactory.get().directBinaryEncoder(buffer, encoder);
        try {
            writer.write(avro, encoder);
        } catch (RuntimeException e) {
            throw new OutputException("Subject " + subject + ": a record is not of its schema: " + e.getMessage(), e);
        }
        encoder.flush();
        return buffer.toByteArray();
    }

    private static DatumWriter<Object> writer(Schema schema, IndexedRecord first) {
        return first instanceof SpecificRecord
                // A generated class says itself how its logical types are written.
                ? new SpecificDatumWriter<>(schema, SpecificData.getForClass(first.getClass()))
                : new GenericDatumWriter<>(schema, GenericData.get());
    }

    private Registered registered(String subject) throws OutputException {
        Registered known = schemas.get(subject);
        if (known != null) {
            return known;
        }
        String text = conf.get(OutputKey.AVRO_SCHEMA.key() + subject);
        int id = conf.getInt(OutputKey.PLAN_SCHEMA_ID.key() + subject, 0);
        if (text == null || id < 1) {
            throw new OutputException(
                    "An Avro record for subject " + subject + ", whose schema the job did not name: set "
                            + OutputKey.AVRO_SCHEMA.key() + subject + " before the job is submitted");
        }
        Registered read = new Registered(new Schema.Parser().parse(text), Framing.header(id));
        schemas.put(subject, read);
        return read;
    }
}
