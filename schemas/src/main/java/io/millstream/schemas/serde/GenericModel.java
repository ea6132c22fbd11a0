package io.millstream.schemas.serde;

import java.io.IOException;
import java.util.List;
import org.apache.avro.Conversion;
import org.apache.avro.Conversions;
import org.apache.avro.Schema;
import org.apache.avro.data.TimeConversions;
import org.apache.avro.generic.GenericData;
import org.apache.avro.io.DatumReader;

/** Avro's generic model, in instances of our own: others may add conversions to the one that all share. */
final class GenericModel {

    private static final GenericData PLAIN = new GenericData();
    private static final GenericData CONVERTING = converting();

    private GenericModel() {}

    /** @param logicalTypes whether logical types become Java's types; otherwise they stay what they are made of */
    static GenericData of(boolean logicalTypes) {
        return logicalTypes ? CONVERTING : PLAIN;
    }

    /**
     * A reader of generic values. No class is loaded by what a schema says: some releases of Avro load the classes that
     * strings and maps name unless told not to.
     *
     * @throws IOException or an unchecked exception if the schemas do not go together
     */
    static DatumReader<Object> reader(GenericData data, Schema writer, Schema reader) throws IOException {
        return data.getFastReaderBuilder()
                .withClassPropEnabled(false)
                .withKeyClassEnabled(false)
                .createDatumReader(writer, reader);
    }

    private static GenericData converting() {
        GenericData data = new GenericData();
        List<Conversion<?>> conversions = List.of(
                new Conversions.DecimalConversion(),
                new Conversions.UUIDConversion(),
                new TimeConversions.DateConversion(),
                new TimeConversions.TimeMillisConversion(),
                new TimeConversions.TimeMicrosConversion(),
                new TimeConversions.TimestampMillisConversion(),
                new TimeConversions.TimestampMicrosConversion(),
                new TimeConversions.LocalTimestampMillisConversion(),
                new TimeConversions.LocalTimestampMicrosConversion());
        conversions.forEach(data::addLogicalTypeConversion);
        return data;
    }
}
