package io.millstream.schemas.serde;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.Encoder;
import org.apache.avro.io.EncoderFactory;

/**
 * Writes a value of one schema by another, by Avro's rules of resolution. Avro's writers cannot: they go by the position of
 * a field, and would write one into another's place.
 */
final class Translation implements DatumWriter<Object> {

    private static final GenericData DATA = GenericModel.of(false);

    private final DatumWriter<Object> own;
    private final DatumReader<Object> resolving;
    private final DatumWriter<Object> target;
    private final String where;

    /**
     * @param own writes the value by its schema {@code from}
     * @param to what is written in the end
     * @param where that is registered, for messages
     * @throws IOException or an unchecked exception if the one cannot be resolved to the other
     */
    Translation(DatumWriter<Object> own, Schema from, Schema to, String where) throws IOException {
        this.own = own;
        this.resolving = GenericModel.reader(DATA, from, to);
        this.target = new GenericDatumWriter<>(to, DATA);
        this.where = where;
    }

    @Override
    public void setSchema(Schema schema) {
        throw new IllegalStateException("The schemas of a translation are fixed");
    }

    @Override
    public void write(Object value, Encoder out) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
        own.write(value, encoder);
        encoder.flush();
        target.write(resolved(bytes.toByteArray()), out);
    }

    private Object resolved(byte[] bytes) throws IOException {
        try {
            return PayloadDecoder.read(resolving, bytes, 0);
        } catch (AvroRuntimeException e) {
            throw new AvroRuntimeException("it cannot become " + where + ": " + e.getMessage(), e);
        }
    }
}
