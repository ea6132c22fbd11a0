package io.millstream.schemas.serde;

import java.util.ArrayList;
import java.util.HashSet;
import org.apache.avro.Schema;
import org.apache.avro.reflect.ReflectDatumReader;
import org.apache.avro.specific.SpecificData;

/** Avro's reader of plain classes, which also knows Java's usual collections: Avro asks for leave to load even these. */
final class PlainReader extends ReflectDatumReader<Object> {

    PlainReader(Schema writer, Schema reader, PinnedReflection classes) {
        super(writer, reader, classes);
    }

    @Override
    protected Object newArray(Object old, int size, Schema schema) {
        String type = schema.getProp(SpecificData.CLASS_PROP);
        if (type == null) {
            return super.newArray(old, size, schema);
        }
        return switch (type) {
            case "java.util.List", "java.util.ArrayList", "java.util.Collection" -> new ArrayList<>(Math.min(size, 16));
            case "java.util.Set", "java.util.HashSet" -> new HashSet<>();
            default -> super.newArray(old, size, schema);
        };
    }
}
