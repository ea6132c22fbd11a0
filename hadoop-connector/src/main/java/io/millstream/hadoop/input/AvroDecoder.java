package io.millstream.hadoop.input;

import io.millstream.schemas.serde.UndecodableException;
import java.io.IOException;
import org.apache.avro.generic.GenericRecord;
import org.apache.hadoop.conf.Configuration;

/** Avro values as generic records, by the schemas that planning pinned. */
final class AvroDecoder implements ValueDecoder<GenericRecord> {

    private PinnedSchemas.Decoders decoders;

    @Override
    public void configure(Configuration conf) throws IOException {
        decoders = PinnedSchemas.load(conf).decoders();
    }

    @Override
    public GenericRecord decode(TopicRecord record, GenericRecord reuse) throws IOException {
        try {
            return decoders.of(record.topic()).deserialize(record.value());
        } catch (UndecodableException e) {
            throw new IOException("not Avro as expected (" + e.reason() + "): " + e.getMessage(), e);
        }
    }
}
